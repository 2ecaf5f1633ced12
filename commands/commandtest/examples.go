package commandtest

import (
	"testing"

	"caretaker/commands"
)

// Examples checks the declarations of a group: every example parses at a door
// where its command exists, means that command, and the line that the call is
// written as parses back to the same line.
func Examples(t *testing.T, group commands.Group) {
	t.Helper()
	registry := commands.NewRegistry(group)
	for _, command := range group.Commands {
		for _, example := range command.Examples {
			t.Run(example, func(t *testing.T) {
				t.Parallel()
				checkExample(t, registry, command, example)
			})
		}
	}
}

func checkExample(t *testing.T, registry *commands.Registry, command *commands.Command, example string) {
	var problem error
	for _, door := range []Option{func(*run) {}, Terminal()} {
		r := newRun(nil, []Option{Replying("@bob:" + ServerName), door})
		if !command.At(r.env.Door) {
			continue
		}
		call, err := registry.ParseText(example, r.env)
		if err != nil {
			problem = err
			continue
		}
		if call.Command != command {
			t.Errorf("%q means %q", example, call.Command.Name)
		}
		checkLine(t, registry, call)
		return
	}
	t.Errorf("%q does not parse: %v", example, problem)
}

// checkLine parses what a call is written as. A body is stored beside the line.
func checkLine(t *testing.T, registry *commands.Registry, call *commands.Call) {
	text := call.Line()
	if call.Body != "" {
		text += "\n" + call.Body
	}
	again, err := registry.ParseText(text, call.Env)
	if err != nil {
		t.Errorf("%q does not parse back: %v", text, err)
		return
	}
	if again.Line() != call.Line() {
		t.Errorf("%q parses back to %q", call.Line(), again.Line())
	}
}
