package bot

import (
	"encoding/json"
	"fmt"

	"maunium.net/go/mautrix/id"

	"caretaker/store"
)

// incoming is one row of the inbox, parsed as far as needed.
type incoming struct {
	store.InboxEvent
	StateKey *string
	Content  content
	raw      json.RawMessage // the content alone, for comparing
}

// content holds what we read of message, reaction and member events.
type content struct {
	MsgType       string          `json:"msgtype"`
	Body          string          `json:"body"`
	Format        string          `json:"format"`
	FormattedBody string          `json:"formatted_body"`
	RelatesTo     relation        `json:"m.relates_to"`
	NewContent    json.RawMessage `json:"m.new_content"`
	Mentions      struct {
		UserIDs []id.UserID `json:"user_ids"`
	} `json:"m.mentions"`
	Membership string `json:"membership"`
}

// relation is how an event refers to another (specification, client-server API 11.17, "Forming relationships").
type relation struct {
	RelType       string     `json:"rel_type"`
	EventID       id.EventID `json:"event_id"`
	Key           string     `json:"key"`
	IsFallingBack bool       `json:"is_falling_back"`
	InReplyTo     struct {
		EventID id.EventID `json:"event_id"`
	} `json:"m.in_reply_to"`
}

// parse reads a row. An event with a content of unexpected types is an error; it
// can be no command.
func parse(row store.InboxEvent) (*incoming, error) {
	var wire struct {
		StateKey *string         `json:"state_key"`
		Content  json.RawMessage `json:"content"`
	}
	in := &incoming{InboxEvent: row}
	if err := json.Unmarshal(row.Raw, &wire); err != nil {
		return nil, fmt.Errorf("read event %s: %w", row.EventID, err)
	}
	in.StateKey, in.raw = wire.StateKey, wire.Content
	if len(wire.Content) == 0 {
		return in, nil
	}
	if err := json.Unmarshal(wire.Content, &in.Content); err != nil {
		return nil, fmt.Errorf("read content of %s: %w", row.EventID, err)
	}
	return in, nil
}

// thread is the root of the thread the event is in, "" for none.
func (in *incoming) thread() id.EventID {
	if in.Content.RelatesTo.RelType == "m.thread" {
		return in.Content.RelatesTo.EventID
	}
	return ""
}

// repliesTo is the message that was replied to on purpose: clients put a fallback
// into every message of a thread, which is no reply.
func (in *incoming) repliesTo() id.EventID {
	if in.Content.RelatesTo.RelType == "m.thread" && in.Content.RelatesTo.IsFallingBack {
		return ""
	}
	return in.Content.RelatesTo.InReplyTo.EventID
}
