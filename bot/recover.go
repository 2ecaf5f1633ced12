package bot

import (
	"context"
	"fmt"

	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/render"
	"caretaker/store"
)

// recover deals with what a crash left half done. A command that only reads simply
// runs again. One that may have changed something is reported and never repeated.
func (b *Bot) recover(ctx context.Context) error {
	rows, err := b.Store.Started(ctx)
	if err != nil {
		return fmt.Errorf("look for interrupted work: %w", err)
	}
	for _, row := range rows {
		if err := b.recoverRow(ctx, row); err != nil {
			return fmt.Errorf("recover %s: %w", row.EventID, err)
		}
	}
	if len(rows) > 0 {
		b.Log.Warn().Int("commands", len(rows)).Msg("work was interrupted by the last stop")
	}
	return nil
}

func (b *Bot) recoverRow(ctx context.Context, row store.InboxEvent) error {
	entries, err := b.Store.AuditEntry(ctx, row.AuditRef)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return b.Store.Requeue(ctx, row.EventID)
	}
	intent := entries[0]
	if intent.Risk == commands.Read.String() {
		return b.Store.InTx(ctx, func(ctx context.Context) error {
			if err := b.recordOutcome(ctx, intent.ID, string(commands.StatusInterrupted), "runs again"); err != nil {
				return err
			}
			return b.Store.Requeue(ctx, row.EventID)
		})
	}
	return b.reportInterrupted(ctx, row, intent)
}

// reportInterrupted says what is not known, and how to look.
func (b *Bot) reportInterrupted(ctx context.Context, row store.InboxEvent, intent store.AuditRecord) error {
	t := target{Event: intent.EventID, Room: intent.RoomID, Sender: id.UserID(intent.Actor), Row: row.EventID}
	t.Thread, t.Name = b.placeOf(ctx, row, intent)
	doc := render.Doc{
		render.Para{render.Text("I was stopped in the middle of "), render.Command(intent.Command), render.Text(".")},
		render.Para{render.Text("It is unknown whether anything was changed; it is not tried again.")},
		render.Para{render.Text("Look first: "), render.Command(fmt.Sprintf("audit details %d", intent.ID))},
	}
	m, _ := b.notice(t, doc, outcomeKey{Status: commands.StatusInterrupted, Ref: refText(intent.ID)}, true)
	return b.Store.InTx(ctx, func(ctx context.Context) error {
		if err := b.recordOutcome(ctx, intent.ID, string(commands.StatusInterrupted), "stopped before the outcome was recorded"); err != nil {
			return err
		}
		earlier, err := b.takeBackMarks(ctx, t)
		if err != nil {
			return err
		}
		mark := t.after(t.react(stepMark, commands.StatusInterrupted.Mark(), t.Event), stepAnswer)
		if err := b.Store.Enqueue(ctx, append(earlier, t.out(stepAnswer, m), mark)...); err != nil {
			return err
		}
		return b.Store.Finish(ctx, row.EventID, store.InboxInterrupted, intent.Command)
	})
}

// placeOf finds the thread and the name of an interrupted command: in its own
// message, or in the prompt that it was confirmed by.
func (b *Bot) placeOf(ctx context.Context, row store.InboxEvent, intent store.AuditRecord) (thread id.EventID, name string) {
	if line, err := commands.Tokenise(intent.Command); err == nil {
		words := make([]string, len(line.Words))
		for i, word := range line.Words {
			words[i] = word.Text
		}
		if command, _ := b.Registry.Find(words); command != nil {
			name = command.Name
		}
	}
	if row.EventID == intent.EventID {
		if in, err := parse(row); err == nil {
			thread = in.thread()
		}
		return thread, name
	}
	if p, found, err := b.Store.PromptByEvent(ctx, intent.EventID); err == nil && found {
		thread = thaw(p).Thread
	}
	return thread, name
}
