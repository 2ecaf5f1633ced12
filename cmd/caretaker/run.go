package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
	_ "time/tzdata" // zones work on machines without a zone database

	"github.com/rs/zerolog"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/appservice"
	"caretaker/bot"
	"caretaker/commands"
	"caretaker/commands/all"
	"caretaker/config"
	"caretaker/httpapi"
	"caretaker/jobs"
	"caretaker/store"
)

// runDaemon is "caretaker run": it serves the homeserver until it is told to stop.
func runDaemon(ctx context.Context, configFile string, args []string, std stdio) int {
	saveMemory()
	f := newFlags("run", "Run the daemon: serve the homeserver, answer commands. It logs to standard error.")
	verbose := f.CountP("verbose", "v", "log debug messages, too; twice: everything")
	if status, done := f.parse(args, std); done {
		return status
	}
	path, err := config.Find(configFile)
	if err != nil {
		return std.fail(exitFailed, err, "")
	}
	cfg, err := config.Load(path, config.ForDaemon)
	if err != nil {
		return std.fail(exitFailed, err, "")
	}
	if *verbose > 0 {
		cfg.Logging.MinLevel = []string{"debug", "trace"}[min(*verbose, 2)-1]
	}
	log, closer, err := cfg.Logger(std.Out, std.Err)
	if err != nil {
		return std.fail(exitFailed, err, "")
	}
	defer func() { _ = closer.Close() }()
	d, err := newDaemon(ctx, cfg, log)
	if err != nil {
		return std.fail(exitFailed, err, "")
	}
	if err := d.run(ctx); err != nil {
		log.Error().Err(err).Msg("caretaker stops because of an error")
		return 1
	}
	return 0
}

// daemon is the composition of everything that runs beside the homeserver.
type daemon struct {
	cfg        *config.Config
	log        zerolog.Logger
	deployment *deployment
	store      *store.Store
	identity   *appservice.Identity
	connection *appservice.Connection
	server     *appservice.Server
	monitoring *appservice.Server // nil where it is switched off
	bot        *bot.Bot
	jobs       *jobs.Follower
	wiper      *wiper
	working    chan struct{} // closed when this process has the lock
}

// newDaemon opens what the daemon needs of its own: registration, database, port.
// The homeserver is not asked; it may come later.
func newDaemon(ctx context.Context, cfg *config.Config, log zerolog.Logger) (*daemon, error) {
	d := &daemon{cfg: cfg, log: log, deployment: newDeployment(cfg, true), working: make(chan struct{})}
	if err := d.checkRegistration(); err != nil {
		return nil, err
	}
	if err := config.MakeFolder("data_dir", cfg.DataFolder()); err != nil {
		return nil, err
	}
	var err error
	if d.store, err = store.Open(ctx, cfg.DatabaseFile(), store.Options{Log: log}); err != nil {
		return nil, err
	}
	if err := d.compose(); err != nil {
		return nil, errors.Join(err, d.store.Close())
	}
	return d, nil
}

func (d *daemon) checkRegistration() error {
	if d.deployment.regErr != nil {
		return d.deployment.regErr
	}
	if problems := appservice.Validate(d.deployment.reg, d.cfg.BotID()); len(problems) > 0 {
		errs := make([]error, len(problems))
		for i, problem := range problems {
			errs[i] = errors.New(problem.String())
		}
		return fmt.Errorf("%s does not fit this bot: %w", d.cfg.RegistrationFile(), errors.Join(errs...))
	}
	return nil
}

// compose wires the parts. Nothing runs yet, but the port is open.
func (d *daemon) compose() error {
	cfg, reg, now := d.cfg, d.deployment.reg, time.Now
	zone, err := time.LoadLocation(cfg.Bot.Timezone)
	if err != nil {
		return fmt.Errorf("bot.timezone: %w", err)
	}
	if d.identity, err = appservice.NewIdentity(appservice.IdentityOptions{
		HomeserverURL: cfg.Homeserver.URL, Bot: cfg.BotID(), Registration: reg, UserAgent: "caretaker/" + version, Log: d.log,
	}); err != nil {
		return err
	}
	registry := all.Registry()
	executor := &commands.Executor{Transport: d.deployment.transport}
	d.jobs = jobs.New(jobs.Options{Store: d.store, Registry: registry, Executor: executor, Log: d.log, Now: now, Env: d.jobEnv(zone)})
	d.connection = appservice.NewConnection(appservice.ConnectionOptions{
		Homeserver: d.identity, URL: cfg.Homeserver.URL, Listener: cfg.Appservice.URL,
		Profile:     appservice.Profile{DisplayName: cfg.Bot.DisplayName, Avatar: avatar(cfg)},
		OnConnected: d.connected, Log: d.log,
	})
	d.wiper = newWiper(d.store, d.log)
	d.bot = bot.New(bot.Options{
		Store: d.store, Client: d.identity.Client(), Facts: facts{d.identity}, Registry: registry, Executor: executor, Jobs: d.jobs,
		Scrub: d.wiper.wipe, Recheck: d.connection.Recheck, Log: d.log, Now: now,
		Bot: cfg.BotID(), DisplayName: cfg.Bot.DisplayName, Prefix: cfg.Bot.Prefix, ServerName: cfg.Homeserver.ServerName, Zone: zone,
		Version: version, MaxAge: cfg.Bot.MaxAge, ConfirmIn: cfg.Bot.ConfirmWithin, Rooms: cfg.Bot.ManagementRooms, Roles: d.deployment.roles(),
	})
	d.jobs.Report = d.bot
	checks := diagnose{deployment: d.deployment, listening: true, rooms: func(context.Context) ([]id.RoomID, error) {
		return d.bot.ManagementRoomIDs(), nil
	}}
	live := commands.Services{d.deployment.api(nil), d.bot, auditOf{d.store}, registry, checks}
	executor.Services = func(dry *admin.Recorder) commands.Services {
		if dry == nil {
			return live
		}
		return append(commands.Services{d.deployment.api(dry)}, readOnly(live[1:])...)
	}
	intake := appservice.NewIntake(appservice.IntakeOptions{
		Registration: reg, Bot: cfg.BotID(), Inbox: d.store, Wake: d.bot.Wake, Log: d.log,
	})
	if d.server, err = appservice.Listen("appservice.listen", cfg.Appservice.Listen, intake, d.log); err != nil || cfg.Monitoring.Listen == "" {
		return err
	}
	d.monitoring, err = appservice.Listen("monitoring.listen", cfg.Monitoring.Listen, d.health(), d.log)
	return err
}

// health tells whether commands are answered.
func (d *daemon) health() http.Handler {
	return httpapi.Health(
		httpapi.Condition{Name: "homeserver", Holds: d.connection.State},
		httpapi.Condition{Name: "lock", Holds: func() (bool, string) {
			select {
			case <-d.working:
				return true, ""
			default:
				return false, "another process works in data_dir"
			}
		}},
	)
}

// run serves until ctx ends. Everything is given time to finish or record its work.
func (d *daemon) run(ctx context.Context) error {
	defer func() { _ = d.store.Close() }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts := []func(context.Context) error{d.server.Run, d.connection.Run, d.work, d.wiper.run, giveBack}
	if d.monitoring != nil {
		parts = append(parts, d.monitoring.Run)
	}
	errs := make([]error, len(parts))
	var running sync.WaitGroup
	for i, part := range parts {
		running.Go(func() {
			defer cancel()
			errs[i] = part(ctx)
		})
	}
	d.log.Info().Str("version", version).Stringer("user_id", d.cfg.BotID()).Stringer("listen", d.server.Addr()).Msg("caretaker is ready")
	running.Wait()
	d.log.Info().Msg("caretaker stopped")
	return errors.Join(errs...)
}

// work answers commands and follows jobs, once no other process does.
func (d *daemon) work(ctx context.Context) error {
	lock, err := d.lock(ctx)
	if err != nil || lock == nil {
		return err
	}
	defer func() { _ = lock.Release() }()
	close(d.working)
	var running sync.WaitGroup
	errs := make([]error, 2)
	running.Go(func() { errs[0] = d.bot.Run(ctx) })
	running.Go(func() { errs[1] = d.jobs.Run(ctx) })
	running.Wait()
	return errors.Join(errs...)
}

// lock waits for the lock of the data directory. Transactions are accepted meanwhile.
func (d *daemon) lock(ctx context.Context) (*store.Lock, error) {
	said := false
	for {
		lock, err := store.AcquireLock(d.cfg.LockFile())
		if err == nil || !errors.Is(err, store.ErrLocked) {
			return lock, err
		}
		if !said {
			said = true
			d.log.Warn().Err(err).Msg("waiting for the other process that works in data_dir")
		}
		select {
		case <-ctx.Done():
			return nil, nil
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// connected runs each time the homeserver knows the bot after it did not.
func (d *daemon) connected(ctx context.Context) {
	select {
	case <-d.working:
	case <-ctx.Done():
		return
	}
	d.bot.Connected(ctx)
	d.catchUp(ctx)
	d.bot.Wake()
}

// jobEnv gives jobs the facts that they do not keep.
func (d *daemon) jobEnv(zone *time.Location) func(string) commands.Env {
	return func(requester string) commands.Env {
		env := commands.Env{
			Caller: commands.Caller{Name: requester, Role: commands.Owner}, ServerName: d.cfg.Homeserver.ServerName,
			Bot: d.cfg.BotID(), Prefix: d.cfg.Bot.Prefix, Zone: zone,
		}
		if requester != "" && requester[0] == '@' {
			env.Caller.UserID = id.UserID(requester)
			env.Caller.Role = d.bot.RoleOf(env.Caller.UserID)
		}
		return env
	}
}

// facts translates what the homeserver says of a room.
type facts struct{ identity *appservice.Identity }

// RoomFacts implements [bot.FactsReader].
func (f facts) RoomFacts(ctx context.Context, room id.RoomID) (bot.Facts, error) {
	got, err := f.identity.RoomFacts(ctx, room)
	return bot.Facts{
		Encrypted:     got.Encrypted,
		Public:        got.JoinRule == event.JoinRulePublic,
		WorldReadable: got.HistoryVisibility == event.HistoryVisibilityWorldReadable,
	}, err
}

func avatar(cfg *config.Config) string {
	if a := cfg.Bot.Avatar; a != "" && len(a) > 6 && a[:6] != "mxc://" {
		return cfg.File(a)
	}
	return cfg.Bot.Avatar
}
