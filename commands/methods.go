package commands

import (
	"reflect"
	"slices"
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
