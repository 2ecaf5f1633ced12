package bot

import (
	"context"
	"errors"
	"fmt"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/store"
)

// request is one command on its way from the message to the answer.
type request struct {
	bot  *Bot
	in   *incoming
	line string
	page *page // of a list that is continued by a reaction

	call *commands.Call
	err  error // of parsing
	seen *seenMark
	also func(context.Context) error // joins the transaction of the answer
}

// env holds the facts of this message.
func (r *request) env(author id.UserID) commands.Env {
	b := r.bot
	return commands.Env{
		Caller:     commands.Caller{UserID: r.in.Sender, Name: string(r.in.Sender), Role: b.RoleOf(r.in.Sender)},
		Door:       commands.DoorRoom,
		Room:       r.in.RoomID,
		Event:      r.in.EventID,
		Thread:     r.target().Thread,
		Author:     author,
		ServerName: b.ServerName,
		Bot:        b.Bot,
		Prefix:     b.Prefix,
		Now:        b.Now(),
		Zone:       b.Zone,
	}
}

// target is where the answer goes.
func (r *request) target() target {
	t := target{Event: r.in.EventID, Room: r.in.RoomID, Thread: r.in.thread(), Sender: r.in.Sender, Row: r.in.EventID}
	t.NoMark = r.in.Type == event.EventReaction.Type
	if r.page != nil {
		t.ReplyTo, t.Thread = r.page.list, r.page.thread
	}
	if r.call != nil && r.call.Command != nil {
		t.Name = r.call.Command.Name
	}
	return t
}

func (r *request) parse(author id.UserID) {
	r.call, r.err = r.bot.Registry.ParseText(r.line, r.env(author))
}

// run takes the command through all checks to its answer.
func (r *request) run(ctx context.Context) {
	defer r.rescue(ctx)
	if r.call == nil && !r.findAuthor(ctx) {
		return
	}
	r.seen = r.bot.markLater(r.target())
	defer r.seen.cancel()
	if usage, ok := errors.AsType[*commands.UsageError](r.err); ok && usage.Secret {
		r.refuseSecret(ctx, usage) // wherever it was typed
		return
	}
	switch err := r.bot.rooms.usable(ctx, r.in.RoomID); {
	case errors.Is(err, errUnfit):
		r.bot.finish(ctx, r.in.EventID, store.InboxIgnored)
	case err != nil: // it comes again
	case r.err == nil && changes(r.call) && !r.call.Globals.Help && !r.call.Env.DryRun:
		r.change(ctx)
	case r.err == nil && !r.call.Globals.Help && r.call.Audited() && !r.genuine(ctx):
		// The audit must not say of anybody what they did not do.
	default:
		r.seen.allow()
		r.look(ctx)
	}
}

// look answers what changes nothing.
func (r *request) look(ctx context.Context) {
	switch {
	case r.err != nil:
		r.refuse(ctx, r.err)
	case r.call.Globals.Help:
		r.finish(ctx, commands.Outcome{Status: commands.StatusOK, Result: helpPage{r.call.Command, r.bot.Prefix}})
	default:
		r.read(ctx)
	}
}

// changes is Call.Changes for calls that may not have been understood.
func changes(call *commands.Call) bool {
	return call != nil && call.Command != nil && call.Args != nil && call.Changes()
}

// rescue turns a panic into an answer. The row must not be tried again for ever.
func (r *request) rescue(ctx context.Context) {
	fault := recover()
	if fault == nil {
		return
	}
	r.finish(ctx, r.bot.panicked(ctx, r.in, fault))
}

// panicked is the outcome of a command that panicked; its intent may be recorded.
func (b *Bot) panicked(ctx context.Context, in *incoming, fault any) commands.Outcome {
	b.Log.Error().Interface("panic", fault).Stack().Stringer("event_id", in.EventID).Msg("command panicked")
	out := commands.Outcome{Status: commands.StatusFailed, Err: fmt.Errorf("panic: %v", fault)}
	if row, _, err := b.Store.Get(ctx, in.EventID); err == nil && row.State == store.InboxStarted {
		out.Ref = refText(row.AuditRef)
	}
	return out
}

// findAuthor asks who wrote the message replied to, then parses.
func (r *request) findAuthor(ctx context.Context) bool {
	var author id.UserID
	err := r.bot.insist(ctx, func(ctx context.Context) error {
		evt, err := r.bot.readEvent(ctx, r.in.RoomID, r.in.repliesTo())
		author = evt.Sender
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
		r.instead(ctx, instead.Line)
		return
	}
	r.finish(ctx, out)
}

// instead runs the line that continues a list. The room sees it as that list.
func (r *request) instead(ctx context.Context, line string) {
	r.line = line
	r.parse("")
	if r.err == nil && changes(r.call) {
		r.err = errors.New("a list that changes something")
	}
	if r.err != nil {
		r.refuse(ctx, fmt.Errorf("continue list: %w", r.err))
		return
	}
	if r.call.Audited() && !r.genuine(ctx) {
		return
	}
	if err := r.bot.Executor.Prepare(ctx, r.call); err != nil {
		r.refuse(ctx, err)
		return
	}
	r.finish(ctx, r.execute(ctx, r.call))
}

// change runs what changes something: only after the homeserver has confirmed that
// this person really wrote this, and only when it is neither old nor needs a yes.
func (r *request) change(ctx context.Context) {
	if !r.genuine(ctx) {
		return
	}
	r.seen.allow()
	typed := r.call.Line()
	if err := r.bot.Executor.Prepare(ctx, r.call); err != nil {
		r.refuse(ctx, err)
		return
	}
	age := r.bot.Now().Sub(r.in.OriginTS)
	if r.call.Asks() || age > r.bot.MaxAge {
		r.ask(ctx, typed, age)
		return
	}
	r.finish(ctx, r.execute(ctx, r.call))
}

// genuine reads the command back from the homeserver. When it returns false, the
// row is dealt with, or left for the next start.
func (r *request) genuine(ctx context.Context) bool {
	genuine, err := r.bot.genuine(ctx, r.in)
	switch {
	case errors.Is(err, errStopped):
		return false
	case err != nil || !genuine:
		r.bot.forged(ctx, r.in, r.call.Masked(), err)
		return false
	}
	return true
}

func (r *request) execute(ctx context.Context, call *commands.Call) commands.Outcome {
	return r.bot.execute(ctx, r.in, call)
}

// execute runs the call. What its answer needs a direct room for gets it first, so
// that no password is changed that cannot be delivered.
func (b *Bot) execute(ctx context.Context, in *incoming, call *commands.Call) commands.Outcome {
	if call.Command.Secret && !call.Env.DryRun {
		if _, err := b.directRoom(ctx, call.Env.Caller.UserID); err != nil {
			return commands.OutcomeOf(nil, noDirectRoom(err))
		}
	}
	started := b.Now()
	out := b.Executor.Execute(ctx, call)
	if !errors.Is(out.Err, errTaken) {
		b.Log.Info().Stringer("room_id", in.RoomID).Stringer("sender", in.Sender).Str("command", call.Command.Name).
			Str("status", string(out.Status)).Dur("took", b.Now().Sub(started)).AnErr("cause", cause(out.Err)).Msg("command finished")
	}
	return out
}

func cause(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

// refuse answers with an error that nothing was run for.
func (r *request) refuse(ctx context.Context, err error) {
	r.finish(ctx, commands.OutcomeOf(nil, err))
}

// finish answers the request. The prompt that a confirm or cancel is about
// finishes the row itself.
func (r *request) finish(ctx context.Context, out commands.Outcome) {
	if errors.Is(out.Err, errTaken) || cutShort(ctx, r.call, out) {
		return
	}
	r.seen.cancel()
	if r.call == nil {
		r.call = &commands.Call{Env: r.env("")}
	}
	if err := r.bot.conclude(ctx, r.target(), r.call, out, r.also); err != nil {
		r.bot.Log.Error().Err(err).Stringer("event_id", r.in.EventID).Msg("command cannot be answered")
	}
}

// cutShort reports whether the bot was stopped before anything was begun that must
// not be begun again. The row stays as it is and runs at the next start.
func cutShort(ctx context.Context, call *commands.Call, out commands.Outcome) bool {
	return ctx.Err() != nil && out.Err != nil && (out.Ref == "" || !changes(call))
}
