package server

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var statusCmd = commands.Define[statusArgs, statusNeeds](commands.Meta{
	Name:     "status",
	Summary:  "Show how the homeserver and the bot are doing, on one screen.",
	Detail:   "Users are the accounts that are not deactivated.",
	Examples: []string{"status"},
})

// homeserver is asked for its numbers.
type homeserver interface {
	versioner
	Software() string
	Users(ctx context.Context, query admin.UserQuery) (admin.Answer[admin.UserPage], error)
	Rooms(ctx context.Context, query admin.RoomQuery) (admin.Answer[admin.RoomPage], error)
}

// statusNeeds are the homeserver and the bot itself.
type statusNeeds struct {
	API     homeserver
	Process commands.Process
}

type statusArgs struct{}

// patience is how long the homeserver may take. Somebody who asks for the status
// of a sick server wants to hear about the bot all the same.
const patience = 10 * time.Second

// Run asks the bot, then the homeserver. That the homeserver is away is a result, too.
func (a *statusArgs) Run(ctx context.Context, env *commands.Env, needs statusNeeds) (commands.Result, error) {
	process, err := needs.Process.ProcessStatus(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the bot's status: %w", err)
	}
	result := status{
		Server: serverStatus{Name: env.ServerName, Software: needs.API.Software()},
		Bot:    process.Bot, Queue: process.Queue, Jobs: process.Jobs, lastError: process.LastError,
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := result.ask(ctx, needs.API); err != nil {
		known, ok := errors.AsType[*admin.Error](err)
		if !ok {
			return nil, err
		}
		result.problem = known
	}
	return result, nil
}

// status is composed here.
type status struct {
	Server serverStatus         `json:"server"`
	Users  *int                 `json:"users"` // null when the homeserver did not say
	Rooms  *int                 `json:"rooms"`
	Bot    commands.BotStatus   `json:"bot"`
	Queue  commands.QueueStatus `json:"queue"`
	Jobs   commands.JobsStatus  `json:"jobs"`

	problem   *admin.Error // with the homeserver, now
	lastError string       // the bot's latest
}

type serverStatus struct {
	Name     string `json:"name"`
	Software string `json:"software"`
	Version  string `json:"version"` // empty when the homeserver did not say
}

// ask adds what the homeserver says.
func (s *status) ask(ctx context.Context, api homeserver) error {
	version, err := api.ServerVersion(ctx)
	if err != nil {
		return err
	}
	s.Server.Version = version.Value.ServerVersion
	users, err := api.Users(ctx, admin.UserQuery{Limit: 1, Locked: true})
	if err != nil {
		return err
	}
	s.Users = &users.Value.Total
	rooms, err := api.Rooms(ctx, admin.RoomQuery{Limit: 1})
	if err != nil {
		return err
	}
	s.Rooms = &rooms.Value.TotalRooms
	return nil
}

// Status implements [commands.Graded].
func (s status) Status() commands.Status {
	if s.problem != nil {
		return commands.StatusOf(s.problem)
	}
	return commands.StatusOK
}

// View implements [commands.Result].
func (s status) View() render.Doc {
	fields := render.Fields{
		{Name: "Server", Value: render.Join{
			render.Outside(s.Server.Name), render.Text(", " + s.Server.Software + " "), versionOf(s.Server.Version),
		}},
		{Name: "Users", Value: count(s.Users)},
		{Name: "Rooms", Value: count(s.Rooms)},
		{Name: "Bot", Value: render.Join{bot(s.Bot.UserID), render.Text(", version " + s.Bot.Version)}},
		{Name: "Running", Value: running(s.Bot)},
		{Name: "Commands waiting", Value: render.Int(s.Queue.Pending)},
		{Name: "Jobs", Value: render.Join{render.Int(s.Jobs.Running), render.Text(" running, "), render.Int(s.Jobs.Waiting), render.Text(" waiting")}},
	}
	if s.problem != nil {
		fields = append(fields, render.Field{Name: "Problem", Value: render.Outside(s.problem.Message)})
	}
	if s.lastError != "" {
		fields = append(fields, render.Field{Name: "Last error", Value: render.Outside(s.lastError)})
	}
	return render.Doc{fields}
}

// bot is the bot's account; a terminal without the daemon's configuration does not know it.
func bot(user id.UserID) render.Inline {
	if user == "" {
		return render.Text("not configured here")
	}
	return render.ID(user)
}

func versionOf(version string) render.Inline {
	if version == "" {
		return render.Text("of unknown version")
	}
	return render.Outside(version)
}

func count(n *int) render.Inline {
	if n == nil {
		return render.Unknown{}
	}
	return render.Int(*n)
}

// running says whether the daemon runs, which a terminal without its configuration cannot know.
func running(b commands.BotStatus) render.Inline {
	switch {
	case b.UserID == "":
		return render.Text("unknown here")
	case b.UptimeS <= 0:
		return render.Text("no; \"caretaker run\" starts the daemon")
	case b.PID > 0:
		return render.Text(fmt.Sprintf("%s, as process %d", uptime(b.UptimeS), b.PID))
	}
	return render.Text(uptime(b.UptimeS))
}

// uptime says how long in its two largest units: "3 d 4 h".
func uptime(seconds int64) string {
	units := []struct {
		name    string
		seconds int64
	}{{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}}
	var parts []string
	for _, unit := range units {
		if n := seconds / unit.seconds; n > 0 && len(parts) < 2 {
			parts = append(parts, strconv.FormatInt(n, 10)+" "+unit.name)
		} else if len(parts) > 0 {
			break
		}
		seconds %= unit.seconds
	}
	return "for " + strings.Join(parts, " ")
}
