package commands_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"caretaker/commands"
)

type both struct {
	Reader io.Reader
	Writer io.StringWriter
}

type bothArgs struct{}

func (*bothArgs) Run(_ context.Context, _ *commands.Env, needs both) (commands.Result, error) {
	text, err := io.ReadAll(needs.Reader)
	if err == nil {
		_, err = needs.Writer.WriteString(string(text) + "!")
	}
	return said("copied"), err
}

var copyCmd = commands.Define[bothArgs, both](commands.Meta{Name: "copy", Summary: "Copy.", Examples: []string{"copy"}})

// Each need is filled by the first service that offers all of it.
func TestNeeds(t *testing.T) {
	t.Parallel()
	type readOnly struct{ io.Reader }
	reader, second := readOnly{strings.NewReader("hello")}, readOnly{strings.NewReader("unread")}
	var writer strings.Builder
	services := commands.Services{nil, &registry, reader, second, &writer}
	call, err := commands.NewRegistry(commands.Group{Name: "copy", Commands: []*commands.Command{copyCmd}}).ParseText("copy", terminalEnv())
	if err != nil {
		t.Fatal(err)
	}
	x := executor(services, &journal{})
	if out := x.Execute(t.Context(), call); out.Err != nil || writer.String() != "hello!" {
		t.Errorf("got %+v and %q", out, writer.String())
	}
	for _, lacking := range []commands.Services{nil, {reader}, {&writer}} {
		if copyCmd.Supported(lacking) {
			t.Errorf("%v are said to be enough", lacking)
		}
	}
	if !copyCmd.Supported(services) || !listCmd.Supported(nil) {
		t.Error("what is enough is said to lack something")
	}
}

func TestService(t *testing.T) {
	t.Parallel()
	var writer strings.Builder
	services := commands.Services{nil, 5, &writer}
	if got, ok := commands.Service[io.StringWriter](services); !ok || got != &writer {
		t.Errorf("got %v, %v", got, ok)
	}
	if got, ok := commands.Service[io.Reader](services); ok || got != nil {
		t.Errorf("got %v, %v, want nothing", got, ok)
	}
}
