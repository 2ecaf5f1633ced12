package all_test

import (
	"strings"
	"testing"

	"caretaker/commands"
	"caretaker/commands/all"
	"caretaker/commands/commandtest"
	"caretaker/render"
)

// Every example must parse where its command exists, and the line that the call
// is written as must mean the same: prompts and pages are stored that way.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, group := range all.Groups() {
		t.Run(group.Name, func(t *testing.T) {
			t.Parallel()
			commandtest.Examples(t, group)
		})
	}
}

// A group's name need not be the first word of its commands, but it must not
// look like another command.
func TestGroups(t *testing.T) {
	t.Parallel()
	registry := all.Registry()
	for _, group := range registry.Groups() {
		if c, _ := registry.Find([]string{group.Name}); c != nil {
			t.Errorf("%q is a group and a command", group.Name)
		}
		if !strings.HasSuffix(group.Summary, ".") || len(group.Commands) == 0 {
			t.Errorf("group %q needs a summary that is a sentence, and commands", group.Name)
		}
	}
}

// What people read first: no more than a phone shows, and every hint understood.
func TestWords(t *testing.T) {
	t.Parallel()
	registry := all.Registry()
	for _, c := range registry.All() {
		if !strings.HasSuffix(c.Summary, ".") || len([]rune(c.Summary)) > 100 {
			t.Errorf("%s: the summary is not one short sentence: %q", c.Name, c.Summary)
		}
		if c.Nearest != "" {
			if found, _ := registry.Find(strings.Fields(c.Nearest)); found == nil {
				t.Errorf("%s: what it names as nearest does not exist: %q", c.Name, c.Nearest)
			}
		}
	}
}

func TestOverviewFitsAPhone(t *testing.T) {
	t.Parallel()
	const width, height = 38, 30 // characters and lines of a phone with a common client
	plain, _ := render.Room(all.Registry().Overview(commands.DoorRoom), render.Options{Prefix: "!admin"})
	lines := 0
	for _, line := range strings.Split(plain, "\n") {
		lines += len([]rune(line))/width + 1
	}
	if lines > height {
		t.Errorf("the overview has %d lines on a phone, want at most %d:\n%s", lines, height, plain)
	}
}
