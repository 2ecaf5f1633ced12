package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"caretaker/commands"
	"caretaker/store"
)

// errTaken says that a confirm or cancel works: its row is finished with the
// command that it is about.
var errTaken = errors.New("the prompt takes over")

// Confirm implements [commands.Prompts].
func (b *Bot) Confirm(ctx context.Context, env *commands.Env, code string, count *int) error {
	p, err := b.openPrompt(ctx, env, code)
	if err != nil {
		return err
	}
	if p.Risk == commands.Catastrophic.String() && (count == nil || *count != p.Count) {
		return &commands.UsageError{Message: "this needs the true number of targets behind the code", Hint: "help confirm"}
	}
	if count != nil && *count != p.Count {
		return &commands.UsageError{Message: fmt.Sprintf("%d is not the number of targets", *count), Hint: "confirm " + p.Code}
	}
	in, err := b.rowOf(ctx, env)
	if err != nil {
		return err
	}
	b.dispatch.work.Go(func() { b.confirmed(context.WithoutCancel(ctx), in, p) })
	return errTaken
}

// Cancel implements [commands.Prompts].
func (b *Bot) Cancel(ctx context.Context, env *commands.Env, code string) error {
	p, err := b.openPrompt(ctx, env, code)
	if err != nil {
		return err
	}
	if !b.endPrompt(ctx, p, store.PromptCancelled, env.Event, "You cancelled it: nothing was changed.") {
		return usedPrompt(p)
	}
	return errTaken
}

// openPrompt finds the prompt that somebody answers.
func (b *Bot) openPrompt(ctx context.Context, env *commands.Env, code string) (store.Prompt, error) {
	code = strings.ToLower(strings.TrimSpace(code))
	p, found, err := b.Store.Prompt(ctx, code)
	switch {
	case err != nil:
		return p, err
	case !found || p.RoomID != env.Room:
		return p, &commands.UsageError{Message: fmt.Sprintf("no question in this room has the code %q", code), Hint: "help confirm"}
	case p.Requester != env.Caller.UserID:
		return p, &commands.DeniedError{Message: "this question is for " + string(p.Requester) + ", nobody else can answer it", Hint: "whoami"}
	case p.State != store.PromptOpen:
		return p, usedPrompt(p)
	case !b.Now().Before(p.ExpiresTS):
		return p, &commands.UsageError{Message: fmt.Sprintf("the code %q has expired; give the command again", code), Hint: "help confirm"}
	}
	return p, nil
}

func usedPrompt(p store.Prompt) error {
	return &commands.UsageError{Message: fmt.Sprintf("the code %q was used before", p.Code), Hint: "help confirm"}
}

func (b *Bot) rowOf(ctx context.Context, env *commands.Env) (*incoming, error) {
	row, found, err := b.Store.Get(ctx, env.Event)
	if err != nil || !found {
		return nil, fmt.Errorf("read the confirmation: %w", err)
	}
	return parse(row)
}

// confirmed runs what a prompt is about. Everything is checked again: that the
// person really wrote this, their role, and what the target is by now.
func (b *Bot) confirmed(ctx context.Context, in *incoming, p store.Prompt) {
	t := target{Event: p.EventID, Room: p.RoomID, Thread: thaw(p).Thread, Sender: p.Requester, Row: in.EventID}
	genuine, err := b.genuine(ctx, b.stopping, in)
	switch {
	case errors.Is(err, errStopped):
		return
	case err != nil || !genuine:
		b.forged(ctx, in, "confirm "+p.Code, err)
		return
	}
	call := b.promptCall(p, b.promptEnv(p))
	if call.Command != nil {
		t.Name = call.Command.Name
	}
	if err := b.Executor.Prepare(ctx, call); err != nil {
		b.settle(ctx, in, p, func() { b.conclude(ctx, t, call, commands.OutcomeOf(nil, err)) })
		return
	}
	if call.Line() != thaw(p).Line {
		b.askAgain(ctx, in, t, call, p)
		return
	}
	seen := b.markLater(&incoming{InboxEvent: store.InboxEvent{EventID: t.Event, RoomID: t.Room}})
	b.markDone(ctx, in, t)
	r := &request{bot: b, in: in, call: call}
	out := r.execute(begin(ctx, in.EventID, p.Code), call)
	seen.cancel()
	if errors.Is(out.Err, errPromptUsed) {
		t := r.target()
		t.Name = "confirm"
		b.conclude(ctx, t, &commands.Call{Env: call.Env}, commands.OutcomeOf(nil, usedPrompt(p)))
		return
	}
	b.conclude(ctx, t, call, out)
}

// settle voids a prompt that cannot be run any more, and answers.
func (b *Bot) settle(ctx context.Context, in *incoming, p store.Prompt, answer func()) {
	won, err := b.Store.AnswerPrompt(ctx, p.Code, store.PromptVoid, in.EventID, b.Now())
	if err == nil && won {
		answer()
		return
	}
	b.finish(ctx, in.EventID, store.InboxDone)
}

// askAgain makes a new prompt because what the command means has changed.
func (b *Bot) askAgain(ctx context.Context, in *incoming, t target, call *commands.Call, p store.Prompt) {
	preview, err := b.Executor.Preview(ctx, call)
	b.settle(ctx, in, p, func() {
		if err != nil {
			b.conclude(ctx, t, call, commands.OutcomeOf(nil, err))
			return
		}
		b.prompt(ctx, t, call, p.Line, preview, "What this acts on has changed since you were asked. Please look again.")
	})
}

// markDone puts ✅ on a confirm that was typed; a reaction needs no mark.
func (b *Bot) markDone(ctx context.Context, in *incoming, t target) {
	if in.Type == "m.reaction" {
		return
	}
	if err := b.Store.Enqueue(ctx, b.doneMark(t, in.EventID)...); err != nil {
		b.Log.Error().Err(err).Msg("mark cannot be stored")
	}
	b.outbox.kick()
}
