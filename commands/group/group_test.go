package group_test

import (
	"testing"

	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/group"
)

func TestDelete(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, group.Group)
	ran := commandtest.Run(t, group.Group.Commands[0], "group delete +lobby:example.org", nil, commandtest.Terminal())
	if code := ran.Outcome.Status.ExitCode(); ran.Outcome.Status != commands.StatusUnsupported || code != 5 {
		t.Errorf("%s, exit %d, want 5", ran.Outcome.Status, code)
	}
}
