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
	words  int    // words of the longest name
	calls  string // see Calls
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

// Group finds a group by name.
func (r *Registry) Group(name string) (Group, bool) {
	i := slices.IndexFunc(r.groups, func(g Group) bool { return g.Name == strings.ToLower(name) })
	if i < 0 {
		return Group{}, false
	}
	return r.groups[i], true
}

// unknown explains words that name no command here. Of a line that may hold a secret
// it repeats nothing.
func (r *Registry) unknown(words []string, elsewhere *Command, env Env, secret bool) error {
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
	return r.misspelt(words, env.Door, secret || r.meansSecret(words))
}

func (r *Registry) misspelt(words []string, door Door, secret bool) error {
	found := r.suggest(words, door)
	e := &UsageError{Hint: "help", Secret: secret}
	typed := words[:min(2, len(words))]
	if len(found) > 0 {
		typed = words[:found[0].words]
	}
	for _, s := range found {
		e.Choices = append(e.Choices, s.command.Name)
		e.Secret = e.Secret || s.command.hasSecret()
	}
	e.Message = fmt.Sprintf("there is no command %q", clip(strings.Join(typed, " "), 60))
	if e.Secret {
		e.Message = "there is no such command"
	}
	if len(found) > 0 {
		e.Message += fmt.Sprintf("; did you mean %q?", e.Choices[0])
		e.Hint = helpFor(found[0].command)
	}
	return e
}

// helpFor is the command line that explains a command; the help explains itself.
func helpFor(c *Command) string {
	if c.Name == "help" {
		return "help"
	}
	return "help " + c.Name
}
