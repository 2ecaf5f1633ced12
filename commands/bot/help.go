package bot

import (
	"context"
	"encoding/json"
	"strings"

	"caretaker/commands"
	"caretaker/render"
)

var helpCmd = commands.Define[helpArgs, manual](commands.Meta{
	Name:     "help",
	Summary:  "Explain a command or a group of commands, or find one by a word.",
	Examples: []string{"help", "help room", "help room delete", "help quarantine"},
})

// manual is what there is to be explained.
type manual interface {
	Overview(door commands.Door) render.Doc
	Groups() []commands.Group
	Group(name string) (commands.Group, bool)
	Find(words []string) (*commands.Command, int)
	Search(word string, door commands.Door) []*commands.Command
	// Parse explains words that mean nothing, with suggestions.
	Parse(line commands.Line, env commands.Env) (*commands.Call, error)
}

type helpArgs struct {
	Words []string `arg:"[WORDS]" help:"A command, a group, or a word to search for."`
}

// Run finds what the words mean: nothing at all is the overview, then a command, a
// group, and at last a word to search for.
func (a *helpArgs) Run(_ context.Context, env *commands.Env, book manual) (commands.Result, error) {
	if len(a.Words) == 0 {
		return overview(env, book), nil
	}
	if command, _ := book.Find(a.Words); command != nil {
		return page{explained(command, env), []*commands.Command{command}}, nil
	}
	if group, found := book.Group(a.Words[0]); found && len(a.Words) == 1 {
		return page{group.Help(env.Door), at(env.Door, group.Commands)}, nil
	}
	if found := book.Search(strings.Join(a.Words, " "), env.Door); len(found) > 0 {
		return page{listed(found), found}, nil
	}
	if _, err := book.Parse(commands.Words(a.Words), *env); err != nil {
		return nil, err
	}
	return overview(env, book), nil
}

// explained is the whole story of a command, also of one that exists elsewhere only.
func explained(command *commands.Command, env *commands.Env) render.Doc {
	doc := command.Help(env.Prefix, env.Door)
	if !command.At(env.Door) {
		doc = append(doc, sentence(render.Text("It works only "+command.Doors[0].Place()+".")))
	}
	return doc
}

func overview(env *commands.Env, book manual) page {
	var all []*commands.Command
	for _, group := range book.Groups() {
		all = append(all, at(env.Door, group.Commands)...)
	}
	return page{book.Overview(env.Door), all}
}

// at keeps the commands that exist at a door.
func at(door commands.Door, all []*commands.Command) []*commands.Command {
	var kept []*commands.Command
	for _, c := range all {
		if c.At(door) {
			kept = append(kept, c)
		}
	}
	return kept
}

// listed names commands with what they do.
func listed(found []*commands.Command) render.Doc {
	list := render.List{}
	for _, c := range found {
		list = append(list, sentence(render.Bold{render.Text(c.Name)}, render.Text(" "+c.Summary)))
	}
	return render.Doc{list}
}

// page is a page of help. Scripts get the commands that it is about.
type page struct {
	doc      render.Doc
	commands []*commands.Command
}

// View implements [commands.Result].
func (p page) View() render.Doc { return p.doc }

// entry is a command in the machine-readable help.
type entry struct {
	Name    string `json:"name"`
	Summary string `json:"summary"`
	Usage   string `json:"usage"`
	Role    string `json:"role"`
	Risk    string `json:"risk"`
}

// MarshalJSON lists the commands.
func (p page) MarshalJSON() ([]byte, error) {
	entries := []entry{}
	for _, c := range p.commands {
		entries = append(entries, entry{c.Name, c.Summary, c.Usage(), c.Role.String(), c.Risk.String()})
	}
	return json.Marshal(map[string][]entry{"commands": entries})
}
