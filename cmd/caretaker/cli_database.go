package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"caretaker/bot"
	"caretaker/commands"
	"caretaker/config"
	"caretaker/jobs"
	"caretaker/store"
)

// database is the daemon's database as a terminal uses it: beside the daemon, for
// audit records and jobs. It is opened only when a command needs it.
type database struct {
	cfg    *config.Config
	daemon bool // the configuration is one that a daemon runs with
	store  *store.Store
	wants  access
}

type access int

const (
	accessNone access = iota
	accessRead
	accessWrite
)

// need decides how a call has to open the database. Others are the services that work without it.
func (d *database) need(call *commands.Call, others commands.Services) {
	switch {
	case call.Audited():
		d.wants = accessWrite
	case call.Command.Local, !call.Command.Supported(others):
		d.wants = accessRead
	}
}

func (d *database) path() string {
	if d.daemon {
		return d.cfg.DatabaseFile()
	}
	state := os.Getenv("XDG_STATE_HOME")
	if state == "" {
		home, _ := os.UserHomeDir()
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "caretaker", "caretaker.db")
}

func (d *database) open(ctx context.Context) error {
	if d.wants == accessNone {
		return nil
	}
	path := d.path()
	if d.wants == accessWrite {
		if err := config.MakeFolder("folder", filepath.Dir(path)); err != nil {
			return configError{fmt.Errorf("without an audit record nothing is changed, and the database has no place: %w", err)}
		}
	} else if _, err := os.Stat(path); isNotExist(err) {
		return nil // nothing was recorded yet
	}
	var err error
	d.store, err = store.Open(ctx, path, store.Options{ReadOnly: d.wants == accessRead})
	if err != nil {
		return configError{err}
	}
	return nil
}

func (d *database) close() {
	if d.store != nil {
		_ = d.store.Close()
	}
}

// Intent implements [commands.Journal].
func (d *database) Intent(ctx context.Context, e commands.Entry) (string, error) {
	if d.store == nil {
		return "", errors.New("the database is not open")
	}
	ref, err := d.store.AuditIntent(ctx, store.AuditRecord{
		Actor: e.Actor, Door: string(e.Door), Command: e.Command, Target: e.Target, Reason: e.Reason, Risk: e.Risk.String(),
	})
	if err != nil {
		return "", err
	}
	return strconv.FormatInt(ref, 10), nil
}

// outcome records what became of an audited call. A job records its own.
func (d *database) outcome(out commands.Outcome) error {
	ref, err := strconv.ParseInt(out.Ref, 10, 64)
	if err != nil || d.store == nil || out.Again != nil && d.daemon && out.Status == commands.StatusAccepted {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return d.store.AuditOutcome(ctx, ref, bot.AuditStatus(out), detail(out.Err))
}

func detail(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// addJob leaves work to the daemon. Without a daemon's configuration nobody would follow it.
func (d *database) addJob(ctx context.Context, call *commands.Call, out commands.Outcome) (int64, error) {
	if !d.daemon || d.store == nil {
		return 0, nil
	}
	return jobs.New(jobs.Options{Store: d.store, Now: time.Now}).Add(ctx, call, out)
}

// managementRooms lists the rooms where commands are given, none without a database.
func (d *database) managementRooms(ctx context.Context) ([]id.RoomID, error) {
	db := d.store
	if db == nil {
		if _, err := os.Stat(d.path()); err != nil || !d.daemon {
			return nil, nil
		}
		var err error
		if db, err = store.Open(ctx, d.path(), store.Options{ReadOnly: true}); err != nil {
			return nil, err
		}
		defer func() { _ = db.Close() }()
	}
	rooms, err := bot.ListRooms(ctx, db)
	ids := make([]id.RoomID, len(rooms))
	for i, room := range rooms {
		ids[i] = room.RoomID
	}
	return ids, err
}

// guard protects the same accounts and rooms as the daemon does.
type guard struct {
	deploy   *deployment
	database *database
}

// RoleOf implements [commands.Guard].
func (g guard) RoleOf(user id.UserID) commands.Role {
	role, err := commands.ParseRole(string(g.deploy.cfg.Permissions.Role(user)))
	if err != nil {
		return commands.NoRole
	}
	return role
}

// LastOwner implements [commands.Guard].
func (g guard) LastOwner() id.UserID { return bot.LastOwner(g.deploy.roles()) }

// ManagementRoom implements [commands.Guard].
func (g guard) ManagementRoom(room id.RoomID) bool {
	rooms, err := g.database.managementRooms(context.Background())
	if err != nil {
		return true // rather refuse than delete the room that the bot is steered from
	}
	for _, known := range rooms {
		if known == room {
			return true
		}
	}
	return false
}

// leaveRoom leaves a room as the bot.
func (t *terminal) leaveRoom(ctx context.Context, room id.RoomID) error {
	if t.deploy.reg == nil {
		return configError{fmt.Errorf("the registration file is needed to act as the bot: %w", t.deploy.regErr)}
	}
	client, err := mautrix.NewClient(t.cfg.Homeserver.URL, t.cfg.BotID(), t.deploy.reg.AppToken)
	if err != nil {
		return err
	}
	client.SetAppServiceUserID = true
	if _, err := client.LeaveRoom(mautrix.WithMaxRetries(ctx, 0), room, &mautrix.ReqLeave{Reason: "asked to leave"}); err != nil {
		return fmt.Errorf("leave %s: %w", room, err)
	}
	return t.database.store.SetRoomState(ctx, room, store.RoomLeft)
}

// noDatabase stands in where nothing was recorded yet.
type noDatabase struct{ bot botOf }

// ProcessStatus implements [commands.Process].
func (n noDatabase) ProcessStatus(context.Context) (commands.ProcessStatus, error) {
	bot, err := n.bot.status()
	return commands.ProcessStatus{Bot: bot}, err
}

// ManagementRooms implements [commands.Rooms].
func (noDatabase) ManagementRooms(context.Context) ([]commands.ManagementRoom, error) {
	return []commands.ManagementRoom{}, nil
}

// LeaveRoom implements [commands.Rooms].
func (noDatabase) LeaveRoom(context.Context, id.RoomID) error {
	return errors.New("there is no database")
}
