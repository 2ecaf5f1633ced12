package commands

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
)

// field is one argument or option, read from a tagged struct field once.
//
// Tags: arg:"ROOM" or arg:"[ROOM]" makes it positional (in brackets: optional; a
// slice takes all that follow). Everything else is an option, named after the
// field: short:"b", long:"other-name", alias:"second-name", off:"G,no-guests"
// (the opposite, on a *bool), value:"N" (placeholder), default:"100",
// room:"25" (another default in rooms), enum:"a|b", min:"1", when:"ahead" (what
// a bare duration means), body:"true" (the following lines may give it),
// door:"terminal" (exists only there), protect:"management" (refuses
// management rooms), help:"…".
type field struct {
	index       []int
	typ         reflect.Type // of one value: without pointer and slice
	list        bool
	pointer     bool
	kind        kind
	name        string // option: "before-days"; positional: "ROOM"
	aliases     []string
	short       string
	off         string // long name of the opposite
	offShort    string
	positional  bool
	optional    bool
	body        bool
	def         string
	roomDef     string
	placeholder string
	enum        []string
	ahead       bool
	min         string
	door        Door
	protect     string
	help        string
}

// fieldsOf reads the fields of an arguments struct, embedded structs included.
// It panics on what the parser cannot serve.
func fieldsOf(command string, t reflect.Type) []*field {
	var fields []*field
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.Anonymous && sf.Type.Kind() == reflect.Struct {
			for _, inner := range fieldsOf(command, sf.Type) {
				inner.index = append([]int{i}, inner.index...)
				fields = append(fields, inner)
			}
			continue
		}
		if !sf.IsExported() {
			continue
		}
		f := newField(command, sf)
		f.index = []int{i}
		fields = append(fields, f)
	}
	checkFields(command, fields)
	return fields
}

func newField(command string, sf reflect.StructField) *field {
	tag := sf.Tag
	f := &field{
		typ: sf.Type, name: tag.Get("long"), short: tag.Get("short"), def: tag.Get("default"), roomDef: tag.Get("room"),
		placeholder: tag.Get("value"), ahead: tag.Get("when") == "ahead", min: tag.Get("min"), body: tag.Get("body") != "",
		door: Door(tag.Get("door")), protect: tag.Get("protect"), help: tag.Get("help"),
	}
	if f.typ.Kind() == reflect.Slice {
		f.list, f.typ = true, f.typ.Elem()
	} else if f.typ.Kind() == reflect.Pointer {
		f.pointer, f.typ = true, f.typ.Elem()
	}
	f.kind = kindOf(command, sf.Name, f.typ)
	if f.kind == kindFile {
		f.door = DoorTerminal
	}
	if arg := tag.Get("arg"); arg != "" {
		f.positional = true
		f.name, f.optional = strings.Trim(arg, "[]"), strings.HasPrefix(arg, "[")
	}
	if f.name == "" {
		f.name = kebab(sf.Name)
	}
	f.aliases = split(tag.Get("alias"), ",")
	f.enum = split(tag.Get("enum"), "|")
	for _, off := range split(tag.Get("off"), ",") {
		if len(off) == 1 {
			f.offShort = off
		} else {
			f.off = off
		}
	}
	if f.placeholder == "" {
		f.placeholder = f.kind.placeholder()
	}
	return f
}

func checkFields(command string, fields []*field) {
	seen := map[string]bool{}
	bodies := 0
	for i, f := range fields {
		for _, name := range f.names() {
			if seen[name] {
				panic(fmt.Sprintf("commands: %s has two options called %s", command, name))
			}
			seen[name] = true
		}
		if f.body {
			bodies++
		}
		next := &field{}
		if i+1 < len(fields) {
			next = fields[i+1]
		}
		if fault := f.fault(next); fault != "" {
			panic(fmt.Sprintf("commands: %s: %s %s", command, f.name, fault))
		}
	}
	if bodies > 1 {
		panic(fmt.Sprintf("commands: %s has two fields for the following lines", command))
	}
}

// fault says why the parser cannot serve a field, "" when it can.
func (f *field) fault(next *field) string {
	letters := []rune(f.short + f.offShort)
	switch {
	case f.help == "":
		return "has no help"
	case f.positional && f.list && next.positional:
		return "takes all words, nothing can follow it"
	case f.positional && f.optional && next.positional && !next.optional:
		return "is optional, what follows it must be so, too"
	case f.positional && f.kind == kindSecret:
		return "is a secret, which has to be an option"
	case f.positional && f.flag():
		return "is a flag, which has to be an option"
	case len(f.short) > 1 || slices.ContainsFunc(letters, func(r rune) bool { return !unicode.IsLetter(r) }):
		return "has a short form that is not one letter"
	case f.flag() && (f.def != "" || f.list):
		return "is a flag, which has no default and cannot be repeated"
	case (f.off != "" || f.offShort != "") && (!f.flag() || !f.pointer || f.off == ""):
		return "has an opposite, which needs a *bool and a long name"
	case f.def == "" && f.roomDef != "":
		return "has a default in rooms and none elsewhere"
	case len(f.enum) > 0 && f.kind != kindString, f.min != "" && f.kind != kindInt:
		return "restricts values of another type"
	}
	return f.badDefault()
}

// badDefault tries the defaults, as far as no facts of a call are needed for them.
func (f *field) badDefault() string {
	env := Env{ServerName: "example.org", Now: time.Unix(1e9, 0), Zone: time.UTC}
	for _, text := range []string{f.def, f.roomDef} {
		if text == "" {
			continue
		}
		if _, err := f.kind.parse(f, text, &env); err != nil {
			return fmt.Sprintf("has the default %q, which %v", text, err)
		}
	}
	return ""
}

// checkShadows panics when an option hides a global one; only short forms may.
func checkShadows(command string, fields []*field) {
	for _, f := range fields {
		for _, name := range f.names() {
			if strings.HasPrefix(name, "--") && slices.ContainsFunc(globalFields, func(g *field) bool { return slices.Contains(g.names(), name) }) {
				panic(fmt.Sprintf("commands: %s: %s is an option of all commands", command, name))
			}
		}
	}
}

// names are all spellings of an option with their dashes.
func (f *field) names() []string {
	if f.positional {
		return []string{f.name}
	}
	var names []string
	for _, short := range []string{f.short, f.offShort} {
		if short != "" {
			names = append(names, "-"+short)
		}
	}
	for _, long := range append([]string{f.name, f.off}, f.aliases...) {
		if long != "" {
			names = append(names, "--"+long)
		}
	}
	return names
}

// findOption looks a spelling up; the first field that has it wins.
func findOption(fields []*field, name string, door Door) *field {
	i := slices.IndexFunc(fields, func(f *field) bool {
		return !f.positional && f.at(door) && slices.Contains(f.names(), name)
	})
	if i < 0 {
		return nil
	}
	return fields[i]
}

// flag reports whether the option stands alone, without a value.
func (f *field) flag() bool { return f.kind == kindBool }

// at reports whether the field exists at this door.
func (f *field) at(door Door) bool { return f.door == "" || f.door == door }

// defaultAt is the text of the default value at this door, "" for none.
func (f *field) defaultAt(door Door) string {
	if door != DoorTerminal && f.roomDef != "" {
		return f.roomDef
	}
	return f.def
}

// in gives the struct field of an arguments value.
func (f *field) in(args any) reflect.Value { return reflect.ValueOf(args).Elem().FieldByIndex(f.index) }

// set reads a text into the arguments.
func (f *field) set(args any, text string, env *Env) error {
	value, err := f.kind.parse(f, text, env)
	if err != nil {
		return err
	}
	target := f.in(args)
	switch {
	case f.list:
		target.Set(reflect.Append(target, value.Convert(f.typ)))
	case f.pointer:
		pointer := reflect.New(f.typ)
		pointer.Elem().Set(value.Convert(f.typ))
		target.Set(pointer)
	default:
		target.Set(value.Convert(f.typ))
	}
	return nil
}

// values are the values that the arguments hold, none for an absent one.
func (f *field) values(args any) []reflect.Value {
	held := f.in(args)
	switch {
	case f.list:
		list := make([]reflect.Value, held.Len())
		for i := range list {
			list[i] = held.Index(i)
		}
		return list
	case f.pointer:
		if held.IsNil() {
			return nil
		}
		return []reflect.Value{held.Elem()}
	case held.IsZero():
		return nil
	}
	return []reflect.Value{held}
}

func kebab(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func split(s, by string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, by)
}

// replace exchanges one held value for another, for resolved references.
func (f *field) replace(args any, old, value any) {
	held := f.in(args)
	switch {
	case f.list:
		for i := range held.Len() {
			if held.Index(i).Interface() == old {
				held.Index(i).Set(reflect.ValueOf(value))
			}
		}
	case f.pointer:
		held.Elem().Set(reflect.ValueOf(value))
	default:
		held.Set(reflect.ValueOf(value))
	}
}
