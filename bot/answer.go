package bot

import (
	"cmp"
	"encoding/json"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/render"
	"caretaker/store"
)

// target is what an answer belongs to: the command, where it stands, and whose it is.
type target struct {
	Event  id.EventID // the command
	Room   id.RoomID  //
	Thread id.EventID // root, "" outside of threads
	Sender id.UserID  // who gave the command
	Row    id.EventID // the inbox row that ends with the answer; mostly Event
	NoMark bool       // the command is itself a reaction
	Name   string     // of the command, "" when unknown
	// ReplyTo is the message that is replied to where that is not the command.
	ReplyTo id.EventID
}

// OutcomeKey is the key for programs in every answer.
const OutcomeKey = "dev.caretaker.outcome"

// outcomeKey tells programs what became of a command.
type outcomeKey struct {
	Command string          `json:"command,omitempty"`
	Status  commands.Status `json:"status"`
	Event   id.EventID      `json:"event"`
	Ref     string          `json:"ref,omitempty"`
	Job     int64           `json:"job,omitempty"`
	Code    string          `json:"code,omitempty"`
}

// message is the content of an m.notice or m.file of ours.
type message struct {
	MsgType       string      `json:"msgtype"`
	Body          string      `json:"body"`
	Format        string      `json:"format,omitempty"`
	FormattedBody string      `json:"formatted_body,omitempty"`
	FileName      string      `json:"filename,omitempty"`
	URL           string      `json:"url,omitempty"`
	Info          *fileInfo   `json:"info,omitempty"`
	Mentions      mentions    `json:"m.mentions"`
	RelatesTo     *relatesTo  `json:"m.relates_to,omitempty"`
	NewContent    *message    `json:"m.new_content,omitempty"`
	Outcome       *outcomeKey `json:"dev.caretaker.outcome,omitempty"`
}

type mentions struct {
	UserIDs []id.UserID `json:"user_ids,omitempty"`
}

type fileInfo struct {
	MimeType string `json:"mimetype"`
	Size     int    `json:"size"`
}

type relatesTo struct {
	RelType       string     `json:"rel_type,omitempty"`
	EventID       id.EventID `json:"event_id"`
	Key           string     `json:"key,omitempty"`
	IsFallingBack bool       `json:"is_falling_back,omitempty"`
	InReplyTo     *inReplyTo `json:"m.in_reply_to,omitempty"`
}

// MarshalJSON leaves event_id out of plain replies, which have none.
func (r *relatesTo) MarshalJSON() ([]byte, error) {
	type wire relatesTo
	if r.RelType == "" {
		return json.Marshal(struct {
			InReplyTo *inReplyTo `json:"m.in_reply_to"`
		}{r.InReplyTo})
	}
	return json.Marshal((*wire)(r))
}

type inReplyTo struct {
	EventID id.EventID `json:"event_id"`
}

// reply relates an answer to the command, in the command's thread.
func (t target) reply() *relatesTo {
	r := &relatesTo{InReplyTo: &inReplyTo{cmp.Or(t.ReplyTo, t.Event)}}
	if t.Thread != "" {
		r.RelType, r.EventID = "m.thread", t.Thread
	}
	return r
}

// notice renders a document as the answer to a command, shrunk to what fits.
func (b *Bot) notice(t target, doc render.Doc, key outcomeKey, mention bool) (m *message, cut bool) {
	key.Event, key.Command = t.Event, t.Name
	build := func(plain, html string) *message {
		m := &message{
			MsgType: string(event.MsgNotice), Body: plain, Format: string(event.FormatHTML), FormattedBody: html,
			RelatesTo: t.reply(), Outcome: &key,
		}
		if mention {
			m.Mentions.UserIDs = []id.UserID{t.Sender}
		}
		return m
	}
	opts := b.renderOptions()
	doc, cut = render.Shrink(doc, opts, render.EventBudget, func(plain, html string) any { return build(plain, html) })
	return build(render.Room(doc, opts)), cut
}

// edited is the content that replaces an earlier message; which one is filled in at delivery.
func (b *Bot) edited(t target, doc render.Doc, key outcomeKey) *message {
	key.Event, key.Command = t.Event, t.Name
	build := func(plain, html string) *message {
		inner := message{MsgType: string(event.MsgNotice), Body: plain, Format: string(event.FormatHTML), FormattedBody: html, Outcome: &key}
		outer := inner
		outer.NewContent = &inner
		outer.RelatesTo = &relatesTo{RelType: "m.replace"}
		return &outer
	}
	opts := b.renderOptions()
	doc, _ = render.Shrink(doc, opts, render.EditBudget, func(plain, html string) any { return build(plain, html) })
	return build(render.Room(doc, opts))
}

func (b *Bot) renderOptions() render.Options {
	return render.Options{Now: b.Now(), Zone: b.Zone, Prefix: b.Prefix}
}

// out makes an outbox row of a message.
func (t target) out(step string, m *message) store.Out {
	return store.Out{EventID: t.Event, Step: step, RoomID: t.Room, Type: event.EventMessage.Type, Content: mustJSON(m),
		Final: m.Outcome != nil && m.Outcome.Status.Final()}
}

// react makes an outbox row of a reaction to the command.
func (t target) react(step, key string, to id.EventID) store.Out {
	return store.Out{EventID: t.Event, Step: step, RoomID: t.Room, Type: event.EventReaction.Type,
		Content: mustJSON(map[string]any{"m.relates_to": &relatesTo{RelType: "m.annotation", EventID: to, Key: key}})}
}

// reactTo makes an outbox row of a reaction to one of our own messages.
func (t target) reactTo(step, key, refStep string) store.Out {
	o := t.react(step, key, "")
	o.RefStep = refStep
	return o
}

// after has a row wait until an earlier step has come to its end.
func (target) after(row store.Out, step string) store.Out {
	row.RefStep = step
	return row
}

// takeBack makes an outbox row that redacts what an earlier step became.
func (t target) takeBack(step string) store.Out {
	return store.Out{EventID: t.Event, Step: "no-" + step, RoomID: t.Room, Kind: store.OutRedact, RefStep: step}
}

func mustJSON(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types always marshal
	}
	return raw
}

// Answers tells which command a message of the bot has answered for good.
func Answers(content json.RawMessage) (command id.EventID, ok bool) {
	var m struct {
		Outcome *outcomeKey `json:"dev.caretaker.outcome"`
	}
	if json.Unmarshal(content, &m) != nil || m.Outcome == nil || !m.Outcome.Status.Final() {
		return "", false
	}
	return m.Outcome.Event, m.Outcome.Event != ""
}
