package admin

import (
	"encoding/json"
	"time"

	"maunium.net/go/mautrix/id"
)

// Event is an event of a room, as clients or as servers exchange it.
type Event struct {
	EventID        id.EventID      `json:"event_id"`
	RoomID         id.RoomID       `json:"room_id"`
	Type           string          `json:"type"`
	StateKey       *string         `json:"state_key"` // nil: no state event
	Sender         id.UserID       `json:"sender"`
	OriginServerTS int64           `json:"origin_server_ts"` // milliseconds, as the sender's server claims
	Content        json.RawMessage `json:"content"`
	Unsigned       EventUnsigned   `json:"unsigned"`
}

// EventUnsigned is what the homeserver adds to an event.
type EventUnsigned struct {
	RedactedBecause json.RawMessage `json:"redacted_because"`
}

// Redacted reports whether the event's content was removed.
func (e Event) Redacted() bool { return len(e.Unsigned.RedactedBecause) > 0 }

// Body is the text of a message; empty for anything else.
func (e Event) Body() string {
	var content struct {
		Body string `json:"body"`
	}
	if json.Unmarshal(e.Content, &content) != nil {
		return ""
	}
	return content.Body
}

// FoundEvent is one event as servers exchange it, with what the homeserver knows about it.
type FoundEvent struct {
	Event Event `json:"event"`
}

func (f *FoundEvent) missing() string { return missingIf(f.Event.Type == "", "event") }

// RoomState is the current state of a room, or its part of one type.
type RoomState struct {
	State []Event `json:"state"`
}

func (s *RoomState) missing() string { return missingIf(s.State == nil, "state") }

// MessageQuery selects a page of a room's events. Its zero value begins with the oldest.
type MessageQuery struct {
	From      string // token of an earlier answer; empty: the beginning, or the end when backwards
	Limit     int    // events per page, 0 for the server's default (10)
	Backwards bool   // newest first
}

// Messages is a page of a room's events. An empty Chunk does not mean that there are no more; an empty End does.
type Messages struct {
	Chunk []Event `json:"chunk"`
	Start Cursor  `json:"start"`
	End   Cursor  `json:"end"`
}

func (m *Messages) missing() string { return missingIf(m.Chunk == nil, "chunk") }

// EventContext is an event with those around it. Start and End are tokens for [MessageQuery].
type EventContext struct {
	Event  Event   `json:"event"`
	Before []Event `json:"events_before"` // newest first
	After  []Event `json:"events_after"`
	Start  Cursor  `json:"start"`
	End    Cursor  `json:"end"`
}

func (c *EventContext) missing() string { return missingIf(c.Event.EventID == "", "event") }

// EventAt is the event of a room that is nearest to a moment.
type EventAt struct {
	EventID        id.EventID `json:"event_id"`
	OriginServerTS int64      `json:"origin_server_ts"` // milliseconds
}

func (e *EventAt) missing() string { return missingIf(e.EventID == "", "event_id") }

// PurgeHistory says which events of a room are deleted: those before a moment of receipt, or before an event, which
// itself stays. State is kept in any case.
type PurgeHistory struct {
	Before      time.Time
	BeforeEvent id.EventID // goes before Before
	DeleteLocal bool       // also events of this server's users, which may exist nowhere else
}

// Purge is the answer to a purge of history that was started.
type Purge struct {
	ID string `json:"purge_id"`
}

func (p *Purge) missing() string { return missingIf(p.ID == "", "purge_id") }

// The states of a purge of history.
const (
	PurgeActive   = "active" // also when it waits for its turn
	PurgeComplete = "complete"
	PurgeFailed   = "failed"
)

// PurgeStatus is how far a purge of history has come.
type PurgeStatus struct {
	Status string `json:"status"`
	Error  string `json:"error"` // why it failed, in the server's words
}

func (s *PurgeStatus) missing() string { return missingIf(s.Status == "", "status") }
