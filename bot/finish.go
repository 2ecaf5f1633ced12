package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
	"caretaker/store"
)

// The steps of a command in the outbox.
const (
	stepAnswer   = "answer"   // the final answer
	stepAccepted = "accepted" // the answer that announces a job
	stepFile     = "file"     // the rest of a long list
	stepMore     = "more"     // ▶ on a list that goes on
	stepSeen     = "seen"     // 👀; with more behind it when the command was confirmed
	stepWorking  = "working"  // ⏳
	stepMark     = "mark"     // the final mark
	stepRedact   = "redact"   // a password is removed
)

// cursorLife is how long "next" continues a list.
const cursorLife = time.Hour

// conclude commits what became of a call, together with the answer, the mark and
// what also does, and has them delivered. The error is one of also's verdicts.
func (b *Bot) conclude(ctx context.Context, t target, call *commands.Call, out commands.Outcome, also func(context.Context) error) error {
	if ctx.Err() != nil && out.Err != nil {
		out.Status = commands.StatusInterrupted
	}
	if secret, ok := out.Result.(commands.Secretive); ok && out.Err == nil && !call.Env.DryRun {
		out = b.deliverSecret(ctx, t, call, out, secret)
	}
	a := b.compose(ctx, t, call, out)
	err := b.commit(ctx, func(ctx context.Context) error {
		if also != nil {
			if err := also(ctx); err != nil {
				return err
			}
		}
		return b.storeAnswer(ctx, t, call, out, a)
	})
	switch {
	case errors.Is(err, errSaid):
		b.finish(ctx, t.Row, store.InboxIgnored)
	case verdict(err):
		return err
	case err != nil:
		b.Log.Error().Err(err).Stringer("event_id", t.Event).Msg("answer cannot be stored; it follows after the next start")
	}
	if out.Again != nil {
		b.Jobs.Wake()
	}
	b.outbox.kick()
	return nil
}

// storeAnswer is everything that an answer leaves in the database. It joins the
// transaction in ctx.
func (b *Bot) storeAnswer(ctx context.Context, t target, call *commands.Call, out commands.Outcome, a composed) error {
	rows, err := b.answerRows(ctx, t, call, out, a)
	if err != nil {
		return err
	}
	if err := b.Store.Enqueue(ctx, rows...); err != nil {
		return err
	}
	if _, paged := out.Result.(commands.Paged); paged && a.next == "" {
		if err := b.Store.DropCursor(ctx, t.Room, t.Sender); err != nil { // the list has ended
			return err
		}
	}
	if a.next != "" {
		cursor := store.Cursor{RoomID: t.Room, UserID: t.Sender, Line: a.next, ListEvent: t.Event, ExpiresTS: b.Now().Add(cursorLife)}
		if err := b.Store.PutCursor(ctx, cursor); err != nil {
			return err
		}
	}
	return b.Store.Finish(ctx, t.Row, store.InboxDone, maskedLine(call))
}

// answerRows records the outcome and lists what goes to the room: answer, mark,
// and what takes earlier marks back. It joins the transaction in ctx.
func (b *Bot) answerRows(ctx context.Context, t target, call *commands.Call, out commands.Outcome, a composed) ([]store.Out, error) {
	var rows []store.Out
	step, markStep := stepAnswer, stepMark
	if out.Again != nil {
		number, err := b.Jobs.Add(ctx, call, out)
		if err != nil {
			return nil, err
		}
		if a.message != nil {
			a.message.Outcome.Job = number
		}
		step, markStep = stepAccepted, stepWorking
	} else if err := b.auditOutcome(ctx, out); err != nil {
		return nil, err
	}
	if a.message != nil {
		rows = append(rows, t.out(step, a.message))
	}
	if a.file != nil {
		rows = append(rows, t.after(t.out(stepFile, a.file), step))
	}
	if a.next != "" {
		rows = append(rows, t.reactTo(stepMore, "▶", step))
	}
	earlier, err := b.takeBackMarks(ctx, t)
	if err != nil {
		return nil, err
	}
	rows = append(rows, earlier...)
	if mark := out.Status.Mark(); mark != "" && !t.NoMark {
		m := t.react(markStep, mark, t.Event)
		if a.message != nil {
			m = t.after(m, step)
		}
		rows = append(rows, m)
	}
	return rows, nil
}

func (b *Bot) auditOutcome(ctx context.Context, out commands.Outcome) error {
	if out.Ref == "" {
		return nil // nothing was recorded
	}
	ref, err := strconv.ParseInt(out.Ref, 10, 64)
	if err != nil {
		return fmt.Errorf("read audit reference: %w", err)
	}
	detail := ""
	if out.Err != nil {
		detail = out.Err.Error()
	}
	return b.recordOutcome(ctx, ref, AuditStatus(out), detail)
}

// recordOutcome keeps the first outcome of an intent. A second one must not keep an
// answer from being given.
func (b *Bot) recordOutcome(ctx context.Context, ref int64, outcome, detail string) error {
	err := b.Store.AuditOutcome(ctx, ref, outcome, detail)
	if errors.Is(err, store.ErrOutcomeRecorded) {
		b.Log.Warn().Int64("ref", ref).Str("outcome", outcome).Msg("another outcome is recorded already")
		return nil
	}
	return err
}

// AuditStatus is the word that the audit keeps for an outcome.
func AuditStatus(out commands.Outcome) string {
	if admin.OutcomeUnknown(out.Err) {
		return "unknown"
	}
	return string(out.Status)
}

func refText(ref int64) string {
	if ref == 0 {
		return ""
	}
	return strconv.FormatInt(ref, 10)
}

func maskedLine(call *commands.Call) string {
	if call.Command == nil {
		return ""
	}
	if call.Args == nil {
		return call.Command.Name
	}
	return call.Masked()
}

// JobEnded answers the command whose job came to its end. It joins the transaction
// in ctx; the caller wakes the bot after the commit by Kick.
func (b *Bot) JobEnded(ctx context.Context, op store.Operation, call *commands.Call, out commands.Outcome) error {
	if op.EventID == "" {
		return b.auditOutcome(ctx, out)
	}
	t := target{Event: op.EventID, Room: op.RoomID, Thread: call.Env.Thread, Sender: call.Env.Caller.UserID, Row: op.EventID, Name: op.Kind}
	m := b.jobAnswer(t, call, out, outcomeKey{Status: out.Status, Ref: out.Ref, Job: op.ID})
	rows, err := b.answerRows(ctx, t, call, out, composed{message: m})
	if err != nil {
		return err
	}
	for i, row := range rows {
		if row.Step == stepAnswer {
			rows[i] = t.after(row, stepAccepted)
		}
	}
	return b.Store.Enqueue(ctx, rows...)
}

// jobAnswer is the final answer of a job. It makes no file, since it is composed in
// a transaction: what is too long for that is told in words.
func (b *Bot) jobAnswer(t target, call *commands.Call, out commands.Outcome, key outcomeKey) *message {
	if format, wanted := machineFormat(call, out); wanted {
		if data, err := encode(call, out, format); err == nil && len(data) <= inlineLimit {
			if m, cut := b.notice(t, render.Doc{render.Code{Text: string(data)}}, key, true); !cut {
				return m
			}
		}
	}
	m, _ := b.notice(t, b.outcomeDoc(call, out), key, true)
	return m
}

// Kick has new rows of the outbox delivered.
func (b *Bot) Kick() { b.outbox.kick() }

// composed is an answer that is ready to be stored.
type composed struct {
	message *message
	file    *message
	next    string // the line of the next page
}

// outcomeDoc puts an outcome into words.
func (b *Bot) outcomeDoc(call *commands.Call, out commands.Outcome) render.Doc {
	if out.Err != nil {
		return commands.Explain(call, out).Doc()
	}
	var doc render.Doc
	if out.Result != nil {
		doc = out.Result.View()
	}
	if call.Env.DryRun && call.Changes() {
		doc = out.DryRunDoc()
	}
	if out.Again != nil {
		doc = append(doc, render.Para{render.Text("It goes on by itself; the end is reported here.")})
	}
	return append(doc, call.DatesDoc()...)
}

// say tells a room something outside of any command, once per step. Inside of a
// transaction the caller kicks the outbox after it.
func (b *Bot) say(ctx context.Context, room id.RoomID, step string, doc render.Doc) error {
	plain, html := render.Room(doc, b.renderOptions())
	m := &message{MsgType: "m.notice", Body: plain, Format: "org.matrix.custom.html", FormattedBody: html}
	t := target{Room: room}
	err := b.Store.Enqueue(ctx, t.out(fmt.Sprintf("%s %s", step, room), m))
	b.outbox.kick()
	return err
}
