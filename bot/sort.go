package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/store"
)

// task is what is to be done about one row. It ends with the row finished, or
// leaves it pending when stop closes first.
type task struct {
	queues bool // behind other changes of the room
	run    func(ctx context.Context, stop <-chan struct{})
}

// sort finds out what a row is about without asking anybody. It finishes rows that
// nobody has to look at and returns nil for them.
func (b *Bot) sort(ctx context.Context, row store.InboxEvent) *task {
	in, err := parse(row)
	if err != nil {
		b.Log.Debug().Err(err).Stringer("event_id", row.EventID).Msg("event is malformed")
		b.finish(ctx, row.EventID, store.InboxInvalid)
		return nil
	}
	var t *task
	switch {
	case in.Sender == b.Bot && in.Type != event.StateMember.Type:
	case in.Type == event.EventMessage.Type:
		t = b.sortMessage(in)
	case in.Type == event.EventReaction.Type && in.StateKey == nil:
		t = b.sortReaction(in)
	case in.Type == event.StateMember.Type && in.StateKey != nil && *in.StateKey == string(b.Bot):
		t = &task{run: func(ctx context.Context, _ <-chan struct{}) { b.rooms.membership(ctx, in) }}
	case in.StateKey != nil:
		b.rooms.doubt(in.RoomID)
	}
	if t == nil {
		b.finish(ctx, row.EventID, store.InboxIgnored)
	}
	return t
}

func (b *Bot) sortMessage(in *incoming) *task {
	line, ok := b.address.command(in)
	if !ok {
		return nil
	}
	if !b.rooms.known(in.RoomID) || b.RoleOf(in.Sender) == commands.NoRole {
		return &task{run: func(ctx context.Context, _ <-chan struct{}) { b.turnAway(ctx, in) }}
	}
	r := &request{bot: b, in: in, line: line}
	if needsAuthor(in, line) {
		// Who the author is must be asked; until then it may be a change.
		return &task{queues: true, run: r.run}
	}
	r.parse("")
	return &task{queues: r.err == nil && r.call.Changes() && !r.call.Env.DryRun, run: r.run}
}

// needsAuthor reports whether the command names the author of the message replied to.
func needsAuthor(in *incoming, line string) bool {
	return in.repliesTo() != "" && strings.Contains(strings.ToLower(line), "author")
}

func (b *Bot) finish(ctx context.Context, eventID id.EventID, state store.InboxState) {
	if err := b.Store.Finish(ctx, eventID, state, ""); err != nil && !errors.Is(err, context.Canceled) {
		b.Log.Error().Err(err).Stringer("event_id", eventID).Msg("inbox row cannot be finished")
	}
}

const (
	deniedEvery = time.Hour
	hintEvery   = 24 * time.Hour
)

// turnAway answers those who may not, or not here: rarely, and remote users never.
// Nothing is asked of the homeserver's admin API.
func (b *Bot) turnAway(ctx context.Context, in *incoming) {
	var key, text string
	every := deniedEvery
	switch {
	case in.Sender.Homeserver() != b.ServerName:
	case !b.rooms.known(in.RoomID):
		if b.RoleOf(in.Sender) != commands.NoRole {
			key, every = "hint "+string(in.Sender), hintEvery
			text = "commands are taken in management rooms only; invite me to an unencrypted private room to have one"
		}
	default:
		key = "denied " + string(in.Sender)
		text = "you have no role here; ask an owner to add you to permissions in caretaker's configuration"
	}
	if key == "" {
		b.finish(ctx, in.EventID, store.InboxIgnored)
		return
	}
	first, err := b.Store.OncePer(ctx, key, every)
	if err != nil || !first {
		b.finish(ctx, in.EventID, store.InboxIgnored)
		return
	}
	r := &request{bot: b, in: in}
	r.refuse(ctx, &commands.DeniedError{Message: text, Hint: "whoami"})
}
