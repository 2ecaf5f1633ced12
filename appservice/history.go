package appservice

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"caretaker/store"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// history is what was read of one room so far.
type history struct {
	room   id.RoomID
	since  time.Time
	opts   CatchUpOptions
	reader reader

	rows     []store.InboxEvent // newest first
	answered map[id.EventID]bool
	seen     int
	recent   bool // something on the page is young enough
	complete bool // nothing older matters
}

var errPage = errors.New("the homeserver answered with something that is no page of history")

// read takes in one page and returns where the next, older one begins; "" where there is none.
func (h *history) read(body []byte) (next string, err error) {
	s := scanner{data: body}
	found := false
	h.recent = false
	ok := s.members(func(key string) bool {
		switch key {
		case "chunk":
			found = true
			return s.elements(func() bool { return h.next(&s) })
		case "end":
			value, ok := s.value()
			next, _ = unquote(value)
			return ok
		}
		_, ok := s.skip()
		return ok
	})
	if !ok || !found {
		return "", errPage
	}
	// One event with a wrong clock must not end the search, a whole page does.
	h.complete = h.complete || !h.recent
	return next, nil
}

// next takes in the event at which the scanner stands. What is malformed has been stored as such when it was pushed, or
// is of no use.
func (h *history) next(s *scanner) bool {
	start := s.pos
	evt, err := s.event()
	if err != nil {
		s.pos = start
		_, ok := s.skip()
		return ok
	}
	h.seen++
	if !h.complete {
		h.take(evt)
	}
	return true
}

// take notes what an event means for the past: the bot's joining ends it, since what was said before was not said to it.
func (h *history) take(evt Event) {
	if evt.RoomID != h.room || time.UnixMilli(evt.Timestamp).Before(h.since) {
		return
	}
	h.recent = true
	if evt.Sender == h.opts.Bot && h.opts.Answered != nil {
		if command, ok := h.opts.Answered(evt.Content); ok {
			h.noteAnswer(command)
		}
	}
	if row, wanted := h.reader.row(nil, evt, nil); wanted {
		h.rows = append(h.rows, row)
	}
	h.complete = joins(evt, h.opts.Bot)
}

func (h *history) noteAnswer(command id.EventID) {
	if h.answered == nil {
		h.answered = make(map[id.EventID]bool)
	}
	h.answered[command] = true
}

// unanswered is what goes into the inbox, oldest first.
func (h *history) unanswered() []store.InboxEvent {
	rows := slices.DeleteFunc(h.rows, func(row store.InboxEvent) bool { return h.answered[row.EventID] })
	slices.Reverse(rows)
	return rows
}

// joins tells whether with this event the user came in, as opposed to having changed its name.
func joins(evt Event, user id.UserID) bool {
	if evt.Type != event.StateMember.Type || evt.StateKey == nil || *evt.StateKey != user.String() {
		return false
	}
	var content event.MemberEventContent
	var unsigned struct {
		PrevContent event.MemberEventContent `json:"prev_content"`
	}
	if json.Unmarshal(evt.Content, &content) != nil || content.Membership != event.MembershipJoin {
		return false
	}
	_ = json.Unmarshal(evt.Unsigned, &unsigned) // absent or odd: as if there had been nothing before
	return unsigned.PrevContent.Membership != event.MembershipJoin
}
