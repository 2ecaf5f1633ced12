// Package commandtest runs commands as people type them, on fakes instead of a
// homeserver, and keeps what they answer in golden files: text, HTML, JSON, the
// audit record and the calls that were made.
//
//	commandtest.Run(t, deleteCmd, "room delete !a:example.org --block", fake)
//
// The server is example.org. "go test ./commands/... -update" writes the golden
// files anew; read the diff.
package commandtest

import (
	"context"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
)

// The people and rooms of every test.
const (
	ServerName     = "example.org"
	Caller         = id.UserID("@ada:example.org")       // runs the commands, by default as owner
	Bot            = id.UserID("@caretaker:example.org") // protected from everybody
	LastOwner      = id.UserID("@grace:example.org")     // protected, too
	ManagementRoom = id.RoomID("!management:example.org")
	Event          = id.EventID("$command")
)

// Now is the time at which everything happens: a Monday, noon in UTC.
var Now = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// Option changes the circumstances of a run.
type Option func(*run)

// Terminal runs the command on a terminal. What it asks for is answered with typed.
func Terminal(typed ...string) Option {
	return func(r *run) {
		r.env.Door, r.env.Room, r.env.Event, r.env.Prefix = commands.DoorTerminal, "", "", "caretaker"
		r.env.Caller.UserID, r.env.Caller.Name = "", "terminal:ada"
		r.typed = typed
	}
}

// As runs the command with another role than owner.
func As(role commands.Role) Option { return func(r *run) { r.env.Caller.Role = role } }

// Role gives somebody else a role.
func Role(user id.UserID, role commands.Role) Option { return func(r *run) { r.roles[user] = role } }

// Replying makes the command a reply to a message of this author.
func Replying(author id.UserID) Option { return func(r *run) { r.env.Author = author } }

// Hide keeps a secret that is different each time out of the golden file. The
// test fails when the room would see it.
func Hide(secret *string) Option { return func(r *run) { r.hidden = append(r.hidden, secret) } }

// Again calls the work again as long as it asks for it, at most n times.
func Again(n int) Option { return func(r *run) { r.again = n } }

// Ran is what came of a run, for what a golden file does not show.
type Ran struct {
	Call    *commands.Call
	Preview commands.Result // nil where nothing is asked
	Outcome commands.Outcome
	Entries []commands.Entry // of the audit
}

// Run runs a line, compares everything with testdata/TESTNAME.golden and gives it
// back. Several fakes are the services together; those that record their calls
// (see [Log]) have them in the golden file.
func Run(t *testing.T, command *commands.Command, line string, fake any, options ...Option) Ran {
	t.Helper()
	r := newRun(fake, options)
	r.all(t.Context(), command, line)
	for _, problem := range r.problems() {
		t.Error(problem)
	}
	compare(t, r.text())
	return r.Ran
}

// Try runs a line as [Run] does, without a golden file.
func Try(t *testing.T, command *commands.Command, line string, fake any, options ...Option) Ran {
	t.Helper()
	r := newRun(fake, options)
	r.all(t.Context(), command, line)
	for _, problem := range r.problems() {
		t.Error(problem)
	}
	return r.Ran
}

// Parse reads a line that must be understood.
func Parse(t *testing.T, command *commands.Command, line string, options ...Option) *commands.Call {
	t.Helper()
	call, err := parse(command, line, newRun(nil, options).env)
	if err != nil {
		t.Fatalf("%q is not understood: %v", line, err)
	}
	return call
}

// run is one run on its way.
type run struct {
	Ran
	line     string
	env      commands.Env
	roles    map[id.UserID]commands.Role
	typed    []string
	hidden   []*string
	again    int
	services commands.Services
	err      error // of parsing or preparing
}

func newRun(fake any, options []Option) *run {
	r := &run{
		env: commands.Env{
			Caller: commands.Caller{UserID: Caller, Name: string(Caller), Role: commands.Owner},
			Door:   commands.DoorRoom, Room: ManagementRoom, Event: Event,
			ServerName: ServerName, Bot: Bot, Prefix: "!admin", Now: Now, Zone: time.UTC,
		},
		roles:    map[id.UserID]commands.Role{Caller: commands.Owner, LastOwner: commands.Owner},
		services: commands.Services{fake},
	}
	if several, ok := fake.(commands.Services); ok {
		r.services = several
	}
	for _, option := range options {
		option(r)
	}
	return r
}

// all does what a front end does: parse, ask, prepare, preview, execute.
func (r *run) all(ctx context.Context, command *commands.Command, line string) {
	r.line = line
	executor := &commands.Executor{
		Services: func(*admin.Recorder) commands.Services { return r.services },
		Journal:  r, Guard: r,
	}
	if r.Call, r.err = parse(command, line, r.env); r.err == nil {
		r.ask()
		r.err = executor.Prepare(ctx, r.Call)
	}
	if r.err == nil && r.Call.Asks() {
		r.Preview, r.err = executor.Preview(ctx, r.Call)
	}
	if r.err != nil {
		r.Outcome = commands.OutcomeOf(nil, r.err)
		return
	}
	r.Outcome = executor.Execute(ctx, r.Call)
	for n := r.again; n > 0 && r.Outcome.Again != nil; n-- {
		r.Outcome = executor.Continue(ctx, r.Call, r.Outcome.Item, nil)
	}
}

func parse(command *commands.Command, text string, env commands.Env) (*commands.Call, error) {
	group := commands.Group{Name: command.Group(), Commands: []*commands.Command{command}}
	return commands.NewRegistry(group).ParseText(text, env)
}

// ask answers the hidden question of a terminal.
func (r *run) ask() {
	asking, ok := r.Call.Args.(interface {
		AskSecret() (prompt string, need bool)
		SetSecret(secret string)
	})
	if !ok || len(r.typed) == 0 {
		return
	}
	if _, need := asking.AskSecret(); need {
		asking.SetSecret(r.typed[0])
	}
}

// Intent implements [commands.Journal].
func (r *run) Intent(_ context.Context, entry commands.Entry) (string, error) {
	r.Entries = append(r.Entries, entry)
	return "a1", nil
}

// RoleOf implements [commands.Guard].
func (r *run) RoleOf(user id.UserID) commands.Role { return r.roles[user] }

// LastOwner implements [commands.Guard].
func (r *run) LastOwner() id.UserID { return LastOwner }

// ManagementRoom implements [commands.Guard].
func (r *run) ManagementRoom(room id.RoomID) bool { return room == ManagementRoom }
