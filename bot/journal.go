package bot

import (
	"context"
	"errors"
	"fmt"

	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/store"
)

// journal commits intents. The inbox row becomes "started" in the same
// transaction, and a prompt is used up in it: from then on the command is never
// begun again, whatever happens.
type journal struct{ bot *Bot }

var errNotPending = errors.New("the command was begun before")

// errPromptUsed says that another confirmation was faster.
var errPromptUsed = errors.New("the prompt was answered before")

// Intent implements [commands.Journal].
func (j journal) Intent(ctx context.Context, entry commands.Entry) (string, error) {
	var ref int64
	begun := beginningOf(ctx, entry.Event)
	err := j.bot.Store.InTx(ctx, func(ctx context.Context) error {
		if begun.code != "" {
			won, err := j.bot.Store.AnswerPrompt(ctx, begun.code, store.PromptConfirmed, begun.row, j.bot.Now())
			if err != nil {
				return err
			}
			if !won {
				return errPromptUsed
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
	return refText(ref), nil
}

func auditRecord(e commands.Entry) store.AuditRecord {
	return store.AuditRecord{
		Actor: e.Actor, Door: string(e.Door), RoomID: e.Room, EventID: e.Event,
		Command: e.Command, Target: e.Target, Reason: e.Reason, Risk: e.Risk.String(),
	}
}

// beginning says which inbox row starts a command, and by which prompt.
type beginning struct {
	row  id.EventID
	code string
}

type beginningKey struct{}

// begin marks the running request: it was confirmed by another row.
func begin(ctx context.Context, row id.EventID, code string) context.Context {
	return context.WithValue(ctx, beginningKey{}, beginning{row, code})
}

// beginningOf is the command's own row where it was not confirmed.
func beginningOf(ctx context.Context, command id.EventID) beginning {
	if b, ok := ctx.Value(beginningKey{}).(beginning); ok {
		return b
	}
	return beginning{row: command}
}
