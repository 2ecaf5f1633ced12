package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/store"
)

// request is one command on its way from the message to the answer.
type request struct {
	bot  *Bot
	in   *incoming
	line string

	call *commands.Call
	err  error // of parsing
	seen *seenMark
}

// env holds the facts of this message.
func (r *request) env(author id.UserID) commands.Env {
	b := r.bot
	return commands.Env{
		Caller:     commands.Caller{UserID: r.in.Sender, Name: string(r.in.Sender), Role: b.RoleOf(r.in.Sender)},
		Door:       commands.DoorRoom,
		Room:       r.in.RoomID,
		Event:      r.in.EventID,
		Thread:     r.in.thread(),
		Author:     author,
		ServerName: b.ServerName,
		Bot:        b.Bot,
		Prefix:     b.Prefix,
		Now:        b.Now(),
		Zone:       b.Zone,
	}
}

func (r *request) parse(author id.UserID) {
	r.call, r.err = r.bot.Registry.ParseText(r.line, r.env(author))
}

// run takes the command through all checks to its answer.
func (r *request) run(ctx context.Context, stop <-chan struct{}) {
	defer r.rescue(ctx)
	if r.call == nil && !r.findAuthor(ctx, stop) {
		return
	}
	r.seen = r.bot.markLater(r.in)
	defer r.seen.cancel()
	switch usage, isUsage := errors.AsType[*commands.UsageError](r.err); {
	case !r.bot.rooms.usable(ctx, r.in.RoomID):
		r.drop(ctx)
	case isUsage && usage.Secret:
		r.refuseSecret(ctx, usage)
	case r.err != nil:
		r.refuse(ctx, r.err)
	case r.call.Globals.Help:
		r.finish(ctx, commands.Outcome{Status: commands.StatusOK, Result: helpPage{r.call.Command, r.bot.Prefix}})
	case r.call.Changes() && !r.call.Env.DryRun:
		r.change(ctx, stop)
	default:
		r.read(ctx)
	}
}

// rescue turns a panic into an answer. The row must not be tried again for ever.
func (r *request) rescue(ctx context.Context) {
	fault := recover()
	if fault == nil {
		return
	}
	r.bot.Log.Error().Interface("panic", fault).Stringer("event_id", r.in.EventID).Stack().Msg("command panicked")
	if r.call == nil {
		r.call = &commands.Call{Env: r.env("")}
	}
	row, _, _ := r.bot.Store.Get(ctx, r.in.EventID)
	r.finish(ctx, commands.Outcome{Status: commands.StatusFailed, Err: fmt.Errorf("panic: %v", fault), Ref: refText(row.AuditRef)})
}

func (r *request) drop(ctx context.Context) { r.bot.finish(ctx, r.in.EventID, store.InboxIgnored) }

// findAuthor asks who wrote the message replied to, then parses.
func (r *request) findAuthor(ctx context.Context, stop <-chan struct{}) bool {
	var author id.UserID
	err := r.bot.insist(ctx, stop, func(ctx context.Context) error {
		evt, err := r.bot.readEvent(ctx, r.in.RoomID, r.in.repliesTo())
		if err == nil {
			author = evt.Sender
		}
		return err
	})
	if errors.Is(err, errStopped) {
		return false
	}
	r.parse(author)
	return true
}

// read runs what changes nothing. After a crash it simply runs again.
func (r *request) read(ctx context.Context) {
	if err := r.bot.Executor.Prepare(ctx, r.call); err != nil {
		r.refuse(ctx, err)
		return
	}
	out := r.execute(ctx, r.call)
	if instead, ok := out.Result.(commands.Instead); ok && out.Err == nil {
		r.line = instead.Line
		r.parse("")
		if r.err != nil || r.call.Changes() {
			r.refuse(ctx, fmt.Errorf("continue list: %w", r.err))
			return
		}
		if err := r.bot.Executor.Prepare(ctx, r.call); err != nil {
			r.refuse(ctx, err)
			return
		}
		out = r.execute(ctx, r.call)
	}
	r.finish(ctx, out)
}

// change runs what changes something: only after the homeserver has confirmed that
// this person really wrote this, and only when it is neither old nor needs a yes.
func (r *request) change(ctx context.Context, stop <-chan struct{}) {
	genuine, err := r.bot.genuine(ctx, stop, r.in)
	switch {
	case errors.Is(err, errStopped):
		return
	case err != nil || !genuine:
		r.bot.forged(ctx, r.in, r.call.Masked(), err)
		return
	}
	typed := r.call.Line()
	if err := r.bot.Executor.Prepare(ctx, r.call); err != nil {
		r.refuse(ctx, err)
		return
	}
	age := r.bot.Now().Sub(r.in.OriginTS)
	if r.call.Asks() || age > r.bot.MaxAge {
		r.ask(ctx, typed, age, "")
		return
	}
	r.finish(ctx, r.execute(ctx, r.call))
}

// execute runs the call. What its answer needs a direct room for gets it first, so
// that no password is changed that cannot be delivered.
func (r *request) execute(ctx context.Context, call *commands.Call) commands.Outcome {
	if call.Command.Secret && !call.Env.DryRun {
		if _, err := r.bot.directRoom(ctx, call.Env.Caller.UserID); err != nil {
			return commands.OutcomeOf(nil, noDirectRoom(err))
		}
	}
	started := r.bot.Now()
	out := r.bot.Executor.Execute(ctx, call)
	r.bot.Log.Info().Stringer("room_id", r.in.RoomID).Stringer("sender", r.in.Sender).Str("command", call.Command.Name).
		Str("status", string(out.Status)).Dur("took", r.bot.Now().Sub(started)).AnErr("cause", cause(out.Err)).Msg("command finished")
	return out
}

func cause(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

// genuine reads the event back from the homeserver and compares it with what was
// pushed: whoever has stolen the hs_token can push anything, and change nothing.
func (b *Bot) genuine(ctx context.Context, stop <-chan struct{}, in *incoming) (bool, error) {
	same := false
	err := b.insist(ctx, stop, func(ctx context.Context) error {
		evt, err := b.readEvent(ctx, in.RoomID, in.EventID)
		if err != nil {
			return err
		}
		same = evt.Sender == in.Sender && evt.Type == in.Type && sameJSON(evt.Content, in.raw)
		return nil
	})
	return same, err
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	return bytes.Equal(a, b) || reflect.DeepEqual(x, y)
}

// forged keeps silent in the room and speaks up in log and audit.
func (b *Bot) forged(ctx context.Context, in *incoming, command string, err error) {
	b.Log.Warn().Stringer("event_id", in.EventID).Stringer("sender", in.Sender).AnErr("cause", err).
		Msg("event is not what the homeserver has: forged, edited or removed; nothing was changed")
	txErr := b.Store.InTx(ctx, func(ctx context.Context) error {
		_, err := b.Store.AuditNote(ctx, store.AuditRecord{
			Actor: string(in.Sender), Door: string(commands.DoorRoom), RoomID: in.RoomID, EventID: in.EventID,
			Command: command, Outcome: "forged", Detail: "the homeserver does not have this event",
		})
		if err != nil {
			return err
		}
		return b.Store.Finish(ctx, in.EventID, store.InboxInvalid, command)
	})
	if txErr != nil {
		b.Log.Error().Err(txErr).Msg("forged event cannot be recorded")
	}
}

var errStopped = errors.New("the bot is stopping")

// insist repeats f while the homeserver is away. It ends with f's other errors, or
// with errStopped.
func (b *Bot) insist(ctx context.Context, stop <-chan struct{}, f func(context.Context) error) error {
	for wait := 500 * time.Millisecond; ; wait = min(2*wait, 3*time.Second) {
		try, cancel := context.WithTimeout(mautrix.WithMaxRetries(ctx, 0), 20*time.Second)
		err := f(try)
		cancel()
		if err == nil || !away(err) {
			return err
		}
		b.noteError(err)
		b.Recheck()
		select {
		case <-stop:
			return errStopped
		case <-ctx.Done():
			return errStopped
		case <-time.After(wait):
		}
	}
}

// away reports whether an error says that the homeserver cannot be reached or
// gives no answer of its own.
func away(err error) bool {
	failed, ok := errors.AsType[mautrix.HTTPError](err)
	if !ok {
		return errors.Is(err, context.DeadlineExceeded)
	}
	if failed.Response == nil {
		return true
	}
	return failed.RespError == nil || failed.Response.StatusCode >= 500 || failed.Response.StatusCode == http.StatusTooManyRequests ||
		errors.Is(err, mautrix.MUnknownToken)
}
