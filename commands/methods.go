package commands

import (
	"reflect"
	"slices"
	"strings"
)

// own are the services that caretaker itself offers; what else commands need is the homeserver's.
var own = []reflect.Type{
	reflect.TypeFor[*Registry](), reflect.TypeFor[Process](), reflect.TypeFor[Prompts](), reflect.TypeFor[Lists](),
	reflect.TypeFor[Audit](), reflect.TypeFor[Rooms](), reflect.TypeFor[Diagnostics](),
}

// OfferedBy reports whether a homeserver's API has what the command needs of it.
// What caretaker offers itself is taken for granted.
func (c *Command) OfferedBy(api any) bool {
	for _, want := range c.needs.interfaces() {
		isOwn := slices.ContainsFunc(own, func(t reflect.Type) bool { return t.Implements(want) })
		if !isOwn && !reflect.TypeOf(api).Implements(want) {
			return false
		}
	}
	return true
}

// Methods lists what the command calls, by the names of the methods in its needs.
// It is for generators and tests only; see [Registry.Calls].
func (c *Command) Methods() []string {
	var names []string
	for _, want := range c.needs.interfaces() {
		for i := range want.NumMethod() {
			names = append(names, want.Method(i).Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// CallTable says of each command what it calls: one line with the command's name, a
// colon and the methods. See [Registry.Calls].
func (r *Registry) CallTable() string {
	var table strings.Builder
	for _, c := range r.All() {
		table.WriteString(strings.Join(append([]string{c.Name + ":"}, c.Methods()...), " ") + "\n")
	}
	return table.String()
}

// WithCalls returns the registry with what its CallTable would be.
func (r *Registry) WithCalls(table string) *Registry {
	with := *r
	with.calls = table
	return &with
}

// Calls lists the methods that a command calls, out of the table given before: a
// program that asks its types for their methods in the end contains all methods of
// all its types, and a tenth more of it is in memory.
func (r *Registry) Calls(command string) []string {
	for line := range strings.Lines(r.calls) {
		if methods, ok := strings.CutPrefix(line, command+":"); ok {
			return strings.Fields(methods)
		}
	}
	return nil
}

// interfaces lists what a needs type consists of.
func (m matcher) interfaces() []reflect.Type {
	if m.needs.Kind() != reflect.Struct {
		return []reflect.Type{m.needs}
	}
	var list []reflect.Type
	for i := range m.needs.NumField() {
		list = append(list, m.needs.Field(i).Type)
	}
	return list
}
