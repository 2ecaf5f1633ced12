package commands

import (
	"errors"
	"fmt"
	"strings"

	"caretaker/admin"
	"caretaker/render"
)

// Failure is an error as people read it: what happened, what was changed, and
// what to type next.
type Failure struct {
	Message string // one sentence of at most 160 characters
	Changed string // "Nothing was changed." or the like
	Hint    string // a command line without prefix that works when pasted
	Example string // how the command is typed, with a usage error; or ""
	Cause   error  // for the log only; nil when the message says it all
}

// Explain turns what a call ended with into words. The call may lack its command.
func Explain(call *Call, out Outcome) Failure {
	f := Failure{Message: "", Changed: "Nothing was changed.", Hint: "help"}
	if call.Command != nil {
		f.Hint = helpFor(call.Command)
	}
	usage, isUsage := errors.AsType[*UsageError](out.Err)
	denied, isDenied := errors.AsType[*DeniedError](out.Err)
	wire, isWire := errors.AsType[*admin.Error](out.Err)
	switch {
	case isUsage:
		f.Message, f.Hint, f.Example = usage.Message, usage.HintLine(), usage.Command.example(call.Env)
	case isDenied:
		f.Message, f.Hint = denied.Message, denied.Hint
	case isWire:
		f.wire(call, wire)
	case errors.Is(out.Err, ErrNoAudit):
		f.Message, f.Hint, f.Cause = ErrNoAudit.Error()+", and without it nothing is changed", "check", out.Err
	default:
		f.internal(call, out)
	}
	if out.Item.State != "" { // of long work that was begun
		f.Changed = "The work had begun, and a part of it may be done."
	}
	f.Message = clip(f.Message, 160)
	return f
}

func (f *Failure) wire(call *Call, e *admin.Error) {
	f.Message, f.Cause = e.Message, e.Cause
	if e.Hint != "" {
		f.Hint = e.Hint
	} else if hint := hintFor(call, e); hint != "" {
		f.Hint = hint
	}
	if e.Sent {
		f.Changed = "It is unknown whether anything was changed; it is not tried again."
	}
}

// hintFor looks for the next step where the provider had none.
func hintFor(call *Call, e *admin.Error) string {
	var hint string
	if call.Args != nil && (e.Sent || e.Code == admin.CodeNotFound) {
		hint = lookup(call, e.Sent)
	}
	if hint == "" && (e.Code == admin.CodeUnavailable || e.Code == admin.CodeDenied) {
		return "check"
	}
	return hint
}

// lookup shows what the call acts on, or where it is, "" when there is nothing to
// see. Whether a change was made is seen at the very user or room.
func lookup(call *Call, changed bool) string {
	users, rooms := call.Users(), call.Rooms()
	switch {
	case changed && len(users) > 0:
		return "user details " + quote(users[0].String())
	case changed && len(rooms) > 0:
		return "room details " + quote(rooms[0].String())
	case len(users) > 0:
		local := users[0].Localpart()
		if lower := strings.ToLower(local); lower != local {
			return "user details " + quote(lower)
		}
		return "user search " + quote(local)
	case len(rooms) > 0:
		return "room list"
	}
	return ""
}

func (f *Failure) internal(call *Call, out Outcome) {
	name := "this"
	if call.Command != nil {
		name = fmt.Sprintf("%q", call.Command.Name)
	}
	f.Message, f.Cause = name+" went wrong inside caretaker; its log says why", out.Err
	if out.Ref != "" && call.Changes() {
		f.Changed = "It is unknown whether anything was changed; it is not tried again."
		f.Hint = "audit details " + out.Ref
	}
}

// Doc shows the failure: what happened, what was changed, what to type next.
func (f Failure) Doc() render.Doc {
	message := f.Message
	if first := []rune(message); len(first) > 0 {
		message = strings.ToUpper(string(first[:1])) + string(first[1:])
	}
	doc := render.Doc{render.Para{render.Outside(message)}, render.Para{render.Text(f.Changed)}}
	if f.Hint != "" {
		doc = append(doc, render.Para{render.Text("Try "), render.Command(f.Hint)})
	}
	if f.Example != "" {
		doc = append(doc, render.Para{render.Text("For example: "), render.Command(f.Example)})
	}
	return doc
}
