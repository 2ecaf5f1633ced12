package commands_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"caretaker/commands"
)

// define declares a command with these arguments and otherwise without fault.
func define[A any, P interface {
	*A
	Run(context.Context, *commands.Env, commands.None) (commands.Result, error)
}]() {
	commands.Define[A, commands.None, P](commands.Meta{Name: "x y", Summary: "Do.", Examples: []string{"x y"}})
}

type (
	chanArgs struct {
		quiet
		F chan int `help:"x"`
	}
	readerArgs struct {
		quiet
		F io.Reader `help:"x"`
	}
	helplessArgs struct {
		quiet
		F string
	}
	twiceArgs struct {
		quiet
		F string `short:"x" help:"x"`
		G string `short:"x" help:"x"`
	}
	aliasArgs struct {
		quiet
		F string `help:"x"`
		G string `alias:"f" help:"x"`
	}
	afterListArgs struct {
		quiet
		F []string `arg:"F" help:"x"`
		G string   `arg:"G" help:"x"`
	}
	afterOptionalArgs struct {
		quiet
		F string `arg:"[F]" help:"x"`
		G string `arg:"G" help:"x"`
	}
	positionalSecretArgs struct {
		quiet
		F commands.Secret `arg:"F" help:"x"`
	}
	positionalFlagArgs struct {
		quiet
		F bool `arg:"F" help:"x"`
	}
	digitArgs struct {
		quiet
		F bool `short:"1" help:"x"`
	}
	longShortArgs struct {
		quiet
		F bool `short:"ab" help:"x"`
	}
	offArgs struct {
		quiet
		F bool `off:"no-f" help:"x"`
	}
	offShortArgs struct {
		quiet
		F *bool `off:"N" help:"x"`
	}
	flagDefaultArgs struct {
		quiet
		F bool `default:"true" help:"x"`
	}
	badDefaultArgs struct {
		quiet
		F int `default:"many" help:"x"`
	}
	badRoomDefaultArgs struct {
		quiet
		F int `default:"5" room:"0" min:"1" help:"x"`
	}
	roomDefaultArgs struct {
		quiet
		F int `room:"5" help:"x"`
	}
	enumArgs struct {
		quiet
		F int `enum:"1|2" help:"x"`
	}
	minArgs struct {
		quiet
		F string `min:"1" help:"x"`
	}
	bodiesArgs struct {
		quiet
		F string `body:"true" help:"x"`
		G string `body:"true" help:"x"`
	}
	shadowArgs struct {
		quiet
		Reason string `help:"x"`
	}
	shadowAliasArgs struct {
		quiet
		F bool `alias:"batch" help:"x"`
	}
)

type (
	badRisk     struct{ quiet }
	badValidate struct{ quiet }
	badPreview  struct{}
	risky       struct{}
)

func (badRisk) Risk() commands.Risk { return commands.Read }
func (badValidate) Validate() bool  { return true }

func (badPreview) Preview(context.Context, *commands.Env) (commands.Result, error) { return nil, nil }
func (badPreview) Run(context.Context, *commands.Env, commands.None) (commands.Result, error) {
	return nil, nil
}

func (risky) Risk() (commands.Risk, commands.Role) { return commands.Destructive, commands.Admin }
func (risky) Run(context.Context, *commands.Env, commands.None) (commands.Result, error) {
	return nil, nil
}

// meta declares a command with a fault in its words.
func meta(m commands.Meta) func() {
	return func() { commands.Define[quietArgs, commands.None](m) }
}

type quietArgs struct{ quiet }

// needy declares a command that needs N.
func needy[N any]() {
	commands.Define[needing[N], N](commands.Meta{Name: "x y", Summary: "Do.", Examples: []string{"x y"}})
}

type needing[N any] struct{}

func (*needing[N]) Run(context.Context, *commands.Env, N) (commands.Result, error) { return nil, nil }

// A declaration that cannot work stops the program at its start, and says why.
func TestFaultyDeclarations(t *testing.T) {
	t.Parallel()
	for want, declare := range map[string]func(){
		"needs a lower-case name, a summary and an example":       meta(commands.Meta{Name: "X y", Summary: "Do.", Examples: []string{"x y"}}),
		`"x n" needs a lower-case name, a summary and an example`: meta(commands.Meta{Name: "x n", Summary: "Do."}),
		`"x s" needs a lower-case name, a summary and an example`: meta(commands.Meta{Name: "x s", Examples: []string{"x s"}}),
		"has the type chan int, which is not admitted":            define[chanArgs],
		"has the type io.Reader, which is not admitted":           define[readerArgs],
		"f has no help":                                                             define[helplessArgs],
		"has two options called -x":                                                 define[twiceArgs],
		"has two options called --f":                                                define[aliasArgs],
		"F takes all words, nothing can follow it":                                  define[afterListArgs],
		"F is optional, what follows it must be so, too":                            define[afterOptionalArgs],
		"F is a secret, which has to be an option":                                  define[positionalSecretArgs],
		"F is a flag, which has to be an option":                                    define[positionalFlagArgs],
		"x y: f has a short form that is not one letter":                            define[digitArgs],
		"has a short form that is not one letter":                                   define[longShortArgs],
		"f has an opposite, which needs a *bool and a long name":                    define[offArgs],
		"has an opposite, which needs a *bool and a long name":                      define[offShortArgs],
		"f is a flag, which has no default and cannot be repeated":                  define[flagDefaultArgs],
		`f has the default "many", which is not a whole number`:                     define[badDefaultArgs],
		`f has the default "0", which is less than 1`:                               define[badRoomDefaultArgs],
		"f has a default in rooms and none elsewhere":                               define[roomDefaultArgs],
		"f restricts values of another type":                                        define[enumArgs],
		"restricts values of another type":                                          define[minArgs],
		"x y has two fields for the following lines":                                define[bodiesArgs],
		"x y: --reason is an option of all commands":                                define[shadowArgs],
		"x y: --batch is an option of all commands":                                 define[shadowAliasArgs],
		"Risk has another signature than () (Risk, Role)":                           define[badRisk],
		"Validate has another signature than () error":                              define[badValidate],
		"Preview has another signature than (context.Context, *Env, N) (Result, er": define[badPreview],
		"x y can destroy and has no Preview":                                        define[risky],
		"needs int, which is not an interface":                                      needy[int],
		"needs *struct {}, which is not an interface":                               needy[*struct{}],
		"needs string, which is not an interface":                                   needy[struct{ A string }],
		"needs reader, which has to be exported to be filled":                       needy[struct{ reader io.Reader }],
		`"user list" is declared twice`: func() {
			commands.NewRegistry(commands.Group{Commands: []*commands.Command{listCmd}}, commands.Group{Commands: []*commands.Command{listCmd}})
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "commands: ") || !strings.Contains(got, want) {
					t.Errorf("got the panic %q, want %q", got, want)
				}
			}()
			declare()
		})
	}
}

func TestDeclared(t *testing.T) {
	t.Parallel()
	if got := deleteCmd.Permission(); got != "room.delete" || deleteCmd.Group() != "room" || !deleteCmd.Long() || listCmd.Long() {
		t.Errorf("got %s, %s", got, deleteCmd.Group())
	}
	for c, want := range map[*commands.Command]commands.Role{
		listCmd: commands.Viewer, lockCmd: commands.Operator, deleteCmd: commands.Admin,
	} {
		if c.Role != want {
			t.Errorf("%s needs the role %s, want %s", c.Name, c.Role, want)
		}
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	for _, role := range []commands.Role{commands.Viewer, commands.Operator, commands.Admin, commands.Owner} {
		if got, err := commands.ParseRole(role.String()); err != nil || got != role {
			t.Errorf("%s: got %s (%v)", role, got, err)
		}
	}
	for _, word := range []string{"none", "", "Owner", "root"} {
		if _, err := commands.ParseRole(word); err == nil {
			t.Errorf("%q is a role", word)
		}
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	for status, want := range map[commands.Status]struct {
		mark  string
		exit  int
		final bool
	}{
		commands.StatusOK: {"✅", 0, true}, commands.StatusPartial: {"⚠️", 3, true}, commands.StatusFailed: {"❌", 1, true},
		commands.StatusUsage: {"❌", 2, true}, commands.StatusDenied: {"🚫", 4, true}, commands.StatusUnsupported: {"❌", 5, true},
		commands.StatusUnavailable: {"❌", 6, true}, commands.StatusInterrupted: {"❌", 130, true}, commands.StatusCancelled: {"🚫", 1, true},
		commands.StatusConfirm: {"", 1, false}, commands.StatusAccepted: {"⏳", 0, false}, commands.StatusProgress: {"⏳", 1, false},
	} {
		if status.Mark() != want.mark || status.ExitCode() != want.exit || status.Final() != want.final {
			t.Errorf("%s: got %q, %d, %v, want %+v", status, status.Mark(), status.ExitCode(), status.Final(), want)
		}
	}
}
