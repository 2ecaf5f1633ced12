package commands

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
)

// Meta is what a command says about itself in words.
type Meta struct {
	Name     string   // noun and verb, lower case: "room delete"
	Summary  string   // one sentence
	Detail   string   // more for its help page, optional
	Risk     Risk     // the least risk; Risk() on the arguments raises it
	Role     Role     // where it is not the one that belongs to the risk
	Examples []string // command lines without prefix; the shortest is shown with errors
	Doors    []Door   // where it exists; empty: everywhere
	Secret   bool     // its answer holds a secret, which a room gets by direct message
	Local    bool     // it only reads caretaker's own database
	Nearest  string   // what works where the server lacks it
}

// Command is one declared command. It is immutable and safe for concurrent use.
type Command struct {
	Meta
	fields  []*field
	needs   matcher
	newArgs func() any
	run     func(ctx context.Context, env *Env, args, needs any) (Result, error)
	plan    func(ctx context.Context, env *Env, args, needs any) iter.Seq2[Item, error]
	do      func(ctx context.Context, env *Env, args, needs any, item Item) (Result, error)
	preview previewFunc // nil where there is nothing to show before
}

// None is the needs of a command that needs nothing.
type None struct{}

type runner[A, N any] interface {
	*A
	Run(ctx context.Context, env *Env, needs N) (Result, error)
}

type worker[A, N any] interface {
	*A
	Plan(ctx context.Context, env *Env, needs N) iter.Seq2[Item, error]
	Do(ctx context.Context, env *Env, needs N, item Item) (Result, error)
}

type previewer[N any] interface {
	Preview(ctx context.Context, env *Env, needs N) (Result, error)
}

// risker is implemented by arguments whose options raise the risk or the role.
type risker interface{ Risk() (Risk, Role) }

// validator is implemented by arguments that must fit each other. The error is
// one sentence for people; it is shown as a usage error.
type validator interface{ Validate() error }

// Define declares a command that takes a moment. A is its arguments, N what it
// needs: an interface, a struct of interfaces, or [None]. It panics on a
// declaration that cannot work.
func Define[A, N any, P runner[A, N]](meta Meta) *Command {
	c := declare(meta, reflect.TypeFor[A](), reflect.TypeFor[N](), previewOf[N])
	c.run = func(ctx context.Context, env *Env, args, needs any) (Result, error) {
		return P(args.(*A)).Run(ctx, env, needs.(N))
	}
	return c
}

// DefineWork declares a command that may last long or act on many things: Plan
// lists them, Do acts on one.
func DefineWork[A, N any, P worker[A, N]](meta Meta) *Command {
	c := declare(meta, reflect.TypeFor[A](), reflect.TypeFor[N](), previewOf[N])
	c.plan = func(ctx context.Context, env *Env, args, needs any) iter.Seq2[Item, error] {
		return P(args.(*A)).Plan(ctx, env, needs.(N))
	}
	c.do = func(ctx context.Context, env *Env, args, needs any, item Item) (Result, error) {
		return P(args.(*A)).Do(ctx, env, needs.(N), item)
	}
	return c
}

// previewFunc calls the Preview of arguments.
type previewFunc func(ctx context.Context, env *Env, args, needs any) (Result, error)

// previewOf is nil where the arguments have no Preview for these needs.
func previewOf[N any](args any) previewFunc {
	if _, ok := args.(previewer[N]); !ok {
		return nil
	}
	return func(ctx context.Context, env *Env, args, needs any) (Result, error) {
		return args.(previewer[N]).Preview(ctx, env, needs.(N))
	}
}

// declare has no type parameters: what has them exists once for each command.
func declare(meta Meta, args, needs reflect.Type, previewOf func(args any) previewFunc) *Command {
	if meta.Name == "" || meta.Name != strings.ToLower(meta.Name) || meta.Summary == "" || len(meta.Examples) == 0 {
		panic(fmt.Sprintf("commands: %q needs a lower-case name, a summary and an example", meta.Name))
	}
	c := &Command{
		Meta:    meta,
		fields:  fieldsOf(meta.Name, args),
		needs:   newMatcher(meta.Name, needs),
		newArgs: func() any { return reflect.New(args).Interface() },
	}
	checkShadows(meta.Name, c.fields)
	if c.Role == NoRole {
		c.Role = roleFor(c.Risk)
	}
	empty := c.newArgs()
	c.preview = previewOf(empty)
	checkMethods(meta, empty, c.preview != nil)
	return c
}

// checkMethods looks at the optional methods of the arguments; one with the
// right name and another signature is a slip that must not pass silently.
func checkMethods(meta Meta, args any, previews bool) {
	methods := reflect.TypeOf(args)
	_, raises := args.(risker)
	if _, has := methods.MethodByName("Risk"); has && !raises {
		panic(fmt.Sprintf("commands: %s: Risk has another signature than () (Risk, Role)", meta.Name))
	}
	_, validates := args.(validator)
	if _, has := methods.MethodByName("Validate"); has && !validates {
		panic(fmt.Sprintf("commands: %s: Validate has another signature than () error", meta.Name))
	}
	switch _, has := methods.MethodByName("Preview"); {
	case has && !previews:
		panic(fmt.Sprintf("commands: %s: Preview has another signature than (context.Context, *Env, N) (Result, error)", meta.Name))
	case !has && (meta.Risk >= Destructive || raises):
		panic(fmt.Sprintf("commands: %s can destroy and has no Preview", meta.Name))
	}
}

// Group is the first word of the name: "room" of "room delete".
func (c *Command) Group() string {
	group, _, _ := strings.Cut(c.Name, " ")
	return group
}

// Permission is the name of the right to run the command: "room.delete".
func (c *Command) Permission() string { return strings.ReplaceAll(c.Name, " ", ".") }

// Audited reports whether the command leaves an audit record with these risks:
// changes do, and so do reads of private data.
func (c *Command) audited(risk Risk, role Role) bool { return risk > Read || role > Viewer }

// Supported reports whether these services offer what the command needs.
func (c *Command) Supported(services Services) bool {
	_, ok := c.needs.match(services)
	return ok
}

// At reports whether the command exists at this door.
func (c *Command) At(door Door) bool {
	return len(c.Doors) == 0 || slices.Contains(c.Doors, door) || door == DoorSchedule && slices.Contains(c.Doors, DoorRoom)
}

// Long reports whether the command is long work: Plan and Do instead of Run.
func (c *Command) Long() bool { return c.plan != nil }

// example is the shortest one that can be typed here; "" where there is none, or no command.
func (c *Command) example(env Env) string {
	if c == nil {
		return ""
	}
	alone, best := NewRegistry(Group{Commands: []*Command{c}}), ""
	for _, example := range c.Examples {
		if _, err := alone.ParseText(example, env); err == nil && (best == "" || len(example) < len(best)) {
			best = example
		}
	}
	return best
}

// hasSecret reports whether an argument of the command is a secret. No command has none.
func (c *Command) hasSecret() bool {
	return c != nil && slices.ContainsFunc(c.fields, func(f *field) bool { return f.kind == kindSecret })
}

// allFields are the command's own fields and then the global options, which are
// all that there is before the command is known.
func (c *Command) allFields() []*field {
	if c == nil {
		return globalFields
	}
	return slices.Concat(c.fields, globalFields)
}
