package commands_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"caretaker/commands"
)

type sendBodyArgs struct {
	Data commands.JSON `short:"d" body:"true" help:"Body."`
	Path string        `long:"path" help:"Path."`
}

func (*sendBodyArgs) Run(context.Context, *commands.Env, commands.None) (commands.Result, error) {
	return commands.Silent{}, nil
}

// Validate makes a usage error of its own.
func (a *sendBodyArgs) Validate() error {
	if a.Path == "secret" {
		return &commands.UsageError{Message: "that path holds a secret", Secret: true}
	}
	return nil
}

func bodies() *commands.Registry {
	return commands.NewRegistry(commands.Group{Name: "send", Commands: []*commands.Command{
		commands.Define[sendBodyArgs, commands.None](commands.Meta{Name: "send", Summary: "Send.", Examples: []string{"send"}}),
	}})
}

// A body is a part of the line, but its secrets are for nobody else.
func TestBodies(t *testing.T) {
	t.Parallel()
	call, err := bodies().ParseText(`send -d '{"password": "hunter2", "admin": true}'`, terminalEnv())
	if err != nil {
		t.Fatal(err)
	}
	if line := call.Line(); !strings.Contains(line, "hunter2") {
		t.Errorf("the line is %s, want the body whole", line)
	}
	if masked := call.Masked(); strings.Contains(masked, "hunter2") || !strings.Contains(masked, "admin") {
		t.Errorf("the audit gets %s", masked)
	}
}

func TestBodiesInRooms(t *testing.T) {
	t.Parallel()
	for line, secret := range map[string]bool{
		`send -d '{"password": "hunter2"}'`:                    true,
		"send\n{\"users\": [{\"new_password\": \"hunter2\"}]}": true,
		`send -d '{"token": "syt_aHVudGVyMg_hunter2"}'`:        true,
		`send -d '{"password": "hunter2"'`:                     true,
		`send --path secret`:                                   true,
		`send -d '{"note": "hunter2"'`:                         false,
	} {
		_, err := bodies().ParseText(line, roomEnv())
		usage, ok := errors.AsType[*commands.UsageError](err)
		if !ok || usage.Secret != secret || strings.Contains(usage.Message, "hunter2") || usage.Command == nil {
			t.Errorf("%q: refused with %+v", line, usage)
		}
	}
	if _, err := bodies().ParseText("send\n{\"block\": true}", roomEnv()); err != nil {
		t.Errorf("a body without secrets is refused: %v", err)
	}
}
