package commands

import (
	"fmt"
	"strings"

	"caretaker/render"
)

// Usage is the one-line form: "room delete [options] ROOM…".
func (c *Command) Usage() string {
	words := []string{c.Name}
	if len(c.options(DoorRoom)) > 0 || len(c.options(DoorTerminal)) > 0 {
		words = append(words, "[OPTIONS]")
	}
	for _, f := range c.fields {
		if f.positional {
			words = append(words, f.shown())
		}
	}
	return strings.Join(words, " ")
}

func (f *field) shown() string {
	name := f.name
	if f.list {
		name += "…"
	}
	if f.optional {
		return "[" + name + "]"
	}
	return name
}

// options lists the command's own options at a door.
func (c *Command) options(door Door) []*field {
	var list []*field
	for _, f := range c.fields {
		if !f.positional && f.at(door) {
			list = append(list, f)
		}
	}
	return list
}

// Help is the whole story of a command.
func (c *Command) Help(prefix string, door Door) render.Doc {
	doc := render.Doc{
		render.Heading{render.Text(c.Name)},
		render.Para{render.Text(c.Summary)},
		render.Code{Text: prefix + " " + c.Usage()},
	}
	if c.Detail != "" {
		doc = append(doc, render.Para{render.Text(c.Detail)})
	}
	doc = append(doc, fieldList(c.arguments()), fieldList(c.options(door)))
	doc = append(doc, render.Para{render.Text(c.demands())})
	var examples strings.Builder
	for _, example := range c.Examples {
		fmt.Fprintf(&examples, "%s %s\n", prefix, example)
	}
	doc = append(doc, render.Code{Text: strings.TrimSuffix(examples.String(), "\n")})
	return compact(doc)
}

// demands says in words what the command asks of its caller.
func (c *Command) demands() string {
	text := fmt.Sprintf("Needs the role %s; %s.", c.Role, c.Risk)
	if c.Risk >= Destructive {
		text += " Asks before it runs."
	}
	if c.audited(c.Risk, c.Role) {
		text += " Leaves an audit record."
	}
	return text
}

func (c *Command) arguments() []*field {
	var list []*field
	for _, f := range c.fields {
		if f.positional {
			list = append(list, f)
		}
	}
	return list
}

func fieldList(fields []*field) render.Block {
	var list render.List
	for _, f := range fields {
		list = append(list, render.Para{render.Bold{render.Text(f.spelling())}, render.Text(" " + f.explained())})
	}
	return list
}

// spelling shows all ways to write an option: "-g, --guests / -G, --no-guests".
func (f *field) spelling() string {
	if f.positional {
		return f.shown()
	}
	on := joinSpellings(f.short, append([]string{f.name}, f.aliases...))
	if f.off != "" || f.offShort != "" {
		on += " / " + joinSpellings(f.offShort, []string{f.off})
	}
	if !f.flag() && f.placeholder != "" {
		on += " " + f.placeholder
	}
	return on
}

func joinSpellings(short string, long []string) string {
	var parts []string
	if short != "" {
		parts = append(parts, "-"+short)
	}
	for _, name := range long {
		if name != "" {
			parts = append(parts, "--"+name)
		}
	}
	return strings.Join(parts, ", ")
}

func (f *field) explained() string {
	text := f.help
	if len(f.enum) > 0 {
		text += " One of " + strings.Join(f.enum, ", ") + "."
	}
	if f.def != "" && f.def != "0" {
		text += " Default: " + f.def
		if f.roomDef != "" {
			text += ", in rooms " + f.roomDef
		}
		text += "."
	}
	if f.list && !f.positional {
		text += " Can be repeated."
	}
	if f.body {
		text += " Can stand on the following lines."
	}
	return text
}

// mostVerbs is how many commands of a group the overview names in a room.
const mostVerbs = 6

// Overview is one phone screen: every group with its first verbs, and those of a
// single command together on one line. A terminal has room for all of them.
func (r *Registry) Overview(door Door) render.Doc {
	list := render.List{}
	var single []string
	for _, group := range r.groups {
		names := group.names(door)
		switch {
		case len(names) == 0 || group.Obsolete:
		case door == DoorTerminal:
			list = append(list, group.line(names))
		case len(names) == 1:
			single = append(single, names[0])
		case len(names) > mostVerbs+1:
			list = append(list, append(group.line(names[:mostVerbs]), render.Text(" …")))
		default:
			list = append(list, group.line(names))
		}
	}
	if len(single) > 0 {
		list = append(list, render.Para{render.Text(strings.Join(single, " · "))})
	}
	return render.Doc{
		list,
		render.Para{render.Command("help room"), render.Text(" lists a group, "), render.Command("help room delete"),
			render.Text(" explains a command, "), render.Command("help WORD"), render.Text(" searches.")},
	}
}

// names lists the group's commands at a door.
func (g Group) names(door Door) []string {
	var names []string
	for _, c := range g.Commands {
		if c.At(door) {
			names = append(names, c.Name)
		}
	}
	return names
}

// line is the group's line in the overview. The group's word is said once, unless
// there are commands that don't begin with it: people type what they read.
func (g Group) line(names []string) render.Para {
	verbs := make([]string, len(names))
	for i, name := range names {
		verb, ok := strings.CutPrefix(name, g.Name+" ")
		if !ok {
			return render.Para{render.Text(strings.Join(names, " · "))}
		}
		verbs[i] = verb
	}
	return render.Para{render.Bold{render.Text(g.Name)}, render.Text(" " + strings.Join(verbs, " · "))}
}

// Help lists the commands of a group with their summaries.
func (g Group) Help(door Door) render.Doc {
	list := render.List{}
	for _, c := range g.Commands {
		if c.At(door) {
			list = append(list, render.Para{render.Bold{render.Text(c.Name)}, render.Text(" " + c.Summary)})
		}
	}
	return compact(render.Doc{render.Heading{render.Text(g.Name)}, render.Para{render.Text(g.Summary)}, list})
}

// Search finds commands by a word in their name, summary or options.
func (r *Registry) Search(word string, door Door) []*Command {
	word = strings.ToLower(word)
	var found []*Command
	for _, c := range r.All() {
		text := strings.ToLower(c.Name + " " + c.Summary + " " + c.Detail)
		for _, f := range c.fields {
			text += " " + strings.ToLower(f.name+" "+f.help)
		}
		if c.At(door) && strings.Contains(text, word) {
			found = append(found, c)
		}
	}
	return found
}

// compact drops empty lists.
func compact(doc render.Doc) render.Doc {
	kept := doc[:0]
	for _, block := range doc {
		if list, ok := block.(render.List); ok && len(list) == 0 {
			continue
		}
		kept = append(kept, block)
	}
	return kept
}
