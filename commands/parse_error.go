package commands

import (
	"slices"
	"strings"
)

// unknownOption names the nearest options that exist.
func (p *parser) unknownOption(name string) error {
	command, door := p.call.Command, p.call.Env.Door
	var names []string
	for _, f := range command.allFields() {
		switch {
		case f.positional:
		case f.at(door):
			names = append(names, f.names()...)
		case slices.Contains(f.names(), name):
			return p.usage("%s works only %s", name, f.door.Place())
		}
	}
	e := usagef(command, "there is no option %s", clip(name, 40))
	switch {
	case command == nil && p.registry.namesSecret(name):
		e = usagef(command, "there is no such option")
	case p.mute:
		e = usagef(command, "%q has no such option", command.Name)
	case command != nil:
		e = usagef(command, "%q has no option %s", command.Name, clip(name, 40))
	}
	if e.Choices = nearest(name, names, 3); len(e.Choices) > 0 {
		e.Message += "; did you mean " + strings.Join(e.Choices, " or ") + "?"
	}
	return e
}

func (p *parser) missing(f *field) error {
	return p.usage("%q needs %s: %s", p.call.Command.Name, f.name, lowerFirst(strings.TrimSuffix(f.help, ".")))
}

// surplus names the word and where it stands, and shows how it would be quoted. In a
// room one behind a command that changes an account may be meant as its password.
func (p *parser) surplus(word Word) error {
	password := p.call.Command.Group() == "user" && p.call.Command.Risk > Read && p.call.Env.Door != DoorTerminal
	if p.mute || password {
		e := usagef(p.call.Command, "there is one word too many for %q", p.call.Command.Name)
		e.Secret = password
		return e
	}
	return p.usage("%q at character %d is one word too many for %q; text with blanks needs quotes",
		clip(word.Text, 40), word.Pos+1, p.call.Command.Name)
}

func (p *parser) unusedBody() error {
	if p.call.Body == "" || p.call.bodyUsed {
		return nil
	}
	return p.usage("%q takes nothing from the lines below the first", p.call.Command.Name)
}

func lowerFirst(s string) string {
	if len(s) < 2 || strings.ToUpper(s[:2]) == s[:2] {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
