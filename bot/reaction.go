package bot

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/store"
)

// The reactions that mean something on a message of the bot.
const (
	keyYes  = "✅"
	keyNo   = "❌"
	keyMore = "▶"
)

// sortReaction looks at reactions to our own messages.
func (b *Bot) sortReaction(in *incoming) *task {
	rel := in.Content.RelatesTo
	key := strings.TrimRight(rel.Key, "\ufe0e\ufe0f") // either variation selector, or none
	if rel.RelType != "m.annotation" || b.RoleOf(in.Sender) == commands.NoRole {
		return nil
	}
	switch key {
	case keyYes, keyNo, keyMore:
		return &task{bucket: b.rooms.bucket(in.RoomID), run: func(ctx context.Context) { b.reacted(ctx, in, key) }}
	}
	return nil
}

// reacted answers a prompt, turns a page, or has a secret removed.
func (b *Bot) reacted(ctx context.Context, in *incoming, key string) {
	if key == keyYes && b.dropSecret(ctx, in) {
		return
	}
	ours, err := b.aboutReaction(ctx, in)
	switch {
	case errors.Is(err, errStopped): // it comes again
	case err == nil && key == keyMore:
		b.turnPage(ctx, in, ours)
	case err == nil && ours.code != "":
		b.answered(ctx, in, ours.code, key == keyYes)
	default:
		b.finish(ctx, in.EventID, store.InboxIgnored)
	}
}

// ownMessage is what a message of the bot was about.
type ownMessage struct {
	command id.EventID // that it answers
	code    string     // of the prompt that it is, "" for anything else
}

var errNotOurs = errors.New("that message says nothing that could be answered")

// aboutReaction finds the message of ours that somebody reacted to.
func (b *Bot) aboutReaction(ctx context.Context, in *incoming) (ownMessage, error) {
	if !b.rooms.known(in.RoomID) {
		return ownMessage{}, errNotOurs
	}
	if err := b.rooms.usable(ctx, in.RoomID); err != nil {
		return ownMessage{}, err
	}
	sent, found, err := b.Store.FindByEvent(ctx, in.Content.RelatesTo.EventID)
	if err != nil {
		return ownMessage{}, err
	}
	if !found {
		ours, _, err := b.readOwn(ctx, in.RoomID, in.Content.RelatesTo.EventID)
		return ours, err
	}
	if sent.RoomID != in.RoomID {
		return ownMessage{}, errNotOurs
	}
	ours := ownMessage{command: sent.EventID}
	if code, isPrompt := strings.CutPrefix(sent.Step, promptStep("")); isPrompt {
		ours.code = code
	}
	return ours, nil
}

// readOwn asks the homeserver what a message was: the reaction may be faster than
// our note that the message was sent, after a crash even by far.
func (b *Bot) readOwn(ctx context.Context, room id.RoomID, eventID id.EventID) (own ownMessage, thread id.EventID, err error) {
	var evt shownEvent
	err = b.insist(ctx, func(ctx context.Context) (err error) {
		evt, err = b.readEvent(ctx, room, eventID)
		return err
	})
	if err != nil {
		return own, "", err
	}
	var m struct {
		content
		Outcome *outcomeKey `json:"dev.caretaker.outcome"`
	}
	if evt.Sender != b.Bot || json.Unmarshal(evt.Content, &m) != nil || m.Outcome == nil {
		return own, "", errNotOurs
	}
	if m.RelatesTo.RelType == "m.thread" {
		thread = m.RelatesTo.EventID
	}
	return ownMessage{command: m.Outcome.Event, code: m.Outcome.Code}, thread, nil
}

// answered confirms or cancels by reaction. Others' reactions, and those to a
// prompt that is answered, do nothing; a catastrophic one wants words.
func (b *Bot) answered(ctx context.Context, in *incoming, code string, yes bool) {
	p, found, err := b.Store.Prompt(ctx, code)
	if err != nil || !found || p.RoomID != in.RoomID || p.Requester != in.Sender || p.State != store.PromptOpen || !b.Now().Before(p.ExpiresTS) ||
		yes && p.Risk == commands.Catastrophic.String() {
		b.finish(ctx, in.EventID, store.InboxIgnored)
		return
	}
	b.answerPrompt(ctx, in, p, yes)
}

// page is where a list goes on that somebody pressed ▶ on.
type page struct {
	list   id.EventID // the message with the page before, which is replied to
	thread id.EventID
}

// turnPage continues the caller's own last list, as "next" does.
func (b *Bot) turnPage(ctx context.Context, in *incoming, ours ownMessage) {
	cursor, ok, err := b.Store.Cursor(ctx, in.RoomID, in.Sender)
	if err != nil || !ok || cursor.ListEvent != ours.command {
		b.finish(ctx, in.EventID, store.InboxIgnored)
		return
	}
	list := in.Content.RelatesTo.EventID
	_, thread, err := b.readOwn(ctx, in.RoomID, list)
	if errors.Is(err, errStopped) {
		return
	}
	r := &request{bot: b, in: in, line: cursor.Line, page: &page{list: list, thread: thread}}
	r.parse("")
	if r.err == nil && changes(r.call) {
		b.finish(ctx, in.EventID, store.InboxIgnored)
		return
	}
	r.run(ctx)
}

// Next implements [commands.Lists].
func (b *Bot) Next(ctx context.Context, env *commands.Env) (string, error) {
	cursor, ok, err := b.Store.Cursor(ctx, env.Room, env.Caller.UserID)
	if err != nil || !ok {
		return "", err
	}
	return cursor.Line, nil
}
