package client

import (
	"encoding/json"
	"fmt"
	"time"
)

// Event is one event of a room.
type Event struct {
	ID       string         `json:"event_id"`
	Type     string         `json:"type"`
	Sender   string         `json:"sender"`
	StateKey *string        `json:"state_key"`
	Millis   int64          `json:"origin_server_ts"`
	Content  map[string]any `json:"content"`
	// Raw is the event as the server sent it.
	Raw json.RawMessage `json:"-"`
}

// UnmarshalJSON keeps the raw form beside the fields.
func (e *Event) UnmarshalJSON(raw []byte) error {
	type plain Event
	if err := json.Unmarshal(raw, (*plain)(e)); err != nil {
		return err
	}
	e.Raw = append(e.Raw[:0:0], raw...)
	return nil
}

// Time is when the sender's server got the event.
func (e Event) Time() time.Time { return time.UnixMilli(e.Millis) }

// Body is the plain text of a message.
func (e Event) Body() string { return e.Text("body") }

// HTML is the formatted text of a message, empty if it has none.
func (e Event) HTML() string { return e.Text("formatted_body") }

// Text returns a string in the content, found by keys from outside to inside; empty if there is none.
func (e Event) Text(keys ...string) string {
	text, _ := e.Get(keys...).(string)
	return text
}

// Get returns what is in the content at keys from outside to inside, nil if there is nothing.
func (e Event) Get(keys ...string) any {
	var value any = e.Content
	for _, key := range keys {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[key]
	}
	return value
}

// ReplyTo is the event that a message replies to, empty if it is no reply.
func (e Event) ReplyTo() string { return e.Text("m.relates_to", "m.in_reply_to", "event_id") }

// Replaces is the event whose new version this is, empty if it is no edit.
func (e Event) Replaces() string {
	if e.Text("m.relates_to", "rel_type") != "m.replace" {
		return ""
	}
	return e.Text("m.relates_to", "event_id")
}

// Reaction returns the event reacted to and the key, empty if this is no reaction.
func (e Event) Reaction() (event, key string) {
	if e.Type != "m.reaction" || e.Text("m.relates_to", "rel_type") != "m.annotation" {
		return "", ""
	}
	return e.Text("m.relates_to", "event_id"), e.Text("m.relates_to", "key")
}

// Redacts is the event that a redaction removes, in every room version; empty if this is no redaction.
func (e Event) Redacts() string {
	if e.Type != "m.room.redaction" {
		return ""
	}
	if target := e.Text("redacts"); target != "" {
		return target
	}
	var old struct {
		Redacts string `json:"redacts"`
	}
	_ = json.Unmarshal(e.Raw, &old) // it was JSON before
	return old.Redacts
}

// Mentions are the users that a message mentions.
func (e Event) Mentions() []string {
	list, _ := e.Get("m.mentions", "user_ids").([]any)
	users := make([]string, 0, len(list))
	for _, user := range list {
		users = append(users, fmt.Sprint(user))
	}
	return users
}

func decode(raw []byte, out any) error {
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("decode %.100s: %w", raw, err)
	}
	return nil
}
