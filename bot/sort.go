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
// leaves it pending when the bot stops before.
type task struct {
	queues bool      // behind other changes of the room
	bucket id.RoomID // whose limits count, unless it queues
	run    func(ctx context.Context)
	// wait, when set, is all there is to do for now: until it returns true nobody
	// can tell what the row is about. False leaves it pending.
	wait func(ctx context.Context) bool
}

// The buckets of what is not about a management room. Strangers cannot take the
// places of those who have a role, and an invitation is not kept waiting.
const (
	strangers   id.RoomID = "strangers"
	invitations id.RoomID = "invitations"
)

// sort finds out what a row is about without asking anybody. It finishes rows that
// nobody has to look at and returns nil for them.
func (b *Bot) sort(ctx context.Context, row store.InboxEvent) (t *task) {
	defer func() {
		if fault := recover(); fault != nil {
			b.broken(ctx, row, fault)
			t = nil
		}
	}()
	in, err := parse(row)
	if err != nil {
		b.Log.Debug().Err(err).Stringer("event_id", row.EventID).Msg("event is malformed")
		b.finish(ctx, row.EventID, store.InboxInvalid)
		return nil
	}
	if t = b.sortEvent(in); t == nil {
		b.finish(ctx, row.EventID, store.InboxIgnored)
	}
	return t
}

func (b *Bot) sortEvent(in *incoming) *task {
	switch {
	case in.Sender == b.Bot && in.Type != event.StateMember.Type:
		return nil
	case in.Type == event.EventMessage.Type:
		return b.sortMessage(in)
	case in.Type == event.EventReaction.Type && in.StateKey == nil:
		return b.sortReaction(in)
	case in.Type == event.StateMember.Type && in.StateKey != nil && *in.StateKey == string(b.Bot):
		end := b.rooms.begin(in.RoomID)
		return &task{bucket: invitations, run: func(ctx context.Context) {
			defer end()
			b.rooms.membership(ctx, in)
		}}
	case in.StateKey != nil && b.rooms.doubt(in.RoomID):
		return &task{bucket: in.RoomID, run: func(ctx context.Context) { b.rooms.look(ctx, in) }}
	}
	return nil
}

func (b *Bot) sortMessage(in *incoming) *task {
	line, ok := b.address.command(in)
	if !ok {
		return nil
	}
	role, known := b.RoleOf(in.Sender), b.rooms.known(in.RoomID)
	switch {
	case role != commands.NoRole && !known && !b.rooms.certain(in.RoomID):
		return &task{wait: func(ctx context.Context) bool { return b.rooms.await(ctx, in.RoomID) }}
	case role == commands.NoRole || !known:
		return &task{bucket: strangers, run: func(ctx context.Context) { b.turnAway(ctx, in) }}
	}
	r := &request{bot: b, in: in, line: line}
	if needsAuthor(in, line) {
		// Who the author is must be asked; until then it may be a change.
		return &task{queues: true, run: r.run}
	}
	r.parse("")
	return &task{queues: r.err == nil && r.call.Changes() && !r.call.Env.DryRun, bucket: in.RoomID, run: r.run}
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

// broken gives a row up that made the bot panic. One that was begun stays, and is
// reported at the next start.
func (b *Bot) broken(ctx context.Context, row store.InboxEvent, fault any) {
	b.Log.Error().Interface("panic", fault).Stack().Stringer("event_id", row.EventID).Msg("event made the bot panic")
	if now, found, err := b.Store.Get(ctx, row.EventID); err == nil && found && now.State == store.InboxPending {
		b.finish(ctx, row.EventID, store.InboxInvalid)
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
	case in.Sender.Homeserver() != b.ServerName, b.rooms.troubled(in.RoomID):
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
	r := &request{bot: b, in: in, also: func(ctx context.Context) error {
		first, err := b.Store.OncePer(ctx, key, every)
		if err == nil && !first {
			err = errSaid
		}
		return err
	}}
	r.refuse(ctx, &commands.DeniedError{Message: text})
}
