package bot

import (
	"context"
	"strings"

	"caretaker/commands"
	"caretaker/store"
)

// sortReaction looks at reactions to our own messages.
func (b *Bot) sortReaction(in *incoming) *task {
	rel := in.Content.RelatesTo
	key := strings.TrimRight(rel.Key, "\ufe0e\ufe0f") // either variation selector, or none
	if rel.RelType != "m.annotation" || b.RoleOf(in.Sender) == commands.NoRole {
		return nil
	}
	switch key {
	case "✅", "❌", "▶":
		return &task{run: func(ctx context.Context, stop <-chan struct{}) { b.reacted(ctx, stop, in, key) }}
	}
	return nil
}

// reacted answers a prompt, turns a page, or has a secret removed.
func (b *Bot) reacted(ctx context.Context, stop <-chan struct{}, in *incoming, key string) {
	if key == "✅" && b.dropSecret(ctx, in) {
		b.finish(ctx, in.EventID, store.InboxDone)
		return
	}
	ours, found, err := b.Store.FindByEvent(ctx, in.Content.RelatesTo.EventID)
	if err != nil || !found || ours.RoomID != in.RoomID || !b.rooms.usable(ctx, in.RoomID) {
		b.finish(ctx, in.EventID, store.InboxIgnored)
		return
	}
	switch {
	case key == "▶":
		b.turnPage(ctx, stop, in, ours)
	case strings.HasPrefix(ours.Step, "prompt-"):
		b.answered(ctx, in, strings.TrimPrefix(ours.Step, "prompt-"), key == "✅")
	default:
		b.finish(ctx, in.EventID, store.InboxIgnored)
	}
}

// answered confirms or cancels by reaction. Others' reactions, and those to a
// prompt that is answered, do nothing; a catastrophic one wants words.
func (b *Bot) answered(ctx context.Context, in *incoming, code string, yes bool) {
	p, found, err := b.Store.Prompt(ctx, code)
	if err != nil || !found || p.Requester != in.Sender || p.State != store.PromptOpen || !b.Now().Before(p.ExpiresTS) ||
		yes && p.Risk == commands.Catastrophic.String() {
		b.finish(ctx, in.EventID, store.InboxIgnored)
		return
	}
	if yes {
		b.dispatch.work.Go(func() { b.confirmed(context.WithoutCancel(ctx), in, p) })
		return
	}
	if genuine, err := b.genuine(ctx, b.stopping, in); err != nil || !genuine {
		b.forged(ctx, in, "cancel "+code, err)
		return
	}
	if !b.endPrompt(ctx, p, store.PromptCancelled, in.EventID, "You cancelled it: nothing was changed.") {
		b.finish(ctx, in.EventID, store.InboxIgnored)
	}
}

// turnPage continues the caller's own last list, as "next" does.
func (b *Bot) turnPage(ctx context.Context, stop <-chan struct{}, in *incoming, ours store.Out) {
	cursor, ok, err := b.Store.Cursor(ctx, in.RoomID, in.Sender)
	if err != nil || !ok || cursor.ListEvent != ours.EventID {
		b.finish(ctx, in.EventID, store.InboxIgnored)
		return
	}
	r := &request{bot: b, in: in, line: cursor.Line}
	r.parse("")
	if r.err == nil && r.call.Changes() {
		b.finish(ctx, in.EventID, store.InboxIgnored)
		return
	}
	r.run(ctx, stop)
}

// Next implements [commands.Lists].
func (b *Bot) Next(ctx context.Context, env *commands.Env) (string, error) {
	cursor, ok, err := b.Store.Cursor(ctx, env.Room, env.Caller.UserID)
	if err != nil || !ok {
		return "", err
	}
	return cursor.Line, nil
}
