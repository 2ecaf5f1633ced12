package appservice

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"caretaker/store"

	"maunium.net/go/mautrix/id"
)

const (
	// maxEvent is four times what a homeserver may accept as an event.
	maxEvent = 256 << 10
	// keptOfInvalid is how much of an unusable event is stored for whoever looks for the reason.
	keptOfInvalid = 4 << 10
)

var errTransaction = errors.New("the transaction is not a JSON object with a list of events")

// reader turns what the homeserver sends into rows of the inbox.
type reader struct {
	bot   id.UserID
	wants Filter
}

// transaction reads the body of a transaction and returns the rows, and how many events there were. It fails only where
// the list of events cannot be followed to its end; a malformed event is a row like the others.
func (rd reader) transaction(body []byte) (rows []store.InboxEvent, events int, err error) {
	s := scanner{data: body}
	element := func() bool {
		events++
		row, wanted, ok := rd.next(&s)
		if wanted {
			rows = append(rows, row)
		}
		return ok
	}
	ok := s.members(func(key string) bool {
		if key == "events" && s.peek() != 'n' { // null is as good as nothing
			return s.elements(element)
		}
		_, ok := s.skip() // ephemeral events, device lists
		return ok
	})
	if !ok || !s.end() {
		return nil, 0, errTransaction
	}
	return rows, events, nil
}

// next reads the event at which the scanner stands; ok is false where its end cannot be found.
func (rd reader) next(s *scanner) (row store.InboxEvent, wanted, ok bool) {
	s.space()
	start := s.pos
	evt, err := s.event()
	raw := s.data[start:s.pos]
	if err != nil {
		s.pos = start
		if raw, ok = s.skip(); !ok {
			return row, false, false
		}
	}
	row, wanted = rd.row(bytes.TrimSpace(raw), evt, err)
	return row, wanted, true
}

// row makes the row of an event; wanted is false where it cannot matter. What the bot said itself comes back as an event,
// too, and does not.
func (rd reader) row(raw []byte, evt Event, err error) (row store.InboxEvent, wanted bool) {
	switch {
	case evt.Type != "" && !rd.wants(evt.Type, evt.RoomID, evt.StateKey):
		return row, false
	case evt.Sender == rd.bot && evt.StateKey == nil:
		return row, false
	case err != nil || len(raw) > maxEvent:
		return invalidRow(raw), true
	}
	return store.InboxEvent{
		EventID:  evt.ID,
		RoomID:   evt.RoomID,
		Sender:   evt.Sender,
		Type:     evt.Type,
		Raw:      evt.JSON(),
		OriginTS: time.UnixMilli(evt.Timestamp),
	}, true
}

// invalidRow keeps an unusable event under the hash of its bytes, so that it is kept once, however often it comes, and
// cannot take the place of a good one.
func invalidRow(raw []byte) store.InboxEvent {
	sum := sha256.Sum256(raw)
	return store.InboxEvent{
		EventID: id.EventID("sha256:" + hex.EncodeToString(sum[:])),
		Raw:     bytes.Clone(raw[:min(len(raw), keptOfInvalid)]),
		State:   store.InboxInvalid,
	}
}
