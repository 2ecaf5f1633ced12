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
	stepSeen     = "seen"     // 👀
	stepWorking  = "working"  // ⏳
	stepMark     = "mark"     // the final mark
)

// cursorLife is how long "next" continues a list.
const cursorLife = time.Hour

func (r *request) target() target {
	t := target{Event: r.in.EventID, Room: r.in.RoomID, Thread: r.in.thread(), Sender: r.in.Sender, Row: r.in.EventID}
	t.NoMark = r.in.Type == "m.reaction"
	if r.call != nil && r.call.Command != nil {
		t.Name = r.call.Command.Name
	}
	return t
}

// refuse answers with an error that nothing was run for.
func (r *request) refuse(ctx context.Context, err error) {
	r.finish(ctx, commands.OutcomeOf(nil, err))
}

// finish answers the request. The confirmed command that took the row over
// finishes it itself.
func (r *request) finish(ctx context.Context, out commands.Outcome) {
	if errors.Is(out.Err, errTaken) {
		return
	}
	r.seen.cancel()
	if r.call == nil {
		r.call = &commands.Call{Env: r.env("")}
	}
	r.bot.conclude(ctx, r.target(), r.call, out)
}

// conclude commits what became of a call, together with the answer and the mark,
// and has them delivered.
func (b *Bot) conclude(ctx context.Context, t target, call *commands.Call, out commands.Outcome) {
	if ctx.Err() != nil && out.Err != nil {
		out.Status = commands.StatusInterrupted
	}
	ctx = context.WithoutCancel(ctx)
	if secret, ok := out.Result.(commands.Secretive); ok && out.Err == nil && !call.Env.DryRun {
		out = b.deliverSecret(ctx, call, out, secret)
	}
	a := b.compose(ctx, t, call, out)
	err := b.Store.InTx(ctx, func(ctx context.Context) error {
		rows, err := b.answerRows(ctx, t, call, out, a)
		if err != nil {
			return err
		}
		if err := b.Store.Enqueue(ctx, rows...); err != nil {
			return err
		}
		if a.next != "" {
			cursor := store.Cursor{RoomID: t.Room, UserID: t.Sender, Line: a.next, ListEvent: t.Event, ExpiresTS: b.Now().Add(cursorLife)}
			if err := b.Store.PutCursor(ctx, cursor); err != nil {
				return err
			}
		}
		return b.Store.Finish(ctx, t.Row, store.InboxDone, maskedLine(call))
	})
	if err != nil {
		b.Log.Error().Err(err).Stringer("event_id", t.Event).Msg("answer cannot be stored; it follows after the next start")
		return
	}
	if out.Again != nil {
		b.Jobs.Wake()
	}
	b.outbox.kick()
}

// answerRows records the outcome and lists what goes to the room: answer, mark,
// and what takes earlier marks back. It runs inside the transaction.
func (b *Bot) answerRows(ctx context.Context, t target, call *commands.Call, out commands.Outcome, a composed) ([]store.Out, error) {
	var rows []store.Out
	step, markStep := stepAnswer, stepMark
	if out.Again != nil {
		number, err := b.Jobs.Add(ctx, call, out)
		if err != nil {
			return nil, err
		}
		a.message.Outcome.Job = number
		step, markStep = stepAccepted, stepWorking
	} else if err := b.auditOutcome(ctx, out); err != nil {
		return nil, err
	}
	if a.message != nil {
		rows = append(rows, t.out(step, a.message))
	}
	if a.file != nil {
		rows = append(rows, t.out(stepFile, a.file))
	}
	if a.next != "" {
		rows = append(rows, t.reactTo(stepMore, "▶", step))
	}
	for _, earlier := range []string{stepSeen, stepWorking} {
		if has, err := b.Store.HasStep(ctx, t.Event, earlier); err != nil {
			return nil, err
		} else if has {
			rows = append(rows, t.takeBack(earlier))
		}
	}
	if mark := out.Status.Mark(); mark != "" && !t.NoMark {
		m := t.react(markStep, mark, t.Event)
		if a.message != nil {
			m.RefStep = step // only for the order: the mark follows the answer
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
	return b.Store.AuditOutcome(ctx, ref, AuditStatus(out), detail)
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
	t := target{Event: op.EventID, Room: op.RoomID, Sender: call.Env.Caller.UserID, Row: op.EventID, Name: call.Command.Name}
	t.Thread = call.Env.Thread
	doc := b.outcomeDoc(call, out)
	m, _ := b.notice(t, doc, outcomeKey{Status: out.Status, Ref: out.Ref, Job: op.ID}, true)
	rows, err := b.answerRows(ctx, t, call, out, composed{message: m})
	if err != nil {
		return err
	}
	return b.Store.Enqueue(ctx, rows...)
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
		doc = commands.RequestsDoc(out.Requests)
	}
	if out.Again != nil {
		doc = append(doc, render.Para{render.Text("It goes on by itself; the end is reported here.")})
	}
	return append(doc, call.DatesDoc()...)
}

// say tells a room something outside of any command.
func (b *Bot) say(ctx context.Context, room id.RoomID, step string, doc render.Doc) error {
	plain, html := render.Room(doc, b.renderOptions())
	m := &message{MsgType: "m.notice", Body: plain, Format: "org.matrix.custom.html", FormattedBody: html}
	t := target{Room: room}
	err := b.Store.Enqueue(ctx, t.out(fmt.Sprintf("%s %s", step, room), m))
	b.outbox.kick()
	return err
}
