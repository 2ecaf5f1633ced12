package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/render"
	"caretaker/store"
)

// frozen is what a prompt keeps of the moment it was made.
type frozen struct {
	Line   string     `json:"line"` // with everything resolved: what was previewed is what runs
	Thread id.EventID `json:"thread,omitempty"`
}

func (f frozen) String() string { return string(mustJSON(f)) }

func thaw(p store.Prompt) (f frozen) {
	_ = json.Unmarshal([]byte(p.Frozen), &f)
	return f
}

// promptStep is the outbox step of a prompt; a command can have several, one after the other.
func promptStep(code string) string { return "prompt-" + code }

// ask puts a prompt into the room in place of running the call: because it
// destroys, or because it is old.
func (r *request) ask(ctx context.Context, typed string, age time.Duration) {
	preview, err := r.bot.Executor.Preview(ctx, r.call)
	if err != nil {
		r.refuse(ctx, err)
		return
	}
	why := ""
	if age > r.bot.MaxAge {
		why = fmt.Sprintf("This was sent %s ago. Run it now?", roughly(age))
	}
	r.seen.cancel()
	err = r.bot.prompt(ctx, question{target: r.target(), call: r.call, typed: typed, preview: preview, why: why}, nil)
	if err != nil {
		r.bot.Log.Error().Err(err).Stringer("event_id", r.in.EventID).Msg("prompt cannot be stored; it follows after the next start")
	}
}

// question is what a prompt is made of.
type question struct {
	target  target
	call    *commands.Call
	typed   string // the line before its references were resolved
	preview commands.Result
	why     string // besides that the command asks
}

// prompt stores and sends a prompt; the row that led to it is finished with it, and
// what also does is done in the same transaction.
func (b *Bot) prompt(ctx context.Context, q question, also func(context.Context) error) error {
	risk, _ := q.call.Risk()
	now := b.Now()
	p := store.Prompt{
		EventID: q.target.Event, RoomID: q.target.Room, Requester: q.target.Sender, Line: q.typed, Body: q.call.Body,
		Frozen: frozen{q.call.Line(), q.target.Thread}.String(), Count: 1, Risk: risk.String(), CreatedTS: now, ExpiresTS: now.Add(b.ConfirmIn),
	}
	err := store.ErrCodeTaken
	for range 5 {
		if !errors.Is(err, store.ErrCodeTaken) {
			break
		}
		p.Code = newCode()
		m, _ := b.notice(q.target, b.promptDoc(q.call, p, q.preview, q.why), outcomeKey{Status: commands.StatusConfirm, Code: p.Code}, true)
		err = b.commit(ctx, func(ctx context.Context) error {
			if also != nil {
				if err := also(ctx); err != nil {
					return err
				}
			}
			return b.storePrompt(ctx, q, p, m)
		})
	}
	b.outbox.kick()
	b.promptsChanged()
	return err
}

// storePrompt joins the transaction in ctx.
func (b *Bot) storePrompt(ctx context.Context, q question, p store.Prompt, m *message) error {
	t, step := q.target, promptStep(p.Code)
	if err := b.Store.AddPrompt(ctx, p); err != nil {
		return err
	}
	rows := []store.Out{t.out(step, m)}
	if p.Risk != commands.Catastrophic.String() {
		rows = append(rows, t.reactTo(step+"-yes", "✅", step), t.reactTo(step+"-no", "❌", step))
	}
	earlier, err := b.takeBackMarks(ctx, t)
	if err != nil {
		return err
	}
	if err := b.Store.Enqueue(ctx, append(rows, earlier...)...); err != nil {
		return err
	}
	return b.Store.Finish(ctx, t.Row, store.InboxDone, maskedLine(q.call))
}

func (b *Bot) promptDoc(call *commands.Call, p store.Prompt, preview commands.Result, why string) render.Doc {
	doc := render.Doc{render.Para{render.Bold{render.Text("Please confirm: ")}, render.Command(call.Masked())}}
	if why != "" {
		doc = append(doc, render.Para{render.Text(why)})
	}
	doc = append(doc, preview.View()...)
	doc = append(doc, call.DatesDoc()...)
	until := p.ExpiresTS.In(b.Zone).Format("15:04 MST")
	if p.Risk == commands.Catastrophic.String() {
		return append(doc, render.Para{
			render.Command(fmt.Sprintf("confirm %s %s", p.Code, "N")), render.Text(" runs it; N is the number of targets. "),
			render.Command("cancel " + p.Code), render.Text(" drops it. It waits for you until " + until + "."),
		})
	}
	return append(doc, render.Para{
		render.Text("✅ or "), render.Command("confirm " + p.Code), render.Text(" runs it, ❌ or "),
		render.Command("cancel " + p.Code), render.Text(" drops it. It waits for you until " + until + "."),
	})
}

// codeLetters has nothing that looks like something else.
const codeLetters = "abcdefghjkmnpqrstuvwxyz23456789"

func newCode() string {
	var code strings.Builder
	for range 6 {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(codeLetters))))
		if err != nil {
			panic(err) // crypto/rand never fails
		}
		code.WriteByte(codeLetters[n.Int64()])
	}
	return code.String()
}

// expirePrompts cancels prompts that nobody answered, until ctx ends.
func (b *Bot) expirePrompts(ctx context.Context) {
	for ctx.Err() == nil {
		wait := time.Minute
		if b.expireDue(ctx) {
			if next, ok, err := b.Store.NextExpiry(ctx); err == nil && ok {
				wait = min(wait, max(0, next.Sub(b.Now()))+time.Millisecond)
			}
		}
		select {
		case <-ctx.Done():
		case <-b.promptSignal:
		case <-time.After(wait):
		}
	}
}

// expireDue reports whether all went well.
func (b *Bot) expireDue(ctx context.Context) bool {
	due, err := b.Store.OpenPromptsExpired(ctx, b.Now())
	for _, p := range due {
		_, failed := b.endPrompt(ctx, p, store.PromptExpired, nil, "Nobody confirmed in time: nothing was changed.")
		err = errors.Join(err, failed)
	}
	if err != nil && ctx.Err() == nil {
		b.Log.Error().Err(err).Msg("prompts cannot be ended")
	}
	return err == nil
}

func (b *Bot) promptsChanged() {
	select {
	case b.promptSignal <- struct{}{}:
	default:
	}
}

// endPrompt ends a prompt without running anything: its message is edited, and
// this edit is the command's final answer. By is who cancelled, nil for the clock.
func (b *Bot) endPrompt(ctx context.Context, p store.Prompt, state store.PromptState, by *incoming, text string) (won bool, err error) {
	t := target{Event: p.EventID, Room: p.RoomID, Thread: thaw(p).Thread, Sender: p.Requester, Row: p.EventID}
	var line render.Inline = render.Text("the command")
	if call, err := b.promptCall(p); err == nil {
		t.Name, line = call.Command.Name, render.Command(call.Masked())
	}
	doc := render.Doc{render.Para{render.Bold{render.Text("Cancelled: ")}, line}, render.Para{render.Text(text)}}
	answer := t.after(t.out(stepAnswer, b.edited(t, doc, outcomeKey{Status: commands.StatusCancelled})), promptStep(p.Code))
	mark := t.after(t.react(stepMark, commands.StatusCancelled.Mark(), t.Event), stepAnswer)
	err = b.commit(ctx, func(ctx context.Context) error {
		if won, err = b.Store.AnswerPrompt(ctx, p.Code, state, answeredBy(by), b.Now()); err != nil || !won {
			return err
		}
		earlier, err := b.takeBackMarks(ctx, t)
		if err != nil {
			return err
		}
		if err := b.Store.Enqueue(ctx, append(earlier, answer, mark)...); err != nil {
			return err
		}
		if by == nil { // then there is no row that would end with it
			return b.Store.ScrubPrompts(ctx, p.EventID)
		}
		if err := b.Store.Enqueue(ctx, doneMark(by)...); err != nil {
			return err
		}
		return b.Store.Finish(ctx, by.EventID, store.InboxDone, "cancel "+p.Code)
	})
	b.outbox.kick()
	return won && err == nil, err
}

func answeredBy(by *incoming) id.EventID {
	if by == nil {
		return ""
	}
	return by.EventID
}

// doneMark is ✅ on a confirm or cancel that was typed; a reaction gets none.
func doneMark(by *incoming) []store.Out {
	if by.Type == event.EventReaction.Type {
		return nil
	}
	t := target{Event: by.EventID, Room: by.RoomID}
	return []store.Out{t.react(stepMark, commands.StatusOK.Mark(), t.Event)}
}

// promptCall reads the call that a prompt is about, as it was typed. A newer
// version may not know it any more.
func (b *Bot) promptCall(p store.Prompt) (*commands.Call, error) {
	line, err := commands.Tokenise(p.Line)
	if err != nil {
		return nil, err
	}
	line.Body = p.Body
	return b.Registry.Parse(line, b.promptEnv(p))
}

// promptEnv holds the facts of the command that a prompt is about. The role is that
// of now; the clock is that of the prompt, so that "30 days" means what was shown.
func (b *Bot) promptEnv(p store.Prompt) commands.Env {
	return commands.Env{
		Caller: commands.Caller{UserID: p.Requester, Name: string(p.Requester), Role: b.RoleOf(p.Requester)},
		Door:   commands.DoorRoom, Room: p.RoomID, Event: p.EventID, Thread: thaw(p).Thread,
		ServerName: b.ServerName, Bot: b.Bot, Prefix: b.Prefix, Now: p.CreatedTS, Zone: b.Zone,
	}
}

// roughly says a duration in words: "50 seconds", "25 minutes", "3 hours", "2 days".
func roughly(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d seconds", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
