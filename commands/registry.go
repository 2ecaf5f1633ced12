package commands

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Group is a set of commands that share the first word of their names.
type Group struct {
	Name     string // "room"
	Summary  string // what the commands are about
	Commands []*Command
	Obsolete bool // not worth a line of the overview
}

// Registry is the list of all commands.
type Registry struct {
	groups []Group
	byName map[string]*Command
	words  int // words of the longest name
}

// NewRegistry collects groups. It panics when two commands have one name.
func NewRegistry(groups ...Group) *Registry {
	r := &Registry{groups: groups, byName: map[string]*Command{}}
	for _, group := range groups {
		for _, c := range group.Commands {
			if r.byName[c.Name] != nil {
				panic(fmt.Sprintf("commands: %q is declared twice", c.Name))
			}
			r.byName[c.Name] = c
			r.words = max(r.words, strings.Count(c.Name, " ")+1)
		}
	}
	return r
}

// Groups are the groups in the order of the help page.
func (r *Registry) Groups() []Group { return r.groups }

// All lists the commands by name.
func (r *Registry) All() []*Command {
	names := slices.Sorted(maps.Keys(r.byName))
	all := make([]*Command, len(names))
	for i, name := range names {
		all[i] = r.byName[name]
	}
	return all
}

// Find gives the command whose name the words begin with, and how many words that took.
func (r *Registry) Find(words []string) (*Command, int) {
	for n := min(r.words, len(words)); n > 0; n-- {
		if c := r.byName[strings.ToLower(strings.Join(words[:n], " "))]; c != nil {
			return c, n
		}
	}
	return nil, 0
}

// secretOptions are the spellings of all options that take a secret.
func (r *Registry) secretOptions() []string {
	var names []string
	for _, c := range r.byName {
		for _, f := range c.fields {
			if f.kind == kindSecret && !f.positional {
				names = append(names, f.names()...)
			}
		}
	}
	return names
}

// Group finds a group by name.
func (r *Registry) Group(name string) (Group, bool) {
	i := slices.IndexFunc(r.groups, func(g Group) bool { return g.Name == strings.ToLower(name) })
	if i < 0 {
		return Group{}, false
	}
	return r.groups[i], true
}

// unknown explains words that name no command here.
func (r *Registry) unknown(words []string, elsewhere *Command, env Env) error {
	if elsewhere != nil {
		return &UsageError{Command: elsewhere, Hint: "help " + elsewhere.Name,
			Message: fmt.Sprintf("%q works only %s", elsewhere.Name, elsewhere.Doors[0].Place())}
	}
	if len(words) == 0 {
		return &UsageError{Message: "there is no command", Hint: "help"}
	}
	if group, ok := r.Group(words[0]); ok && len(words) == 1 {
		return &UsageError{Message: fmt.Sprintf("%q is a group of commands and needs one more word", group.Name), Hint: "help " + group.Name}
	}
	return r.misspelt(words, env.Door)
}

func (r *Registry) misspelt(words []string, door Door) error {
	found := r.suggest(words, door)
	e := &UsageError{Message: fmt.Sprintf("there is no command %q", clip(strings.Join(words[:min(2, len(words))], " "), 60)), Hint: "help"}
	if len(found) == 0 {
		return e
	}
	best := found[0]
	e.Message = fmt.Sprintf("there is no command %q", clip(strings.Join(words[:best.words], " "), 60))
	for _, s := range found {
		e.Choices = append(e.Choices, s.command.Name)
		e.Secret = e.Secret || s.command.hasSecret()
	}
	e.Message += fmt.Sprintf("; did you mean %q?", best.command.Name)
	e.Hint = "help " + best.command.Name
	return e
}
