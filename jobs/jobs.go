// Package jobs carries long work to its end: what a command began and what goes on
// in the homeserver, such as the deletion of a room. A job is a row with items;
// after a restart it goes on where it was.
//
// It calls commands back through the registry and knows no Matrix operation. Today
// a job has one item; pacing, cards and work on many come on the same tables.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/rs/zerolog"
	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/store"
)

const (
	// lookEvery is how often jobs of other processes, such as a terminal, are looked for.
	lookEvery   = time.Second
	itemsAtOnce = 16
	// A homeserver that is away is asked less and less often, but at least every minute.
	firstRetry = 3 * time.Second
	lastRetry  = time.Minute
	// grace is how long a step may go on after the process was told to stop.
	grace = 6 * time.Second
)

// Reporter tells people the end of a job.
type Reporter interface {
	// JobEnded stores the answer. It joins the transaction in ctx.
	JobEnded(ctx context.Context, op store.Operation, call *commands.Call, out commands.Outcome) error
	// Kick is called after the commit.
	Kick()
}

// Options is what a [Follower] is made of.
type Options struct {
	Store    *store.Store
	Registry *commands.Registry
	Executor *commands.Executor
	Report   Reporter // may be set later, before Run
	Log      zerolog.Logger
	Now      func() time.Time
	// Env gives the facts that a job does not keep: server, bot, zone, role of the requester.
	Env func(requester string) commands.Env
}

// Follower follows jobs to their end. Create it by [New].
type Follower struct {
	Options
	signal chan struct{}
}

// New makes a follower; [Follower.Run] starts it.
func New(opts Options) *Follower {
	return &Follower{Options: opts, signal: make(chan struct{}, 1)}
}

// spec is what a job keeps of its call beside the line.
type spec struct {
	Thread id.EventID `json:"thread,omitempty"`
	Reason string     `json:"reason,omitempty"`
}

// Add stores the rest of a call as a job and returns its number. It joins the
// transaction in ctx.
func (f *Follower) Add(ctx context.Context, call *commands.Call, out commands.Outcome) (int64, error) {
	ref, _ := strconv.ParseInt(out.Ref, 10, 64)
	kept, err := json.Marshal(spec{Thread: call.Env.Thread, Reason: call.Env.Reason})
	if err != nil {
		return 0, err
	}
	number, err := f.Store.AddOperation(ctx, store.Operation{
		Kind: call.Command.Name, Spec: kept, Command: call.Line(), Body: call.Body,
		Requester: call.Env.Caller.Name, Door: string(call.Env.Door), RoomID: call.Env.Room, EventID: call.Env.Event, AuditRef: ref,
	}, store.Item{Target: out.Item.Target, Resume: out.Again.State, NextAt: f.Now().Add(out.Again.After)})
	if err != nil {
		return 0, fmt.Errorf("store job: %w", err)
	}
	return number, nil
}

// Wake is called after the commit of Add.
func (f *Follower) Wake() {
	select {
	case f.signal <- struct{}{}:
	default:
	}
}

// Run follows jobs until ctx ends. The caller holds the lock of the data directory:
// only because of it may claims of a dead process be taken back.
func (f *Follower) Run(ctx context.Context) error {
	if _, err := f.Store.ResetClaims(ctx); err != nil {
		return fmt.Errorf("take jobs up again: %w", err)
	}
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stopGrace := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	defer stopGrace()
	for ctx.Err() == nil {
		items, err := f.Store.DueItems(ctx, f.Now(), itemsAtOnce)
		if err != nil && ctx.Err() == nil {
			f.Log.Error().Err(err).Msg("jobs cannot be read")
		}
		for _, item := range items {
			if ctx.Err() == nil {
				f.step(work, item)
			}
		}
		select {
		case <-ctx.Done():
		case <-f.signal:
		case <-time.After(lookEvery):
		}
	}
	return nil
}

// step does one item once. What cannot be recorded is done again later.
func (f *Follower) step(ctx context.Context, item store.Item) {
	keep := context.WithoutCancel(ctx)
	claimed, err := f.Store.ClaimItem(keep, item.ID)
	if err == nil && claimed {
		if err = f.claimed(ctx, item); err != nil {
			err = errors.Join(err, f.again(keep, item, item.Resume, lastRetry))
		}
	}
	if err != nil {
		f.Log.Error().Err(err).Int64("job", item.OperationID).Msg("step of a job failed inside caretaker")
	}
}

func (f *Follower) claimed(ctx context.Context, item store.Item) error {
	keep := context.WithoutCancel(ctx)
	op, found, err := f.Store.Operation(keep, item.OperationID)
	if err != nil || !found {
		return err
	}
	call, err := f.callOf(op)
	if err != nil {
		return f.end(keep, op, item, call, commands.OutcomeOf(nil, err))
	}
	out := f.do(ctx, call, item)
	switch {
	case out.Again != nil:
		return f.again(keep, item, out.Again.State, out.Again.After)
	case out.Err != nil && (ctx.Err() != nil || later(out.Err)):
		// The work was started and goes on in the homeserver; only looking at it failed.
		return f.again(keep, item, item.Resume, retryIn(item.Attempts))
	}
	return f.end(keep, op, item, call, out)
}

func (f *Follower) again(ctx context.Context, item store.Item, resume string, after time.Duration) error {
	return f.Store.SetItemAgain(ctx, item.ID, resume, f.Now().Add(after))
}

// do calls the command back. A panic ends the job; otherwise it would come again at
// every start.
func (f *Follower) do(ctx context.Context, call *commands.Call, item store.Item) (out commands.Outcome) {
	defer func() {
		if fault := recover(); fault != nil {
			f.Log.Error().Interface("panic", fault).Stack().Int64("job", item.OperationID).Msg("job panicked")
			out = commands.OutcomeOf(nil, fmt.Errorf("panic: %v", fault))
		}
	}()
	return f.Executor.Continue(ctx, call, commands.Item{Target: item.Target, State: item.Resume}, nil)
}

// later reports whether asking again can help.
func later(err error) bool { return admin.CodeOf(err) == admin.CodeUnavailable }

func retryIn(attempts int) time.Duration { return min(firstRetry<<min(attempts, 5), lastRetry) }

// callOf reads the call back from the job. It is never nil.
func (f *Follower) callOf(op store.Operation) (*commands.Call, error) {
	env := f.Env(op.Requester)
	// The clock is that of the command, so that "30 days" means what was shown.
	env.Door, env.Room, env.Event, env.Now = commands.Door(op.Door), op.RoomID, op.EventID, op.CreatedTS
	call := &commands.Call{Env: env}
	var kept spec
	if err := json.Unmarshal(op.Spec, &kept); len(op.Spec) > 0 && err != nil {
		return call, fmt.Errorf("read job %d: %w", op.ID, err)
	}
	env.Thread, env.Reason = kept.Thread, kept.Reason
	call.Env = env
	line, err := commands.Tokenise(op.Command)
	if err != nil {
		return call, err
	}
	line.Body = op.Body
	call, err = f.Registry.Parse(line, env)
	if err != nil {
		return call, err
	}
	if !call.Command.Long() {
		return call, fmt.Errorf("%q is no long work any more", call.Command.Name)
	}
	return call, nil
}

// end records the end of an item and answers, in one transaction.
func (f *Follower) end(ctx context.Context, op store.Operation, item store.Item, call *commands.Call, out commands.Outcome) error {
	if op.AuditRef != 0 {
		out.Ref = strconv.FormatInt(op.AuditRef, 10)
	}
	state, cause := store.ItemDone, ""
	if out.Err != nil {
		state, cause = store.ItemFailed, out.Err.Error()
	}
	result, err := json.Marshal(out.Result)
	if err != nil { // no reason to keep the answer back
		f.Log.Error().Err(err).Int64("job", op.ID).Msg("result cannot be kept")
		result = nil
	}
	err = f.Store.InTx(ctx, func(ctx context.Context) error {
		if _, _, err := f.Store.FinishItem(ctx, item.ID, state, cause, result); err != nil {
			return err
		}
		return f.Report.JobEnded(ctx, op, call, out)
	})
	if err != nil {
		return fmt.Errorf("record the end of job %d: %w", op.ID, err)
	}
	f.Report.Kick()
	f.Log.Info().Int64("job", op.ID).Str("command", op.Kind).Str("status", string(out.Status)).Msg("job ended")
	return nil
}
