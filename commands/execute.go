package commands

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// Entry is what the audit keeps of a call before it runs.
type Entry struct {
	Actor   string
	Door    Door
	Room    id.RoomID
	Event   id.EventID
	Command string // masked line
	Target  string
	Reason  string
	Risk    Risk
}

// Journal keeps the audit. No record, no change.
type Journal interface {
	// Intent commits the entry before anything is sent and gives its reference.
	Intent(ctx context.Context, entry Entry) (ref string, err error)
}

// Executor runs calls: it authorises, protects, journals the intent, runs. The
// outcome is given back; whoever called journals it together with the answer.
type Executor struct {
	// Services gives what commands are matched against. With a recorder, changes
	// go to it and not to the homeserver.
	Services func(dry *admin.Recorder) Services
	Journal  Journal
	Guard    Guard
	// Transport is what a dry run's reads go through; nil is the default.
	Transport http.RoundTripper
}

// Outcome is what became of a call.
type Outcome struct {
	Status   Status
	Result   Result // nil with most errors
	Err      error
	Ref      string          // of the audit, "" where nothing was recorded
	Again    *AgainError     // the work goes on; Item is what to call Do with
	Item     Item            // of long work
	Requests []admin.Request // of a dry run
}

// resolver turns aliases into room ids.
type resolver interface {
	ResolveAlias(ctx context.Context, alias id.RoomAlias) (admin.Answer[admin.ResolvedAlias], error)
}

// Prepare authorises the call, resolves its references and protects those who
// must not be touched. Without a role nothing reaches the homeserver.
func (x *Executor) Prepare(ctx context.Context, call *Call) error {
	risk, needs := call.Risk()
	if role := call.Env.Caller.Role; role < needs {
		return &DeniedError{
			Message: fmt.Sprintf("%q with these options needs the role %s (it is %s), and yours is %s", call.Command.Name, needs, risk, role),
			Hint:    "whoami",
		}
	}
	services := x.Services(nil)
	if !call.Command.Supported(services) {
		return admin.Unsupported(call.Command.Name, call.Command.Nearest)
	}
	if err := resolveRooms(ctx, call, services); err != nil {
		return err
	}
	return x.protect(ctx, call, services)
}

func resolveRooms(ctx context.Context, call *Call, services Services) error {
	for _, f := range call.Command.fields {
		if f.kind != kindRoom {
			continue
		}
		for _, v := range f.values(call.Args) {
			room := v.Interface().(RoomRef)
			if room.RoomID != "" {
				continue
			}
			directory, ok := Service[resolver](services)
			if !ok {
				return admin.Unsupported("looking up an alias", "")
			}
			found, err := directory.ResolveAlias(ctx, room.Alias)
			if err != nil {
				return err
			}
			room.RoomID = found.Value.RoomID
			f.replace(call.Args, v.Interface(), room)
		}
	}
	return nil
}

// Asks reports whether the call has to be confirmed before it runs.
func (c *Call) Asks() bool {
	risk, _ := c.Risk()
	return risk >= Destructive && !c.Env.DryRun
}

// Preview shows what the call would do. It makes the same checks as running it.
func (x *Executor) Preview(ctx context.Context, call *Call) (Result, error) {
	needs, _ := call.Command.needs.match(x.Services(nil))
	if call.Command.preview == nil {
		return Silent{}, nil
	}
	return call.Command.preview(ctx, &call.Env, call.Args, needs)
}

// Execute runs a prepared call. An audited one is journalled first.
func (x *Executor) Execute(ctx context.Context, call *Call) Outcome {
	if call.Env.DryRun && call.Changes() {
		return x.dryRun(ctx, call)
	}
	ref := ""
	if call.Audited() {
		var err error
		if ref, err = x.Journal.Intent(ctx, entryOf(call)); err != nil {
			return Outcome{Status: StatusFailed, Err: fmt.Errorf("%w: %w", ErrNoAudit, err)}
		}
	}
	out := x.run(ctx, call, x.Services(nil))
	out.Ref = ref
	return out
}

// ErrNoAudit is wrapped when the intent cannot be recorded; then nothing runs.
var ErrNoAudit = errors.New("the audit record cannot be written")

func entryOf(call *Call) Entry {
	risk, _ := call.Risk()
	return Entry{
		Actor: call.Env.Caller.Name, Door: call.Env.Door, Room: call.Env.Room, Event: call.Env.Event,
		Command: call.Masked(), Target: call.Target(), Reason: call.Env.Reason, Risk: risk,
	}
}

func (x *Executor) dryRun(ctx context.Context, call *Call) Outcome {
	recorder := admin.NewRecorder(x.Transport)
	out := x.run(ctx, call, x.Services(recorder))
	out.Requests = recorder.Requests()
	out.Again = nil
	if len(out.Requests) > 0 { // the stand-in's empty answers are no failure
		out.Status, out.Err = StatusOK, nil
	}
	return out
}

// run matches the needs and runs the command, or the one item of long work.
func (x *Executor) run(ctx context.Context, call *Call, services Services) Outcome {
	needs, ok := call.Command.needs.match(services)
	if !ok {
		return OutcomeOf(nil, admin.Unsupported(call.Command.Name, call.Command.Nearest))
	}
	if !call.Command.Long() {
		return OutcomeOf(call.Command.run(ctx, &call.Env, call.Args, needs))
	}
	item, err := onlyItem(call, call.Command.plan(ctx, &call.Env, call.Args, needs))
	if err != nil {
		return OutcomeOf(nil, err)
	}
	return x.Continue(ctx, call, item, services)
}

// Continue does one item of long work, for the first time or again.
func (x *Executor) Continue(ctx context.Context, call *Call, item Item, services Services) Outcome {
	if services == nil {
		services = x.Services(nil)
	}
	needs, ok := call.Command.needs.match(services)
	if !ok {
		return OutcomeOf(nil, admin.Unsupported(call.Command.Name, call.Command.Nearest))
	}
	out := OutcomeOf(call.Command.do(ctx, &call.Env, call.Args, needs, item))
	out.Item = item
	if out.Again != nil {
		out.Item.State = out.Again.State
	}
	return out
}

// onlyItem takes the one item of a plan. Work on many comes with the job engine.
func onlyItem(call *Call, plan func(func(Item, error) bool)) (Item, error) {
	var items []Item
	for item, err := range plan {
		if err != nil {
			return Item{}, err
		}
		if items = append(items, item); len(items) > 1 {
			return Item{}, usagef(call.Command, "%q acts on one at a time in this version", call.Command.Name)
		}
	}
	if len(items) == 0 {
		return Item{}, usagef(call.Command, "%q has nothing to act on", call.Command.Name)
	}
	return items[0], nil
}

// OutcomeOf sorts what a command gave back.
func OutcomeOf(result Result, err error) Outcome {
	out := Outcome{Result: result, Err: err, Status: StatusOf(err)}
	if again, ok := errors.AsType[*AgainError](err); ok {
		out.Again, out.Err, out.Status = again, nil, StatusAccepted
	}
	if graded, ok := result.(Graded); ok && err == nil {
		out.Status = graded.Status()
	}
	return out
}

// StatusOf is the status that an error ends a command with.
func StatusOf(err error) Status {
	if err == nil {
		return StatusOK
	}
	if _, ok := errors.AsType[*UsageError](err); ok {
		return StatusUsage
	}
	if _, ok := errors.AsType[*DeniedError](err); ok {
		return StatusDenied
	}
	switch admin.CodeOf(err) {
	case admin.CodeDenied:
		return StatusDenied
	case admin.CodeUnsupported:
		return StatusUnsupported
	case admin.CodeUnavailable:
		return StatusUnavailable
	}
	return StatusFailed
}
