package commands

import (
	"reflect"
	"slices"
	"strings"
)

// Call is one command line that was understood: the command, its arguments and
// the facts around it. After [Executor.Prepare] its references are resolved.
type Call struct {
	Command *Command
	Args    any // a pointer to the command's arguments
	Globals Globals
	Env     Env
	Body    string // the lines below the first

	set      map[*field]bool
	bodyUsed bool
}

func (c *Call) given(f *field) {
	if c.set == nil {
		c.set = map[*field]bool{}
	}
	c.set[f] = true
}

// Risk is the risk of this call with its options, and the role that it needs.
func (c *Call) Risk() (Risk, Role) {
	risk, role := c.Command.Risk, c.Command.Role
	if r, ok := c.Args.(risker); ok {
		more, needs := r.Risk()
		if more > risk {
			risk, role = more, max(role, roleFor(more))
		}
		role = max(role, needs)
	}
	return risk, role
}

// Audited reports whether this call leaves an audit record. On a terminal the
// commands that only read caretaker's own database do not: it is opened
// read-only there. Nor does a dry run, unless it reads all the same.
func (c *Call) Audited() bool {
	if c.Command.Local && c.Env.Door == DoorTerminal || c.Env.DryRun && c.Changes() {
		return false
	}
	return c.Command.audited(c.Risk())
}

// Changes reports whether this call may change something.
func (c *Call) Changes() bool {
	risk, _ := c.Risk()
	return risk > Read
}

// Line writes the call with its resolved references so that it can be parsed
// again to the same call. Secrets are masked, so that a line with one cannot.
func (c *Call) Line() string {
	return c.line(func(f *field, v reflect.Value) string { return f.kind.format(v) })
}

// HoldsSecret reports whether a secret was typed, so that Line is not the same call.
func (c *Call) HoldsSecret() bool {
	return slices.ContainsFunc(c.Command.fields, func(f *field) bool { return f.kind == kindSecret && c.set[f] })
}

// Masked is Line as log and audit may keep it.
func (c *Call) Masked() string {
	return c.line(func(f *field, v reflect.Value) string {
		if secret, ok := v.Interface().(interface{ Masked() string }); ok {
			return secret.Masked()
		}
		return f.kind.format(v)
	})
}

func (c *Call) line(format func(*field, reflect.Value) string) string {
	if c.Args == nil {
		return c.Command.Name
	}
	words := []string{c.Command.Name}
	var positional []string
	for _, f := range c.Command.fields {
		for _, v := range c.written(f, c.Args) {
			if f.positional {
				positional = append(positional, format(f, v))
			} else {
				words = append(words, f.written(v, format(f, v)))
			}
		}
	}
	for _, f := range globalFields {
		if !slices.Contains(unwritten, f.name) {
			for _, v := range c.written(f, &c.Globals) {
				words = append(words, f.written(v, format(f, v)))
			}
		}
	}
	if slices.ContainsFunc(positional, func(text string) bool { return isOption(Word{Text: text}) }) {
		words = append(words, "--")
	}
	for _, text := range positional {
		words = append(words, quote(text))
	}
	return strings.Join(words, " ")
}

// unwritten are the global options that are about one run and no part of what is meant.
var unwritten = []string{"help", "config-file", "verbose", "yes", "version"}

// written are the values of a field that were given by words, zero values included.
func (c *Call) written(f *field, args any) []reflect.Value {
	if !c.set[f] || c.bodyUsed && f.body {
		return nil
	}
	values := f.values(args)
	if len(values) == 0 {
		return []reflect.Value{reflect.Zero(f.typ)}
	}
	return values
}

// written is an option with its value.
func (f *field) written(v reflect.Value, text string) string {
	option := "--" + f.name
	switch {
	case f.flag() && !v.Bool():
		return "--" + f.off
	case f.flag():
		return option
	case f.kind == kindPair:
		pair := v.Interface().(Pair)
		return optionWith(option, pair[0]) + " " + quote(pair[1])
	}
	return optionWith(option, text)
}

// optionWith writes an option and its value, which may look like an option.
func optionWith(option, value string) string {
	if isOption(Word{Text: value}) {
		return option + "=" + quote(value)
	}
	return option + " " + quote(value)
}

// With is the same call with one option changed, for the next page of a list.
func (c *Call) With(option, value string) (string, bool) {
	for _, f := range c.Command.fields {
		if f.name != option || f.positional {
			continue
		}
		other := *c
		other.Args = reflect.New(reflect.TypeOf(c.Args).Elem()).Interface()
		reflect.ValueOf(other.Args).Elem().Set(reflect.ValueOf(c.Args).Elem())
		other.set = map[*field]bool{f: true}
		for given := range c.set {
			other.set[given] = true
		}
		if err := f.set(other.Args, value, &other.Env); err != nil {
			return "", false
		}
		return other.Line(), true
	}
	return "", false
}

// Users are the accounts that the call acts on.
func (c *Call) Users() []UserRef { return collect[UserRef](c) }

// Rooms are the rooms that the call acts on.
func (c *Call) Rooms() []RoomRef { return collect[RoomRef](c) }

// Dates are the dates that somebody typed, by option, for repeating them in the answer.
func (c *Call) Dates() []Date { return collect[Date](c) }

func collect[T any](c *Call) []T {
	var all []T
	for _, f := range c.Command.fields {
		if f.typ != reflect.TypeFor[T]() {
			continue
		}
		for _, v := range f.values(c.Args) {
			all = append(all, v.Interface().(T))
		}
	}
	return all
}

// Target names what the call acts on, for the audit: its positional arguments.
func (c *Call) Target() string {
	var names []string
	for _, f := range c.Command.fields {
		if !f.positional && f.kind != kindUser && f.kind != kindRoom && f.kind != kindMedia || f.kind == kindText {
			continue
		}
		for _, v := range f.values(c.Args) {
			if token, ok := v.Interface().(RegToken); ok {
				names = append(names, token.Masked())
				continue
			}
			names = append(names, f.kind.format(v))
		}
	}
	return clip(strings.Join(names, " "), 255)
}
