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
// destroys, because it is old, or because its target changed.
func (r *request) ask(ctx context.Context, typed string, age time.Duration, why string) {
	preview, err := r.bot.Executor.Preview(ctx, r.call)
	if err != nil {
		r.refuse(ctx, err)
		return
	}
	r.seen.cancel()
	if age > r.bot.MaxAge {
		why = fmt.Sprintf("This was sent %s ago. Run it now?", roughly(age))
	}
	r.bot.prompt(ctx, r.target(), r.call, typed, preview, why)
}

// prompt stores and sends a prompt; the row that led to it is finished with it.
func (b *Bot) prompt(ctx context.Context, t target, call *commands.Call, typed string, preview commands.Result, why string) {
	risk, _ := call.Risk()
	now := b.Now()
	p := store.Prompt{
		EventID: t.Event, RoomID: t.Room, Requester: t.Sender, Line: typed, Body: call.Body,
		Frozen: frozen{call.Line(), t.Thread}.String(), Count: 1, Risk: risk.String(), CreatedTS: now, ExpiresTS: now.Add(b.ConfirmIn),
	}
	var err error
	for range 5 { // a code can be taken
		p.Code = newCode()
		doc := b.promptDoc(call, p, preview, why)
		m, _ := b.notice(t, doc, outcomeKey{Status: commands.StatusConfirm, Code: p.Code}, true)
		if err = b.storePrompt(ctx, t, call, p, m, risk); !errors.Is(err, store.ErrCodeTaken) {
			break
		}
	}
	if err != nil {
		b.Log.Error().Err(err).Stringer("event_id", t.Event).Msg("prompt cannot be stored")
		return
	}
	b.outbox.kick()
	b.promptsChanged()
}

func (b *Bot) storePrompt(ctx context.Context, t target, call *commands.Call, p store.Prompt, m *message, risk commands.Risk) error {
	step := promptStep(p.Code)
	rows := []store.Out{t.out(step, m)}
	if risk < commands.Catastrophic {
		rows = append(rows, t.reactTo(step+"-yes", "✅", step), t.reactTo(step+"-no", "❌", step))
	}
	return b.Store.InTx(ctx, func(ctx context.Context) error {
		if err := b.Store.AddPrompt(ctx, p); err != nil {
			return err
		}
		if has, err := b.Store.HasStep(ctx, t.Event, stepSeen); err != nil {
			return err
		} else if has {
			rows = append(rows, t.takeBack(stepSeen))
		}
		if err := b.Store.Enqueue(ctx, rows...); err != nil {
			return err
		}
		return b.Store.Finish(ctx, t.Row, store.InboxDone, maskedLine(call))
	})
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
		due, err := b.Store.OpenPromptsExpired(ctx, b.Now())
		if err != nil && ctx.Err() == nil {
			b.Log.Error().Err(err).Msg("prompts cannot be read")
		}
		for _, p := range due {
			b.endPrompt(ctx, p, store.PromptExpired, "", "Nobody confirmed in time: nothing was changed.")
		}
		wait := time.Minute
		if next, ok, err := b.Store.NextExpiry(ctx); err == nil && ok {
			wait = min(wait, max(0, next.Sub(b.Now()))+time.Millisecond)
		}
		select {
		case <-ctx.Done():
		case <-b.promptSignal:
		case <-time.After(wait):
		}
	}
}

func (b *Bot) promptsChanged() {
	select {
	case b.promptSignal <- struct{}{}:
	default:
	}
}

// endPrompt ends a prompt without running anything: its message is edited, and
// this edit is the command's final answer.
func (b *Bot) endPrompt(ctx context.Context, p store.Prompt, state store.PromptState, by id.EventID, text string) (won bool) {
	t := target{Event: p.EventID, Room: p.RoomID, Thread: thaw(p).Thread, Sender: p.Requester}
	name := ""
	if call := b.promptCall(p, commands.Env{}); call.Command != nil {
		name = call.Command.Name
	}
	t.Name = name
	doc := render.Doc{
		render.Para{render.Bold{render.Text("Cancelled: ")}, render.Command(thaw(p).Line)},
		render.Para{render.Text(text)},
	}
	answer := t.out(stepAnswer, b.edited(t, doc, outcomeKey{Status: commands.StatusCancelled}))
	answer.RefStep = promptStep(p.Code)
	mark := t.react(stepMark, commands.StatusCancelled.Mark(), t.Event)
	err := b.Store.InTx(ctx, func(ctx context.Context) error {
		var err error
		if won, err = b.Store.AnswerPrompt(ctx, p.Code, state, by, b.Now()); err != nil || !won {
			return err
		}
		rows := []store.Out{answer, mark}
		if by != "" {
			rows = append(rows, b.doneMark(t, by)...)
			if err := b.Store.Finish(ctx, by, store.InboxDone, "cancel "+p.Code); err != nil {
				return err
			}
		}
		return b.Store.Enqueue(ctx, rows...)
	})
	if err != nil {
		b.Log.Error().Err(err).Msg("prompt cannot be ended")
		return false
	}
	b.outbox.kick()
	return won
}

// doneMark is ✅ on a confirm or cancel that was typed; a reaction gets none.
func (b *Bot) doneMark(t target, by id.EventID) []store.Out {
	return []store.Out{{EventID: by, Step: stepMark, RoomID: t.Room, Type: "m.reaction",
		Content: mustJSON(map[string]any{"m.relates_to": &relatesTo{RelType: "m.annotation", EventID: by, Key: commands.StatusOK.Mark()}})}}
}

// promptCall reads the call that a prompt is about, as it was typed.
func (b *Bot) promptCall(p store.Prompt, env commands.Env) *commands.Call {
	line, err := commands.Tokenise(p.Line)
	if err != nil {
		return &commands.Call{Env: env}
	}
	line.Body = p.Body
	if env.Door == "" {
		env = b.promptEnv(p)
	}
	call, _ := b.Registry.Parse(line, env)
	return call
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

// roughly says a duration in words: "25 minutes", "3 hours", "2 days".
func roughly(d time.Duration) string {
	switch {
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
