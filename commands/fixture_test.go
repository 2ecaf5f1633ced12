package commands_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// now is when everything here happens: a Monday, with a fraction of a second as real clocks have.
var now = time.Date(2026, 3, 2, 12, 0, 0, 123456789, time.UTC)

// roomEnv is a command of the owner @ada in a management room, as a reply to @bob.
func roomEnv() commands.Env {
	return commands.Env{
		Caller: commands.Caller{UserID: "@ada:example.org", Name: "@ada:example.org", Role: commands.Owner},
		Door:   commands.DoorRoom, Room: "!management:example.org", Event: "$command", Author: "@bob:example.org",
		ServerName: "example.org", Bot: "@caretaker:example.org", Prefix: "!admin", Now: now, Zone: time.UTC,
	}
}

func terminalEnv() commands.Env {
	return commands.Env{
		Caller: commands.Caller{Name: "terminal:ada", Role: commands.Owner}, Door: commands.DoorTerminal,
		ServerName: "example.org", Bot: "@caretaker:example.org", Prefix: "caretaker", Now: now, Zone: time.UTC,
	}
}

// parse reads a line that must be understood.
func parse(t testing.TB, line string, env commands.Env) *commands.Call {
	t.Helper()
	call, err := registry.ParseText(line, env)
	if err != nil {
		t.Fatalf("%q is not understood: %v", line, err)
	}
	return call
}

// refusal is the usage error of a line that must not be understood.
func refusal(t testing.TB, line string, env commands.Env) *commands.UsageError {
	t.Helper()
	call, err := registry.ParseText(line, env)
	if err == nil {
		t.Fatalf("%q is understood as %q", line, call.Line())
	}
	usage, ok := errors.AsType[*commands.UsageError](err)
	if !ok {
		t.Fatalf("%q: got %T (%v), want a usage error", line, err, err)
	}
	return usage
}

// args are the arguments of a line that must be understood.
func args[A any](t testing.TB, line string, env commands.Env) A {
	t.Helper()
	call := parse(t, line, env)
	a, ok := call.Args.(*A)
	if !ok {
		t.Fatalf("%q is understood as %q", line, call.Line())
	}
	return *a
}

// registry has a command for every kind of argument and option.
var registry = commands.NewRegistry(
	commands.Group{Name: "user", Summary: "About users.", Commands: []*commands.Command{listCmd, modifyCmd, lockCmd}},
	commands.Group{Name: "room", Summary: "About rooms.", Commands: []*commands.Command{deleteCmd}},
	commands.Group{Name: "regtok", Summary: "About tokens.", Commands: []*commands.Command{tokensCmd, tokenCmd}},
	commands.Group{Name: "media", Summary: "About media.", Commands: []*commands.Command{purgeCmd}},
	commands.Group{Name: "notice", Summary: "About notices.", Commands: []*commands.Command{sendCmd}},
	commands.Group{Name: "bot", Summary: "About the bot.", Commands: []*commands.Command{confirmCmd, importCmd, helpCmd}},
)

// said is a result in words.
type said string

func (s said) View() render.Doc { return render.Doc{render.Para{render.Text(string(s))}} }

// quiet is embedded by arguments of commands that only their parsing is tested of.
type quiet struct{}

func (quiet) Run(context.Context, *commands.Env, commands.None) (commands.Result, error) {
	return said("done"), nil
}

func (quiet) Preview(context.Context, *commands.Env, commands.None) (commands.Result, error) {
	return said("about to"), nil
}

var listCmd = commands.Define[listArgs, commands.None](commands.Meta{
	Name: "user list", Summary: "List accounts.", Examples: []string{"user list -dgn bob"},
})

type listArgs struct {
	quiet
	commands.Page
	Guests      *bool    `short:"g" off:"G,no-guests" help:"Show guests."`
	Deactivated bool     `short:"d" help:"Show deactivated accounts."`
	Name        string   `short:"n" value:"TEXT" help:"Part of the name."`
	SortBy      string   `enum:"name|created_ts" default:"name" help:"Sort by this."`
	Exclude     []string `short:"x" value:"TYPE" default:"bot" help:"Leave these out."`
}

var modifyCmd = commands.Define[modifyArgs, commands.None](commands.Meta{
	Name: "user modify", Summary: "Change an account.", Risk: commands.Reversible, Examples: []string{"user modify bob -n Bob"},
})

type modifyArgs struct {
	quiet
	User        commands.UserRef `arg:"USER" help:"Who."`
	Password    *commands.Secret `short:"P" help:"A new password."`
	DisplayName *string          `short:"n" value:"NAME" help:"A new name."`
	Threepid    []commands.Pair  `short:"t" help:"Addresses."`
	Admin       *bool            `short:"a" off:"u,no-admin" help:"Server admin or not."`
	Age         int              `min:"1" help:"A number."`
}

func (a *modifyArgs) Risk() (commands.Risk, commands.Role) {
	switch {
	case a.Admin != nil:
		return commands.Reversible, commands.Owner
	case a.Password != nil:
		return commands.Destructive, commands.NoRole
	}
	return commands.Reversible, commands.Operator
}

func (a *modifyArgs) Validate() error {
	if a.Password != nil && a.Admin != nil {
		return errors.New("--password and --admin cannot be used together")
	}
	return nil
}

// locker is what "user lock" needs of the homeserver.
type locker interface {
	Lock(ctx context.Context, user id.UserID) (admin.Answer[admin.Done], error)
}

var lockCmd = commands.Define[lockArgs, locker](commands.Meta{
	Name: "user lock", Summary: "Lock an account.", Risk: commands.Reversible, Nearest: "user modify bob", Examples: []string{"user lock bob"},
})

type lockArgs struct {
	User commands.UserRef `arg:"USER" help:"Who."`
}

func (a *lockArgs) Run(ctx context.Context, _ *commands.Env, api locker) (commands.Result, error) {
	if _, err := api.Lock(ctx, a.User.UserID); err != nil {
		return nil, err
	}
	return said("locked"), nil
}

// deleter is what "room delete" needs of the homeserver.
type deleter interface {
	DeleteRoom(ctx context.Context, room id.RoomID) error
}

var deleteCmd = commands.DefineWork[deleteArgs, deleter](commands.Meta{
	Name: "room delete", Summary: "Delete rooms.", Risk: commands.Destructive, Examples: []string{"room delete #spam:example.org --block"},
})

type deleteArgs struct {
	Rooms   []commands.RoomRef `arg:"ROOM" protect:"management" help:"Which rooms."`
	Block   bool               `short:"b" help:"Let nobody join again."`
	Message string             `short:"m" value:"TEXT" help:"For the members."`
}

func (a *deleteArgs) Preview(context.Context, *commands.Env, deleter) (commands.Result, error) {
	return said("about to delete"), nil
}

func (a *deleteArgs) Plan(context.Context, *commands.Env, deleter) iter.Seq2[commands.Item, error] {
	return commands.Items(a.Rooms)
}

func (a *deleteArgs) Do(ctx context.Context, _ *commands.Env, api deleter, item commands.Item) (commands.Result, error) {
	if err := api.DeleteRoom(ctx, id.RoomID(item.Target)); err != nil {
		return nil, err
	}
	if item.State == "" {
		return said("started"), commands.Again(time.Second, "started")
	}
	return said("deleted"), nil
}

var tokensCmd = commands.Define[tokensArgs, commands.None](commands.Meta{
	Name: "regtok list", Summary: "List tokens.", Examples: []string{"regtok list -v"},
})

type tokensArgs struct {
	quiet
	Valid *bool `short:"v" off:"V,invalid" help:"Only valid ones."`
}

var tokenCmd = commands.Define[tokenArgs, commands.None](commands.Meta{
	Name: "regtok update", Summary: "Change a token.", Risk: commands.Reversible, Examples: []string{"regtok update spring -u -1"},
})

type tokenArgs struct {
	quiet
	Token    commands.RegToken `arg:"TOKEN" help:"Which one."`
	Uses     *int64            `short:"u" min:"-1" help:"How often."`
	ExpireAt *commands.Date    `short:"e" when:"ahead" help:"When it expires."`
}

var purgeCmd = commands.Define[purgeArgs, commands.None](commands.Meta{
	Name: "media purge", Summary: "Purge media.", Examples: []string{"media purge -b 90d"},
})

type purgeArgs struct {
	quiet
	Before commands.Date     `short:"b" help:"Older than this."`
	Media  commands.MediaRef `short:"i" help:"This one."`
	Room   *commands.RoomRef `short:"r" help:"Of this room."`
	Event  id.EventID        `help:"Of this event."`
	Idle   time.Duration     `help:"Unused as long as this."`
}

var sendCmd = commands.Define[sendArgs, commands.None](commands.Meta{
	Name: "notice send", Summary: "Send a notice.", Risk: commands.Reversible, Examples: []string{`notice send bob "hello"`},
})

type sendArgs struct {
	quiet
	To        commands.UserRef `arg:"TO" help:"Who gets it."`
	Text      commands.Text    `arg:"[TEXT]" help:"What it says."`
	Formatted commands.Text    `arg:"[FORMATTED]" help:"The same as HTML."`
	Markdown  commands.Text    `value:"TEXT" body:"true" help:"What it says, as Markdown."`
}

var confirmCmd = commands.Define[confirmArgs, commands.None](commands.Meta{
	Name: "confirm", Summary: "Confirm.", Doors: []commands.Door{commands.DoorRoom}, Examples: []string{"confirm abc"},
})

type confirmArgs struct {
	quiet
	Code  string `arg:"CODE" help:"The code."`
	Count *int   `arg:"[N]" min:"0" help:"How many."`
}

var importCmd = commands.Define[importArgs, commands.None](commands.Meta{
	Name: "bot import", Summary: "Import.", Examples: []string{"bot import"},
})

type importArgs struct {
	quiet
	File commands.LocalFile `help:"A list."`
	Text commands.Text      `arg:"[TEXT]" body:"true" help:"The list."`
}

var helpCmd = commands.Define[helpArgs, commands.None](commands.Meta{
	Name: "help", Summary: "Explain.", Examples: []string{"help"},
})

type helpArgs struct {
	quiet
	Words []string `arg:"[WORDS]" help:"About what."`
}
