package commands

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Parse finds the command that a line names and reads its arguments and options.
// Everything that is not understood is a [UsageError]; nothing is guessed. The call
// is never nil; with an error it holds what was understood before, but no
// arguments when they may hold a secret.
func (r *Registry) Parse(line Line, env Env) (*Call, error) {
	p := &parser{registry: r, call: &Call{Env: env, Body: line.Body}, words: line.Words}
	if err := p.parse(); err != nil {
		return p.call, p.asUsage(err)
	}
	return p.call, nil
}

// ParseText splits and parses what somebody typed, see [Tokenise] and [Registry.Parse].
func (r *Registry) ParseText(text string, env Env) (*Call, error) {
	line, err := Tokenise(text)
	call, parsed := r.Parse(line, env)
	if err == nil {
		return call, parsed
	}
	split, _ := errors.AsType[*UsageError](err)
	split.Command = call.Command
	// The words before the bad quote tell whether a password may follow.
	if before, ok := errors.AsType[*UsageError](parsed); ok {
		split.Secret = before.Secret
	} else {
		split.Secret = call.Command.hasSecret()
	}
	if split.Secret {
		call.Args = nil
	}
	return call, split
}

type parser struct {
	registry *Registry
	call     *Call
	words    []Word
	next     int
	given    map[*field]string // the spelling that was used
	rest     []Word            // positional words
	mute     bool              // a secret may be in the line, so that nothing of it is repeated
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
	if err := p.refuseSecrets(); err != nil || p.call.Globals.Help {
		return err
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
	words := texts(p.words[p.next:])
	command, used := p.registry.Find(words)
	if command == nil && p.asksHelp() {
		command, used = p.registry.Find(texts(p.words))
	}
	if command == nil || !command.At(p.call.Env.Door) {
		return p.registry.unknown(words[:p.beforeOptions()], command, p.call.Env, p.hasSecretOption())
	}
	p.call.Command = command
	p.next += used
	p.mute = command.hasSecret() || p.hasSecretOption()
	return nil
}

// beforeOptions is how many of the words that are left come before the first option.
func (p *parser) beforeOptions() int {
	rest := p.words[p.next:]
	if at := slices.IndexFunc(rest, isOption); at >= 0 {
		return at
	}
	return len(rest)
}

func texts(words []Word) []string {
	list := make([]string, len(words))
	for i, word := range words {
		list[i] = word.Text
	}
	return list
}

// asksHelp makes "help room" of "room --help", and "help" of "--help" alone.
func (p *parser) asksHelp() bool {
	isHelp := func(w Word) bool { return !w.Quoted && (w.Text == "-h" || w.Text == "--help") }
	rest := p.words[p.next:]
	at := slices.IndexFunc(rest, isOption)
	if !p.call.Globals.Help && (at < 0 || !isHelp(rest[at])) {
		return false
	}
	p.call.Globals.Help = false
	p.words = append([]Word{{Text: "help"}}, slices.DeleteFunc(slices.Clone(rest), isHelp)...)
	p.next = 0
	return true
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
		f := p.find(name)
		if f == nil {
			return p.unknownOption(name)
		}
		rest := string(letters[i+1:])
		if !f.flag() && f != verboseField || strings.HasPrefix(rest, "=") {
			return p.option(name, strings.TrimPrefix(rest, "="), rest != "")
		}
		if err := p.set(f, name, ""); err != nil {
			return err
		}
	}
	return nil
}

// verboseField is the one option that counts how often it is given.
var verboseField = globalFields[slices.IndexFunc(globalFields, func(f *field) bool { return f.name == "verbose" })]

func (p *parser) option(name, value string, hasValue bool) error {
	f := p.find(name)
	switch {
	case f == nil:
		return p.unknownOption(name)
	case f.flag() || f == verboseField:
		if hasValue {
			return p.usage("%s takes no value", name)
		}
		return p.set(f, name, "")
	case !hasValue:
		var ok bool
		if value, ok = p.value(); !ok {
			return p.usage("%s needs a value: %s", name, f.placeholder)
		}
	}
	if f.kind == kindPair {
		second, ok := p.value()
		if !ok || strings.ContainsFunc(value, blank) {
			return p.usage("%s needs two words: %s", name, f.placeholder)
		}
		value += " " + second
	}
	return p.set(f, name, value)
}

// value takes the next word for an option. Another option is none: then the value
// was forgotten, and "--message --dry-run" must not run for real. One that is meant
// is written "--message=--dry-run", or in quotes.
func (p *parser) value() (string, bool) {
	if p.next == len(p.words) {
		return "", false
	}
	word := p.words[p.next]
	if isOption(word) && (word.Text == "--" || p.find(optionName(word.Text)) != nil) {
		return "", false
	}
	p.next++
	return word.Text, true
}

// optionName is the option that a word begins with: "--limit" of "--limit=5", "-l" of "-l5".
func optionName(text string) string {
	if strings.HasPrefix(text, "--") {
		name, _, _ := strings.Cut(text, "=")
		return name
	}
	return string([]rune(text)[:2])
}

// find looks an option up, the command's own first: "regtok list -v" is --valid.
func (p *parser) find(name string) *field {
	return findOption(p.call.Command.allFields(), name, p.call.Env.Door)
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
		if f.kind == kindJSON {
			return p.badJSON(name, value, err)
		}
		if p.mute { // it may be in the wrong place
			return p.usage("%s: the value %v", name, err)
		}
		return p.usage("%s: %q %v", name, value, err)
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

// refuseSecrets refuses passwords in rooms, where all can read them.
func (p *parser) refuseSecrets() error {
	if p.call.Env.Door == DoorTerminal {
		return nil
	}
	for _, f := range p.call.Command.fields {
		switch {
		case f.kind != kindSecret || p.given[f] == "":
		case f.placeholder == "TOKEN":
			return p.usage("a token must not be typed in a room; send this request from a terminal")
		default:
			return p.usage("a password must not be typed in a room; \"user password\" makes one and sends it to you alone")
		}
	}
	return nil
}

func (p *parser) validate() error {
	if err := p.refuseBody(); err != nil {
		return err
	}
	if v, ok := p.call.Args.(validator); ok {
		if err := v.Validate(); err != nil {
			return p.invalid(err)
		}
	}
	if _, err := p.call.Globals.Format("human"); err != nil {
		if p.mute {
			return p.usage("--output: the value is not an output format")
		}
		return p.usage("%v", err)
	}
	p.call.Env.Reason = p.call.Globals.Reason
	p.call.Env.DryRun = p.call.Globals.DryRun
	return nil
}

// invalid is the error of arguments that do not fit each other. They may make one themselves.
func (p *parser) invalid(err error) error {
	if usage, ok := errors.AsType[*UsageError](err); ok {
		usage.Command = p.call.Command
		return usage
	}
	return p.usage("%v", err)
}

func (p *parser) usage(format string, args ...any) error {
	return usagef(p.call.Command, format, args...)
}

// asUsage marks an error when a password may have been typed. For a command that
// takes secrets nothing of what was typed is repeated.
func (p *parser) asUsage(err error) error {
	usage, ok := errors.AsType[*UsageError](err)
	if !ok {
		return err
	}
	usage.Secret = usage.Secret || usage.Command.hasSecret() || p.hasSecretOption()
	if usage.Secret {
		p.call.Args, p.call.Globals.Output = nil, "" // for all we know they hold it
	}
	return usage
}
