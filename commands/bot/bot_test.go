package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/commands/bot"
	"caretaker/commands/commandtest"
	"caretaker/render"
)

func command(t *testing.T, name string) *commands.Command {
	t.Helper()
	for _, c := range bot.Group.Commands {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("there is no command %q", name)
	return nil
}

func TestExamples(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, bot.Group)
}

var deleteCmd = commands.Define[deleteArgs, commands.None](commands.Meta{
	Name: "room delete", Summary: "Delete a room.", Detail: "Nothing brings it back.", Risk: commands.Destructive,
	Examples: []string{"room delete #spam:example.org --block"},
})

type deleteArgs struct {
	Room  commands.RoomRef `arg:"ROOM" help:"Which one."`
	Block bool             `short:"b" help:"Prevent anyone from joining again."`
	Watch bool             `door:"terminal" help:"Follow it to the end."`
}

func (a *deleteArgs) Preview(context.Context, *commands.Env, commands.None) (commands.Result, error) {
	return commands.Silent{}, nil
}

func (a *deleteArgs) Run(context.Context, *commands.Env, commands.None) (commands.Result, error) {
	return commands.Silent{}, nil
}

func TestHelp(t *testing.T) {
	t.Parallel()
	book := commands.NewRegistry(
		commands.Group{Name: "room", Summary: "About rooms.", Commands: []*commands.Command{deleteCmd}},
		bot.Group,
	)
	for name, test := range map[string]struct {
		line    string
		options []commandtest.Option
		want    commands.Status
	}{
		"overview":             {"help", nil, commands.StatusOK},
		"overview on terminal": {"help", []commandtest.Option{commandtest.Terminal()}, commands.StatusOK},
		"command":              {"help Room delete", nil, commands.StatusOK},
		"command on terminal":  {"help room delete", []commandtest.Option{commandtest.Terminal()}, commands.StatusOK},
		"group":                {"help room", nil, commands.StatusOK},
		"word":                 {"help joining", nil, commands.StatusOK},
		"typo":                 {"help room delte", nil, commands.StatusUsage},
		"nonsense":             {"help xyzzy", nil, commands.StatusUsage},
		"elsewhere":            {"help confirm", []commandtest.Option{commandtest.Terminal()}, commands.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := commandtest.Run(t, command(t, "help"), test.line, book, append(test.options, commandtest.As(commands.Viewer))...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got status %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

func TestWhoami(t *testing.T) {
	t.Parallel()
	for _, role := range []commands.Role{commands.Viewer, commands.Operator, commands.Admin, commands.Owner} {
		t.Run(role.String(), func(t *testing.T) {
			t.Parallel()
			commandtest.Run(t, command(t, "whoami"), "whoami", nil, commandtest.As(role))
		})
	}
	t.Run("terminal", func(t *testing.T) {
		t.Parallel()
		commandtest.Run(t, command(t, "whoami"), "whoami", nil, commandtest.Terminal())
	})
}

type diagnostics struct{}

type report struct {
	OK bool `json:"ok"`
}

func (report) View() render.Doc        { return render.Doc{render.Para{render.Text("All is well.")}} }
func (report) Status() commands.Status { return commands.StatusOK }

func (diagnostics) Diagnose(context.Context) (commands.Result, error) { return report{true}, nil }

func TestCheck(t *testing.T) {
	t.Parallel()
	commandtest.Run(t, command(t, "check"), "check", diagnostics{}, commandtest.As(commands.Viewer))
}

type prompts struct {
	commandtest.Log
	err  error
	line string
}

func (p *prompts) Confirm(_ context.Context, _ *commands.Env, code string, count *int) error {
	p.Called("Confirm", code, count)
	return p.err
}

func (p *prompts) Cancel(_ context.Context, _ *commands.Env, code string) error {
	p.Called("Cancel", code)
	return p.err
}

func (p *prompts) Next(context.Context, *commands.Env) (string, error) {
	p.Called("Next")
	return p.line, p.err
}

func TestPrompts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line    string
		prompts prompts
		options []commandtest.Option
		want    commands.Status
	}{
		"confirm":             {line: "confirm k7m2xq", want: commands.StatusOK},
		"confirm with count":  {line: "confirm k7m2xq 12", want: commands.StatusOK},
		"confirm somebody's":  {line: "confirm k7m2xq", prompts: prompts{err: &commands.DeniedError{Message: "this question is for @bob:example.org"}}, want: commands.StatusDenied},
		"confirm used":        {line: "confirm k7m2xq", prompts: prompts{err: &commands.UsageError{Message: "the question was answered already"}}, want: commands.StatusUsage},
		"confirm nothing":     {line: "confirm", want: commands.StatusUsage},
		"confirm many":        {line: "confirm k7m2xq all", want: commands.StatusUsage},
		"confirm on terminal": {line: "confirm k7m2xq", options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusUsage},
		"cancel":              {line: "cancel k7m2xq", want: commands.StatusOK},
		"next":                {line: "next", prompts: prompts{line: "user list --from 25"}, want: commands.StatusOK},
		"next of nothing":     {line: "next", want: commands.StatusUsage},
		"next without store":  {line: "next", prompts: prompts{err: errors.New("disk full")}, want: commands.StatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			word, _, _ := strings.Cut(test.line, " ")
			ran := commandtest.Run(t, command(t, word), test.line, &test.prompts, append(test.options, commandtest.As(commands.Viewer))...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got status %s, want %s", ran.Outcome.Status, test.want)
			}
			if ran.Outcome.Ref != "" {
				t.Error("an answer to a question was audited beside what it answers")
			}
		})
	}
}

type management struct {
	commandtest.Log
	rooms []commands.ManagementRoom
	err   error
}

func (m *management) ManagementRooms(context.Context) ([]commands.ManagementRoom, error) {
	m.Called("ManagementRooms")
	return m.rooms, nil
}

func (m *management) LeaveRoom(_ context.Context, room id.RoomID) error {
	m.Called("LeaveRoom", room)
	return m.err
}

var (
	configured = commands.ManagementRoom{RoomID: "!conf:example.org", Origin: "configured", State: "joined"}
	here       = commands.ManagementRoom{RoomID: commandtest.ManagementRoom, Origin: "made", State: "joined"}
	invited    = commands.ManagementRoom{RoomID: "!inv:example.org", Origin: "invited", State: "joined", Inviter: "@bob:example.org"}
	public     = commands.ManagementRoom{RoomID: "!pub:example.org", Origin: "invited", State: "joined", Inviter: "@bob:example.org", Problem: "public"}
)

func TestRooms(t *testing.T) {
	t.Parallel()
	for name, rooms := range map[string][]commands.ManagementRoom{"some": {here, invited, public}, "none": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commandtest.Run(t, command(t, "bot rooms"), "bot rooms", &management{rooms: rooms}, commandtest.As(commands.Viewer))
		})
	}
}

func TestLeave(t *testing.T) {
	t.Parallel()
	terminal := []commandtest.Option{commandtest.Terminal()}
	for name, test := range map[string]struct {
		line    string
		fake    management
		options []commandtest.Option
		want    commands.Status
	}{
		"invited":         {line: "bot leave !inv:example.org", fake: management{rooms: []commands.ManagementRoom{here, invited}}, want: commands.StatusOK},
		"configured":      {line: "bot leave !conf:example.org", fake: management{rooms: []commands.ManagementRoom{here, configured}}, want: commands.StatusOK},
		"last":            {line: "bot leave !inv:example.org", fake: management{rooms: []commands.ManagementRoom{invited, public}}, options: terminal, want: commands.StatusFailed},
		"not one":         {line: "bot leave !other:example.org", fake: management{rooms: []commands.ManagementRoom{here}}, want: commands.StatusFailed},
		"from inside":     {line: "bot leave here", fake: management{rooms: []commands.ManagementRoom{here, invited}}, want: commands.StatusFailed},
		"here, elsewhere": {line: "bot leave !management:example.org", fake: management{rooms: []commands.ManagementRoom{here, invited}}, options: terminal, want: commands.StatusOK},
		"dry run":         {line: "bot leave !inv:example.org --dry-run", fake: management{rooms: []commands.ManagementRoom{here, invited}}, want: commands.StatusOK},
		"denied":          {line: "bot leave !inv:example.org", options: []commandtest.Option{commandtest.As(commands.Operator)}, want: commands.StatusDenied},
		"broken":          {line: "bot leave !inv:example.org", fake: management{rooms: []commands.ManagementRoom{here, invited}, err: errors.New("no")}, want: commands.StatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := commandtest.Run(t, command(t, "bot leave"), test.line, &test.fake, append([]commandtest.Option{commandtest.As(commands.Admin)}, test.options...)...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got status %s, want %s", ran.Outcome.Status, test.want)
			}
			if name == "dry run" && strings.Contains(strings.Join(test.fake.Calls(), " "), "LeaveRoom") {
				t.Error("a dry run left the room")
			}
		})
	}
}
