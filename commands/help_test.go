package commands_test

import (
	"strings"
	"testing"

	"caretaker/commands"
	"caretaker/commands/all"
	"caretaker/render"
)

// pages are all the help there is at a door, by name.
func pages(r *commands.Registry, door commands.Door) map[string]render.Doc {
	pages := map[string]render.Doc{"overview": r.Overview(door)}
	for _, group := range r.Groups() {
		pages["group "+group.Name] = group.Help(door)
	}
	for _, c := range r.All() {
		pages[c.Name] = c.Help("!admin", door)
	}
	return pages
}

func TestHelpFits(t *testing.T) {
	t.Parallel()
	for _, r := range []*commands.Registry{registry, all.Registry()} {
		for _, door := range []commands.Door{commands.DoorRoom, commands.DoorTerminal, commands.DoorSchedule} {
			for name, doc := range pages(r, door) {
				for _, block := range doc {
					if empty(block) {
						t.Errorf("%s (%s) has an empty section", name, door)
					}
				}
				plain, html := render.Room(doc, render.Options{Prefix: "!admin"})
				if len(plain)+len(html) > 29_000 {
					t.Errorf("%s (%s) has %d bytes, too many for one event", name, door, len(plain)+len(html))
				}
			}
		}
	}
}

func empty(block render.Block) bool {
	switch block := block.(type) {
	case render.List:
		return len(block) == 0
	case render.Para:
		return len(block) == 0
	case render.Heading:
		return len(block) == 0
	case render.Code:
		return strings.TrimSpace(block.Text) == ""
	}
	return false
}

func TestHelpOfACommand(t *testing.T) {
	t.Parallel()
	room, _ := render.Room(listCmd.Help("!admin", commands.DoorRoom), render.Options{})
	for _, want := range []string{
		"!admin user list [OPTIONS]", "!admin user list -dgn bob", "-g, --guests / -G, --no-guests Show guests.",
		"--sort-by Sort by this. One of name, created_ts. Default: name.", "-l, --limit N Rows per page. Default: 100, in rooms 25.",
		"-x, --exclude TYPE Leave these out. Default: bot. Can be repeated.", "Needs the role viewer; read.",
	} {
		if !strings.Contains(room, want) {
			t.Errorf("%q is missing in:\n%s", want, room)
		}
	}
	for command, usage := range map[*commands.Command]string{
		listCmd: "user list [OPTIONS]", lockCmd: "user lock USER", deleteCmd: "room delete [OPTIONS] ROOM…",
		helpCmd: "help [WORDS…]", sendCmd: "notice send [OPTIONS] TO [TEXT] [FORMATTED]", confirmCmd: "confirm CODE [N]",
	} {
		if got := command.Usage(); got != usage {
			t.Errorf("got %q, want %q", got, usage)
		}
	}
	plain, _ := render.Room(importCmd.Help("!admin", commands.DoorRoom), render.Options{})
	if strings.Contains(plain, "--file") || !strings.Contains(plain, "Can stand on the following lines.") {
		t.Errorf("in a room got:\n%s", plain)
	}
	if plain, _ = render.Room(importCmd.Help("caretaker", commands.DoorTerminal), render.Options{}); !strings.Contains(plain, "--file FILE") {
		t.Errorf("on a terminal got:\n%s", plain)
	}
	if plain, _ = render.Room(deleteCmd.Help("!admin", commands.DoorRoom), render.Options{}); !strings.Contains(plain, "Asks before it runs. Leaves an audit record.") {
		t.Errorf("got:\n%s", plain)
	}
}

// The shortest example is shown with errors, so it must work wherever the command does.
func TestShortestExamples(t *testing.T) {
	t.Parallel()
	r := all.Registry()
	for _, c := range r.All() {
		for _, env := range []commands.Env{roomEnv(), terminalEnv()} {
			if !c.At(env.Door) {
				continue
			}
			usage := &commands.UsageError{Message: "no", Command: c}
			f := commands.Explain(&commands.Call{Env: env}, commands.OutcomeOf(nil, usage))
			if _, err := r.ParseText(f.Example, env); err != nil || f.Example == "" {
				t.Errorf("%s: the example %q is not understood in a %s: %v", c.Name, f.Example, env.Door, err)
			}
		}
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"ROOM": "media purge, room delete", "deactivated": "user list", "code": "confirm", "xyzzy": "",
	} {
		var got []string
		for _, c := range registry.Search(word, commands.DoorRoom) {
			got = append(got, c.Name)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: got %q, want %q", word, strings.Join(got, ", "), want)
		}
	}
	if found := registry.Search("code", commands.DoorTerminal); len(found) != 0 {
		t.Errorf("a terminal finds %s, which it does not have", found[0].Name)
	}
}
