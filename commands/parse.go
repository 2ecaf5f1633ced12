package commands

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Parse finds the command that a line names and reads its arguments and options.
// Everything that is not understood is a [UsageError]; nothing is guessed.
func (r *Registry) Parse(line Line, env Env) (*Call, error) {
	p := &parser{registry: r, call: &Call{Env: env, Body: line.Body}, words: line.Words}
	if err := p.parse(); err != nil {
		return p.call, p.asUsage(err)
	}
	return p.call, nil
}

type parser struct {
	registry *Registry
	call     *Call
	words    []Word
	next     int
	given    map[*field]string // the spelling that was used
	rest     []Word            // positional words
}

func (p *parser) parse() error {
	p.given = map[*field]string{}
	if err := p.globalsBefore(); err != nil {
		return err
	}
	if err := p.command(); err != nil {
		return err
	}
	p.call.Args = p.call.Command.newArgs()
	if err := p.defaults(); err != nil {
		return err
	}
	for p.next < len(p.words) {
		if err := p.one(); err != nil {
			return err
		}
	}
	if p.call.Globals.Help {
		return nil
	}
	if err := p.positionals(); err != nil {
		return err
	}
	return p.validate()
}

// globalsBefore reads options in front of the command's name.
func (p *parser) globalsBefore() error {
	for p.next < len(p.words) && isOption(p.words[p.next]) {
		if err := p.one(); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) command() error {
	words := make([]string, 0, len(p.words)-p.next)
	for _, word := range p.words[p.next:] {
		words = append(words, word.Text)
	}
	command, used := p.registry.Find(words)
	if command == nil || !command.At(p.call.Env.Door) {
		return p.registry.unknown(words, command, p.call.Env)
	}
	p.call.Command = command
	p.next += used
	return nil
}

func (p *parser) defaults() error {
	for _, f := range p.call.Command.fields {
		if def := f.defaultAt(p.call.Env.Door); def != "" {
			if err := f.set(p.call.Args, def, &p.call.Env); err != nil {
				return fmt.Errorf("default of %s %w", f.name, err)
			}
		}
	}
	return nil
}

// one reads the next word: an option with its value, or a positional.
func (p *parser) one() error {
	word := p.words[p.next]
	p.next++
	switch {
	case word.Text == "--" && !word.Quoted:
		p.rest = append(p.rest, p.words[p.next:]...)
		p.next = len(p.words)
		return nil
	case !isOption(word):
		p.rest = append(p.rest, word)
		return nil
	case strings.HasPrefix(word.Text, "--"):
		name, value, has := strings.Cut(word.Text, "=")
		return p.option(name, value, has)
	}
	return p.cluster(word.Text)
}

// isOption: "-" alone is a word (a file that is standard input), and so is a negative number.
func isOption(w Word) bool {
	return !w.Quoted && len(w.Text) > 1 && w.Text[0] == '-' && (w.Text[1] < '0' || w.Text[1] > '9')
}

// cluster reads "-b", "-dgn bob", "-n5" and "-o=json".
func (p *parser) cluster(text string) error {
	letters := []rune(text[1:])
	for i, letter := range letters {
		name := "-" + string(letter)
		f, _ := p.find(name)
		if f == nil {
			return p.unknownOption(name, text)
		}
		if f.flag() || f == verboseField {
			if err := p.set(f, name, ""); err != nil {
				return err
			}
			continue
		}
		rest := string(letters[i+1:])
		return p.option(name, strings.TrimPrefix(rest, "="), rest != "")
	}
	return nil
}

// verboseField is the one option that counts how often it is given.
var verboseField = globalFields[slices.IndexFunc(globalFields, func(f *field) bool { return f.name == "verbose" })]

func (p *parser) option(name, value string, hasValue bool) error {
	f, _ := p.find(name)
	switch {
	case f == nil:
		return p.unknownOption(name, name)
	case f.flag() || f == verboseField:
		if hasValue {
			return p.usage("%s takes no value", name)
		}
		return p.set(f, name, "")
	case !hasValue:
		if p.next == len(p.words) {
			return p.usage("%s needs a value: %s", name, f.placeholder)
		}
		value = p.words[p.next].Text
		p.next++
	}
	if f.kind == kindPair {
		if p.next == len(p.words) {
			return p.usage("%s needs two words: %s", name, f.placeholder)
		}
		value += " " + p.words[p.next].Text
		p.next++
	}
	return p.set(f, name, value)
}

// find looks an option up, the command's own first: "regtok list -v" is --valid.
func (p *parser) find(name string) (*field, bool) {
	own := []*field{}
	if p.call.Command != nil {
		own = p.call.Command.fields
	}
	for i, fields := range [][]*field{own, globalFields} {
		for _, f := range fields {
			if !f.positional && f.at(p.call.Env.Door) && slices.Contains(f.names(), name) {
				return f, i == 0
			}
		}
	}
	return nil, false
}

func (p *parser) set(f *field, name, value string) error {
	if before, twice := p.given[f]; twice && !f.list {
		if before == name {
			return p.usage("%s is given twice", name)
		}
		return p.usage("%s and %s contradict or repeat each other", before, name)
	}
	first := p.given[f] == ""
	p.given[f] = name
	if f.flag() {
		value = "true"
		if name == "-"+f.offShort || name == "--"+f.off {
			value = "false"
		}
	}
	return p.assign(f, name, value, first)
}

// assign stores a value; the first one given replaces a default list.
func (p *parser) assign(f *field, name, value string, first bool) error {
	args := p.call.Args
	if f.isGlobal() {
		args = &p.call.Globals
	}
	if f.list && first && f.def != "" {
		f.in(args).SetZero()
	}
	if err := f.set(args, value, &p.call.Env); err != nil {
		if f.kind == kindSecret {
			return p.usage("%s: the value %w", name, err)
		}
		return p.usage("%s: %q %w", name, value, err)
	}
	p.call.given(f)
	return nil
}

func (f *field) isGlobal() bool { return slices.Contains(globalFields, f) }

// positionals hands the words without dashes to the arguments in their order.
func (p *parser) positionals() error {
	rest := p.rest
	for _, f := range p.call.Command.fields {
		if !f.positional {
			continue
		}
		if f.body && len(rest) == 0 && p.call.Body != "" {
			if err := p.assign(f, f.name, p.call.Body, true); err != nil {
				return err
			}
			p.call.bodyUsed = true
			continue
		}
		if len(rest) == 0 {
			if f.optional {
				continue
			}
			return p.missing(f)
		}
		take := 1
		if f.list {
			take = len(rest)
		}
		for _, word := range rest[:take] {
			if err := p.assign(f, f.name, word.Text, false); err != nil {
				return err
			}
		}
		rest = rest[take:]
	}
	if len(rest) > 0 {
		return p.surplus(rest[0])
	}
	if err := p.bodyOption(); err != nil {
		return err
	}
	return p.unusedBody()
}

// bodyOption gives the lines below the first to the option that takes them, unless it was given.
func (p *parser) bodyOption() error {
	for _, f := range p.call.Command.fields {
		if f.positional || !f.body || p.given[f] != "" || p.call.Body == "" {
			continue
		}
		p.call.bodyUsed = true
		return p.assign(f, "--"+f.name, p.call.Body, true)
	}
	return nil
}

func (p *parser) validate() error {
	if p.call.Env.Door == DoorRoom {
		for _, f := range p.call.Command.fields {
			if f.kind == kindSecret && len(f.values(p.call.Args)) > 0 {
				return &UsageError{Command: p.call.Command, Secret: true,
					Message: "a password must not be typed in a room; \"user password\" makes one and sends it to you alone"}
			}
		}
	}
	if v, ok := p.call.Args.(validator); ok {
		if err := v.Validate(); err != nil {
			return p.usage("%w", err)
		}
	}
	if _, err := p.call.Globals.Format("human"); err != nil {
		return p.usage("%w", err)
	}
	p.call.Env.Reason = p.call.Globals.Reason
	p.call.Env.DryRun = p.call.Globals.DryRun
	return nil
}

func (p *parser) usage(format string, args ...any) error {
	return usagef(p.call.Command, "%s", fmt.Errorf(format, args...).Error())
}

// asUsage completes an error with the command; for a command that takes secrets
// nothing of what was typed is repeated.
func (p *parser) asUsage(err error) error {
	var usage *UsageError
	if !errors.As(err, &usage) {
		return err
	}
	if p.call.Command != nil && p.call.Command.hasSecret() {
		usage.Secret = true
	}
	return usage
}
