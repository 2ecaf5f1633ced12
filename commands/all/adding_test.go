package all_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The command that the test adds, and its line in the group's list.
const (
	newFile    = "commands/server/greet.go"
	groupFile  = "commands/server/server.go"
	listEntry  = "\t\tversionCmd,\n"
	newCommand = `package server

import (
	"context"

	"caretaker/commands"
	"caretaker/render"
)

var greetCmd = commands.Define[greetArgs, commands.None](commands.Meta{
	Name:     "server greet",
	Summary:  "Greet somebody.",
	Examples: []string{"server greet bob --politely"},
})

type greetArgs struct {
	User     commands.UserRef ` + "`arg:\"USER\" help:\"Whom to greet.\"`" + `
	Politely bool             ` + "`help:\"With a bow.\"`" + `
}

// Run greets.
func (a *greetArgs) Run(_ context.Context, _ *commands.Env, _ commands.None) (commands.Result, error) {
	return greeting{User: a.User.String()}, nil
}

type greeting struct {
	User string ` + "`json:\"user\"`" + `
}

// View implements [commands.Result].
func (g greeting) View() render.Doc {
	return render.Doc{render.Para{render.Text("Good day, "), render.ID(g.User)}}
}
`
)

// generated are the files that no hand writes.
var generated = []string{"docs/commands.md", "commands/all/calls.txt"}

// Adding a command touches two files: its own and its group's list. Everything
// else follows from the declaration.
func TestAddingACommandTouchesTwoFiles(t *testing.T) {
	if testing.Short() || os.Getenv("CARETAKER_ADDING") != "" {
		t.Skip("it builds a second copy of the sources")
	}
	t.Parallel()
	before, after := checkout(t), t.TempDir()
	if err := os.CopyFS(after, os.DirFS(before)); err != nil {
		t.Fatal(err)
	}
	edit(t, after)
	// What "make generate check" comes down to: generated files, vet, layers, and the
	// tests that look at every command.
	command(t, after, "go", "run", "./docs/gen")
	command(t, after, "go", "vet", "./commands/server", "./commands/all", "./docs/gen")
	command(t, after, "go", "test", "./commands", "./commands/all", "./commands/server", "./docs/gen", ".")

	var byHand []string
	for _, name := range changed(t, before, after) {
		if !slices.Contains(generated, name) {
			byHand = append(byHand, name)
		}
	}
	if want := []string{newFile, groupFile}; !slices.Equal(byHand, want) {
		t.Errorf("touched %q, want %q", byHand, want)
	}
	reference, err := os.ReadFile(filepath.Join(after, "docs/commands.md"))
	if err != nil || !bytes.Contains(reference, []byte("### server greet\n")) {
		t.Errorf("the reference lacks the new command (%v)", err)
	}
}

// edit adds the command as somebody would by hand.
func edit(t *testing.T, root string) {
	t.Helper()
	write(t, filepath.Join(root, newFile), []byte(newCommand))
	list, err := os.ReadFile(filepath.Join(root, groupFile))
	if err != nil || bytes.Count(list, []byte(listEntry)) != 1 {
		t.Fatalf("%s has no list of commands as expected: %v", groupFile, err)
	}
	write(t, filepath.Join(root, groupFile), bytes.Replace(list, []byte(listEntry), []byte(listEntry+"\t\tgreetCmd,\n"), 1))
}

// checkout copies the files that belong to the repository.
func checkout(t *testing.T) string {
	t.Helper()
	if err := exec.CommandContext(t.Context(), "git", "rev-parse").Run(); err != nil {
		t.Skip("only git knows which files belong to the repository")
	}
	root := strings.TrimSpace(command(t, ".", "git", "rev-parse", "--show-toplevel"))
	target := t.TempDir()
	for _, name := range strings.Split(command(t, root, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"), "\x00") {
		content, err := os.ReadFile(filepath.Join(root, name))
		if name == "" || err != nil {
			continue // removed, and not committed yet
		}
		write(t, filepath.Join(target, name), content)
	}
	return target
}

// changed compares two folders, newest names last.
func changed(t *testing.T, before, after string) []string {
	t.Helper()
	contents := func(root string) map[string]string {
		all := map[string]string{}
		err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(name)
			all[strings.TrimPrefix(filepath.ToSlash(name), filepath.ToSlash(root)+"/")] = string(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	old, now := contents(before), contents(after)
	var names []string
	for name, content := range now {
		if was, ok := old[name]; !ok || was != content {
			names = append(names, name)
		}
	}
	for name := range old {
		if _, ok := now[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func command(t *testing.T, folder, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "CARETAKER_ADDING=1")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, complaint.String())
	}
	return string(out)
}
