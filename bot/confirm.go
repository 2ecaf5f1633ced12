package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"maunium.net/go/mautrix/event"

	"caretaker/commands"
	"caretaker/store"
)

// errTaken says that a confirm or cancel was taken up: from here on its row is the
// prompt's business.
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
	return b.takeUp(ctx, env, p, true)
}

// Cancel implements [commands.Prompts].
func (b *Bot) Cancel(ctx context.Context, env *commands.Env, code string) error {
	p, err := b.openPrompt(ctx, env, code)
	if err != nil {
		return err
	}
	return b.takeUp(ctx, env, p, false)
}

// takeUp goes on apart from the command that was typed: reading it back and what
// it starts may take long, and must not keep "status" waiting.
func (b *Bot) takeUp(ctx context.Context, env *commands.Env, p store.Prompt, yes bool) error {
	row, found, err := b.Store.Get(ctx, env.Event)
	if err != nil || !found {
		return fmt.Errorf("read the answer to the prompt: %w", err)
	}
	in, err := parse(row)
	if err != nil {
		return err
	}
	b.answerPrompt(ctx, in, p, yes)
	return errTaken
}

// answerPrompt goes on with a confirmation or a cancellation by itself.
func (b *Bot) answerPrompt(ctx context.Context, in *incoming, p store.Prompt, yes bool) {
	c := &confirmation{bot: b, in: in, prompt: p}
	run := c.cancel
	if yes {
		run = c.run
	}
	b.dispatch.apart(ctx, in.InboxEvent, run)
}

// openPrompt finds the prompt that somebody answers.
func (b *Bot) openPrompt(ctx context.Context, env *commands.Env, code string) (store.Prompt, error) {
	code = strings.ToLower(strings.TrimSpace(code))
	p, found, err := b.Store.Prompt(ctx, code)
	switch {
	case err != nil:
		return p, err
	case env.DryRun:
		return p, &commands.UsageError{Message: "--dry-run belongs to the command itself; a question is answered for real", Hint: "help confirm"}
	case !found || p.RoomID != env.Room:
		return p, &commands.UsageError{Message: fmt.Sprintf("no question in this room has the code %q", code), Hint: "help confirm"}
	case p.Requester != env.Caller.UserID:
		return p, &commands.DeniedError{Message: "this question is for " + string(p.Requester) + ", nobody else can answer it", Hint: "whoami"}
	case p.State == store.PromptConfirmed || p.State == store.PromptCancelled || p.State == store.PromptVoid:
		return p, usedPrompt(p)
	case p.State == store.PromptExpired || !b.Now().Before(p.ExpiresTS):
		return p, &commands.UsageError{Message: fmt.Sprintf("the code %q has expired; give the command again", code), Hint: "help confirm"}
	}
	return p, nil
}

func usedPrompt(p store.Prompt) error {
	return &commands.UsageError{Message: fmt.Sprintf("the code %q was used before", p.Code), Hint: "help confirm"}
}

// confirmation is somebody's answer to a prompt. Whatever comes of it, the prompt,
// the row of the answer and the answer to the command end in one transaction.
type confirmation struct {
	bot    *Bot
	in     *incoming // the message or reaction
	prompt store.Prompt
	call   *commands.Call // what the prompt is about
}

// run runs what the prompt is about. Everything is checked again: that the person
// really wrote this, their role, and what the target is by now.
func (c *confirmation) run(ctx context.Context) {
	if !c.genuine(ctx, "confirm") {
		return
	}
	var err error
	if c.call, err = c.bot.promptCall(c.prompt); err == nil {
		err = c.bot.Executor.Prepare(ctx, c.call)
	}
	switch {
	case err != nil:
		c.end(ctx, commands.OutcomeOf(nil, err))
	case c.call.Line() != thaw(c.prompt).Line:
		c.askAgain(ctx)
	default:
		c.execute(ctx)
	}
}

// genuine reads the answer back from the homeserver. When it returns false, the row
// is dealt with, or left for the next start.
func (c *confirmation) genuine(ctx context.Context, what string) bool {
	genuine, err := c.bot.genuine(ctx, c.in)
	if errors.Is(err, errStopped) {
		return false
	}
	if err != nil || !genuine {
		c.bot.forged(ctx, c.in, what+" "+c.prompt.Code, err)
		return false
	}
	return true
}

func (c *confirmation) execute(ctx context.Context) {
	seen := c.bot.markLater(c.target())
	seen.allow()
	defer func() {
		if fault := recover(); fault != nil {
			seen.cancel()
			c.end(ctx, c.bot.panicked(ctx, c.in, fault))
		}
	}()
	out := c.bot.execute(begin(ctx, beginning{row: c.in.EventID, use: c.use}), c.in, c.call)
	seen.cancel()
	c.end(ctx, out)
}

func (c *confirmation) target() target {
	p := c.prompt
	t := target{Event: p.EventID, Room: p.RoomID, Thread: thaw(p).Thread, Sender: p.Requester, Row: c.in.EventID}
	if c.call != nil && c.call.Command != nil {
		t.Name = c.call.Command.Name
	}
	return t
}

// use takes the prompt for running its command, once. It joins the transaction of
// the intent.
func (c *confirmation) use(ctx context.Context) error { return c.settle(ctx, store.PromptConfirmed) }

// void ends the prompt of a command that was not begun. It joins the transaction of
// the answer.
func (c *confirmation) void(ctx context.Context) error { return c.settle(ctx, store.PromptVoid) }

func (c *confirmation) settle(ctx context.Context, state store.PromptState) error {
	won, err := c.bot.Store.AnswerPrompt(ctx, c.prompt.Code, state, c.in.EventID, c.bot.Now())
	if err != nil {
		return err
	}
	if !won {
		return errPromptUsed
	}
	return c.bot.Store.Enqueue(ctx, doneMark(c.in)...)
}

// end answers the command. One that was not begun takes the prompt with it.
func (c *confirmation) end(ctx context.Context, out commands.Outcome) {
	if cutShort(ctx, c.call, out) {
		return
	}
	var also func(context.Context) error
	if out.Ref == "" {
		also = c.void
	}
	call := c.call
	if call == nil {
		call = &commands.Call{Env: c.bot.promptEnv(c.prompt)}
	}
	c.late(ctx, c.bot.conclude(ctx, c.target(), call, out, also))
}

// askAgain makes a new prompt because what the command means has changed.
func (c *confirmation) askAgain(ctx context.Context) {
	preview, err := c.bot.Executor.Preview(ctx, c.call)
	if err != nil {
		c.end(ctx, commands.OutcomeOf(nil, err))
		return
	}
	c.late(ctx, c.bot.prompt(ctx, question{
		target: c.target(), call: c.call, typed: c.prompt.Line, preview: preview,
		why: "What this acts on has changed since you were asked. Please look again.",
	}, c.void))
}

// cancel drops the prompt.
func (c *confirmation) cancel(ctx context.Context) {
	if !c.genuine(ctx, "cancel") {
		return
	}
	won, err := c.bot.endPrompt(ctx, c.prompt, store.PromptCancelled, c.in, "You cancelled it: nothing was changed.")
	if err == nil && !won {
		err = errPromptUsed
	}
	c.late(ctx, err)
}

// late answers a confirmation that found its prompt answered already. A reaction
// that comes too late does nothing.
func (c *confirmation) late(ctx context.Context, err error) {
	switch {
	case err == nil:
	case !errors.Is(err, errPromptUsed):
		c.bot.Log.Error().Err(err).Stringer("event_id", c.in.EventID).Msg("answer to a prompt cannot be stored; it follows after the next start")
	case c.in.Type == event.EventReaction.Type:
		c.bot.finish(ctx, c.in.EventID, store.InboxIgnored)
	default:
		r := &request{bot: c.bot, in: c.in}
		r.refuse(ctx, usedPrompt(c.prompt))
	}
}
