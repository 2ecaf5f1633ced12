package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/store"
)

// journal commits intents. The inbox row becomes "started" in the same
// transaction, and a prompt is used up in it: from then on the command is never
// begun again, whatever happens.
type journal struct{ bot *Bot }

var (
	errNotPending = errors.New("the command was begun before")
	// errPromptUsed says that another confirmation was faster.
	errPromptUsed = errors.New("the prompt was answered before")
	// errSaid says that somebody was told not long ago.
	errSaid = errors.New("it was said before")
)

// Intent implements [commands.Journal].
func (j journal) Intent(ctx context.Context, entry commands.Entry) (string, error) {
	var ref int64
	begun := beginningOf(ctx, entry.Event)
	err := j.bot.Store.InTx(ctx, func(ctx context.Context) error {
		if begun.use != nil {
			if err := begun.use(ctx); err != nil {
				return err
			}
		}
		var err error
		if ref, err = j.bot.Store.AuditIntent(ctx, auditRecord(entry)); err != nil {
			return err
		}
		started, err := j.bot.Store.Start(ctx, begun.row, ref)
		if err == nil && !started {
			err = errNotPending
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("record the intent: %w", err)
	}
	j.bot.outbox.kick() // the mark of a confirmation
	return refText(ref), nil
}

func auditRecord(e commands.Entry) store.AuditRecord {
	return store.AuditRecord{
		Actor: e.Actor, Door: string(e.Door), RoomID: e.Room, EventID: e.Event,
		Command: e.Command, Target: e.Target, Reason: e.Reason, Risk: e.Risk.String(),
	}
}

// beginning says which inbox row starts a command, and uses up the prompt that
// allows it.
type beginning struct {
	row id.EventID
	use func(context.Context) error
}

type beginningKey struct{}

// begin marks the running request: it was confirmed by another row.
func begin(ctx context.Context, b beginning) context.Context {
	return context.WithValue(ctx, beginningKey{}, b)
}

// beginningOf is the command's own row where it was not confirmed.
func beginningOf(ctx context.Context, command id.EventID) beginning {
	if b, ok := ctx.Value(beginningKey{}).(beginning); ok {
		return b
	}
	return beginning{row: command}
}

// commitFor is how long a database that is busy or full is waited for.
const commitFor = 10 * time.Minute

// commit stores what must not be lost, as one transaction. A database that cannot
// be written is tried again for minutes, since what a command did is known only
// here until then; fn must bear that.
func (b *Bot) commit(ctx context.Context, fn func(context.Context) error) error {
	keep := context.WithoutCancel(ctx)
	until := time.Now().Add(commitFor)
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		err := b.Store.InTx(keep, fn)
		if err == nil || verdict(err) || ctx.Err() != nil || time.Now().After(until) {
			return err
		}
		b.Log.Error().Err(err).Msg("database cannot be written; it is tried again")
		pause(ctx, wait)
	}
}

// verdict reports whether an error is an answer that does not change.
func verdict(err error) bool {
	return errors.Is(err, errPromptUsed) || errors.Is(err, errSaid) || errors.Is(err, store.ErrCodeTaken)
}
