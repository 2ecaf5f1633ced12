package commands

import (
	"strings"
)

// unknownOption names the nearest options that exist.
func (p *parser) unknownOption(name, typed string) error {
	command := p.call.Command
	var names []string
	fields := globalFields
	if command != nil {
		fields = append(append([]*field{}, command.fields...), globalFields...)
	}
	for _, f := range fields {
		if !f.positional && f.at(p.call.Env.Door) {
			names = append(names, f.names()...)
		}
	}
	if f := p.elsewhere(name); f != nil {
		return p.usage("%s works on a %s only", name, f.door)
	}
	choices := nearest(name, names, 3)
	e := usagef(command, "there is no option %s", name)
	if command != nil {
		e = usagef(command, "%q has no option %s", command.Name, name)
	}
	if command != nil && command.hasSecret() {
		e = usagef(command, "%q has no such option", command.Name)
	}
	if len(choices) > 0 {
		e.Choices = choices
		e.Message += "; did you mean " + strings.Join(choices, " or ") + "?"
	}
	_ = typed
	return e
}

// elsewhere finds an option that exists, but not at this door.
func (p *parser) elsewhere(name string) *field {
	fields := globalFields
	if p.call.Command != nil {
		fields = append(append([]*field{}, p.call.Command.fields...), globalFields...)
	}
	for _, f := range fields {
		for _, other := range f.names() {
			if other == name && !f.at(p.call.Env.Door) {
				return f
			}
		}
	}
	return nil
}

func (p *parser) missing(f *field) error {
	return p.usage("%q needs %s: %s", p.call.Command.Name, f.name, lowerFirst(strings.TrimSuffix(f.help, ".")))
}

// surplus names the word and where it stands, and shows how it would be quoted.
func (p *parser) surplus(word Word) error {
	e := usagef(p.call.Command, "%q at character %d is one word too many for %q; text with blanks needs quotes",
		clip(word.Text, 40), word.Pos+1, p.call.Command.Name)
	if p.call.Command.hasSecret() {
		e = usagef(p.call.Command, "there is one word too many for %q", p.call.Command.Name)
	}
	return e
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
