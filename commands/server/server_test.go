package server_test

import (
	"context"
	"errors"
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/server"
)

type homeserver struct {
	commandtest.Log
	err, roomsErr error
}

func (h *homeserver) Software() string { return "Synapse" }

func (h *homeserver) ServerVersion(context.Context) (admin.Answer[admin.Version], error) {
	h.Called("ServerVersion")
	return commandtest.Answer[admin.Version](`{"server_version": "1.163.2", "new_key": true}`), h.err
}

func (h *homeserver) Users(_ context.Context, query admin.UserQuery) (admin.Answer[admin.UserPage], error) {
	h.Called("Users", query)
	return commandtest.Answer[admin.UserPage](`{"users": [{"name": "@ada:example.org"}], "total": 4211, "next_token": "1"}`), nil
}

func (h *homeserver) Rooms(_ context.Context, query admin.RoomQuery) (admin.Answer[admin.RoomPage], error) {
	h.Called("Rooms", query)
	return commandtest.Answer[admin.RoomPage](`{"rooms": [], "offset": 0, "total_rooms": 312}`), h.roomsErr
}

type process struct {
	uptime    int64
	pid       int
	unknown   bool // a terminal without the daemon's configuration
	lastError string
	err       error
}

func (p process) ProcessStatus(context.Context) (commands.ProcessStatus, error) {
	bot := commands.BotStatus{UserID: commandtest.Bot, Version: "1.0.0", UptimeS: p.uptime, PID: p.pid}
	if p.unknown {
		bot.UserID = ""
	}
	return commands.ProcessStatus{
		Bot:   bot,
		Queue: commands.QueueStatus{Pending: 2}, Jobs: commands.JobsStatus{Running: 1, Waiting: 3},
		LastError: p.lastError,
	}, p.err
}

func command(name string) *commands.Command {
	for _, c := range server.Group.Commands {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func TestExamples(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, server.Group)
}

func TestVersion(t *testing.T) {
	t.Parallel()
	commandtest.Run(t, command("version"), "version", &homeserver{}, commandtest.As(commands.Viewer))
}

func TestVersionWithoutServer(t *testing.T) {
	t.Parallel()
	commandtest.Run(t, command("version"), "version", &homeserver{err: away}, commandtest.Terminal())
}

var away = admin.Unavailable("cannot read the server's version: no homeserver can be reached at 127.0.0.1:8008")

func TestStatus(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server  *homeserver
		process process
		options []commandtest.Option
		want    commands.Status
	}{
		"well":        {&homeserver{}, process{uptime: 273845}, nil, commands.StatusOK},
		"terminal":    {&homeserver{}, process{}, []commandtest.Option{commandtest.Terminal()}, commands.StatusOK},
		"beside it":   {&homeserver{}, process{uptime: 61, pid: 4242}, []commandtest.Option{commandtest.Terminal()}, commands.StatusOK},
		"elsewhere":   {&homeserver{}, process{unknown: true}, []commandtest.Option{commandtest.Terminal()}, commands.StatusOK},
		"server away": {&homeserver{err: away}, process{uptime: 59, lastError: "the homeserver refuses the token"}, nil, commands.StatusUnavailable},
		"no right":    {&homeserver{roomsErr: admin.Denied("cannot list rooms: you are not a server admin")}, process{uptime: 86400}, nil, commands.StatusDenied},
		"broken bot":  {&homeserver{}, process{err: errors.New("disk full")}, nil, commands.StatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := commandtest.Run(t, command("status"), "status", commands.Services{test.server, test.process}, test.options...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got status %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

// supporting is a homeserver that supports what the verdicts say, and everything else.
type supporting struct {
	homeserver
	delegated bool
	verdicts  map[string]admin.Verdict
	err       error
}

func (s *supporting) Support(_ context.Context, methods []string) (admin.Support, error) {
	s.Called("Support", methods)
	if s.err != nil {
		return admin.Support{}, s.err
	}
	return admin.Support{Version: "1.163.2", Delegated: s.delegated, Methods: s.verdicts}, nil
}

func TestFeatures(t *testing.T) {
	t.Parallel()
	lacking := admin.Verdict{Level: admin.Lacking, Reason: "needs Synapse 1.145", Changes: true}
	for name, test := range map[string]struct {
		server  *supporting
		options []commandtest.Option
		want    commands.Status
	}{
		"all": {&supporting{}, []commandtest.Option{commandtest.As(commands.Viewer)}, commands.StatusOK},
		"some": {&supporting{delegated: true, verdicts: map[string]admin.Verdict{
			"Users": {}, "Rooms": {Level: admin.Partly, Reason: "names: not with Matrix Authentication Service"}, "Push": lacking, "Look": {},
		}}, nil, commands.StatusOK},
		"on terminal": {&supporting{verdicts: map[string]admin.Verdict{"Push": lacking}}, []commandtest.Option{commandtest.Terminal()}, commands.StatusOK},
		"away":        {&supporting{err: away}, nil, commands.StatusUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			services := commands.Services{test.server, book.WithCalls(book.CallTable())}
			ran := commandtest.Run(t, command("server features"), "server features", services, test.options...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

// book has commands that need more or less of a homeserver.
var book = commands.NewRegistry(commands.Group{Name: "thing", Commands: []*commands.Command{
	command("status"), command("version"),
	commands.Define[pushArgs, pusher](commands.Meta{Name: "thing push", Summary: "Push.", Examples: []string{"thing push"}}),
	commands.Define[flyArgs, flyer](commands.Meta{Name: "thing fly", Summary: "Fly.", Examples: []string{"thing fly"}, Nearest: "thing push"}),
}})

type (
	pusher interface {
		Look() error
		Push() error
	}
	flyer    interface{ Fly() error }
	pushArgs struct{}
	flyArgs  struct{}
)

func (*pushArgs) Run(context.Context, *commands.Env, pusher) (commands.Result, error) {
	return commands.Silent{}, nil
}

func (*flyArgs) Run(context.Context, *commands.Env, flyer) (commands.Result, error) {
	return commands.Silent{}, nil
}

func (s *supporting) Look() error { return nil }
func (s *supporting) Push() error { return nil }
