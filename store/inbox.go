package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math/bits"
	"strings"
	"time"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix/id"
)

// InboxState is how far an event has come.
type InboxState string

// The states of an event. A command goes from pending to started when it begins to act, and ends in one of the others.
const (
	InboxPending     InboxState = "pending"
	InboxStarted     InboxState = "started"
	InboxDone        InboxState = "done"
	InboxInterrupted InboxState = "interrupted" // the process ended while it was started; reported, not run again
	InboxInvalid     InboxState = "invalid"     // cannot be read as an event
	InboxIgnored     InboxState = "ignored"     // nothing for us
)

// String returns the state as it is stored.
func (s InboxState) String() string { return string(s) }

// InboxEvent is an event that the homeserver gave us, kept until it has an outcome and for weeks after.
type InboxEvent struct {
	Seq        int64 // order of arrival
	EventID    id.EventID
	RoomID     id.RoomID
	Sender     id.UserID
	Type       string
	Raw        json.RawMessage // as it came; empty when finished
	State      InboxState      // pending if empty
	OriginTS   time.Time       // the sender's clock
	ReceivedTS time.Time       // now if zero
	Command    string          // the masked command, when finished
	AuditRef   int64           // its intent, 0 if there is none
	FinishedTS time.Time
}

const (
	inboxColumns  = `seq, event_id, room_id, sender, type, raw, state, origin_ts, received_ts, command, audit_ref, finished_ts`
	inboxInsert   = `INSERT INTO inbox (event_id, room_id, sender, type, raw, state, origin_ts, received_ts) VALUES `
	inboxValues   = `(?,?,?,?,?,?,?,?)`
	inboxConflict = ` ON CONFLICT (event_id) DO NOTHING`
	inboxGet      = `SELECT ` + inboxColumns + ` FROM inbox WHERE event_id = ?1`
	inboxPending  = `SELECT ` + inboxColumns + ` FROM inbox WHERE state = 'pending' AND seq > ?1 ORDER BY seq LIMIT ?2`
	inboxStarted  = `SELECT ` + inboxColumns + ` FROM inbox WHERE state = 'started' ORDER BY seq`
	inboxCount    = `SELECT (SELECT count(*) FROM inbox WHERE state = 'pending') + (SELECT coalesce(sum(count), 0) FROM arrival)`
	inboxKnown    = `SELECT event_id FROM inbox WHERE event_id IN (SELECT value FROM json_each(?1))`
	inboxStart    = `UPDATE inbox SET state = 'started', audit_ref = ?2 WHERE event_id = ?1 AND state = 'pending'`
	inboxSetRef   = `UPDATE inbox SET audit_ref = ?2 WHERE event_id = ?1`
	inboxRequeue  = `UPDATE inbox SET state = 'pending' WHERE event_id = ?1 AND state = 'started'`
	inboxFinish   = `UPDATE inbox SET state = ?2, command = ?3, raw = x'', finished_ts = ?4 WHERE event_id = ?1 AND state IN ('pending','started')`
	inboxRedact   = `UPDATE inbox SET raw = x'' WHERE event_id = ?1`
	inboxBatch    = 64 // rows per statement; a power of two
)

// insertQuery inserts a number of rows.
func insertQuery(rows int) string {
	return inboxInsert + strings.Repeat(inboxValues+",", rows-1) + inboxValues + inboxConflict
}

// AddEvents stores events in one transaction and returns how many were new. Events that are known by their id stay as
// they are. When it returns nil, they are on the disk. See AddTransaction for when somebody waits.
func (s *Store) AddEvents(ctx context.Context, events []InboxEvent) (added int, err error) {
	if len(events) == 0 {
		return 0, nil
	}
	if err := s.takeArrivals(ctx); err != nil { // they were first
		return 0, err
	}
	err = s.InTx(ctx, func(ctx context.Context) error {
		added, err = s.insertEvents(ctx, events)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store %d events: %w", len(events), err)
	}
	return added, nil
}

// insertEvents inserts 64, 32, 16 … rows at once, so that any number of events needs few different statements, which
// the connection keeps prepared.
func (s *Store) insertEvents(ctx context.Context, events []InboxEvent) (added int, err error) {
	now := s.now()
	args := make([]any, 0, 8*min(len(events), inboxBatch))
	for len(events) > 0 {
		rows := 1 << (bits.Len(uint(min(len(events), inboxBatch))) - 1)
		args = args[:0]
		for _, e := range events[:rows] {
			args = append(args, e.EventID.String(), e.RoomID.String(), e.Sender.String(), e.Type, rawBytes(e.Raw),
				stateOr(e.State, InboxPending), ms(e.OriginTS), ms(timeOr(e.ReceivedTS, now)))
		}
		n, err := s.exec(ctx, insertQuery(rows), args...)
		if err != nil {
			return 0, err
		}
		added += int(n)
		events = events[rows:]
	}
	return added, nil
}

// Get returns an event.
func (s *Store) Get(ctx context.Context, eventID id.EventID) (InboxEvent, bool, error) {
	if err := s.takeArrivals(ctx); err != nil {
		return InboxEvent{}, false, err
	}
	return one[InboxEvent](ctx, s, "read event", inboxGet, eventID)
}

// Known returns which of the events are stored.
func (s *Store) Known(ctx context.Context, events []id.EventID) (map[id.EventID]bool, error) {
	if err := s.takeArrivals(ctx); err != nil {
		return nil, err
	}
	list, err := json.Marshal(events)
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	rows, err := many[eventRow](ctx, s, "look up events", inboxKnown, string(list))
	if err != nil {
		return nil, err
	}
	known := make(map[id.EventID]bool, len(rows))
	for _, r := range rows {
		known[r.ID] = true
	}
	return known, nil
}

// PendingAfter returns at most limit pending events that came after seq, in order of arrival.
func (s *Store) PendingAfter(ctx context.Context, seq int64, limit int) ([]InboxEvent, error) {
	if err := s.takeArrivals(ctx); err != nil {
		return nil, err
	}
	return many[InboxEvent](ctx, s, "read pending events", inboxPending, seq, limit)
}

// PendingCount returns how many events are pending. It may count some twice that came twice just now.
func (s *Store) PendingCount(ctx context.Context) (int, error) {
	n, _, err := scalar[int](ctx, s, "count pending events", inboxCount)
	return n, err
}

// Started returns the events that were being worked on, in order of arrival. At start, with the lock just taken, these
// are the ones that a crash interrupted.
func (s *Store) Started(ctx context.Context) ([]InboxEvent, error) {
	return many[InboxEvent](ctx, s, "read started events", inboxStarted)
}

// Start notes that a pending event is about to act under the audit record ref (0 for none). It returns false when the
// event is not pending: somebody else has it.
func (s *Store) Start(ctx context.Context, eventID id.EventID, ref int64) (bool, error) {
	n, err := s.exec(ctx, inboxStart, eventID, ref)
	if err != nil {
		return false, fmt.Errorf("start event: %w", err)
	}
	return n == 1, nil
}

// SetAuditRef notes the audit record of an event whose intent is written after it was started.
func (s *Store) SetAuditRef(ctx context.Context, eventID id.EventID, ref int64) error {
	return s.change(ctx, "note audit record of event", inboxSetRef, eventID, ref)
}

// Requeue makes a started event pending again, for what may be run twice.
func (s *Store) Requeue(ctx context.Context, eventID id.EventID) error {
	return s.change(ctx, "requeue event", inboxRequeue, eventID)
}

// Finish gives an event its final state. Of what it said only the masked command stays, here and in the answered
// prompts that belong to it; see [Store.ScrubAfterSecret]. An event that is finished stays as it is.
func (s *Store) Finish(ctx context.Context, eventID id.EventID, state InboxState, maskedCommand string) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		if err := s.change(ctx, "finish event", inboxFinish, eventID, state, maskedCommand, ms(s.now())); err != nil {
			return err
		}
		return s.ScrubPrompts(ctx, eventID)
	})
}

// ForgetRaw removes what an event said before it is finished, when it was redacted.
func (s *Store) ForgetRaw(ctx context.Context, eventID id.EventID) error {
	return s.change(ctx, "forget event", inboxRedact, eventID)
}

func (e *InboxEvent) scan(r dbutil.Scannable) error {
	return r.Scan(&e.Seq, &e.EventID, &e.RoomID, &e.Sender, &e.Type, (*[]byte)(&e.Raw), &e.State, at(&e.OriginTS),
		at(&e.ReceivedTS), &e.Command, &e.AuditRef, at(&e.FinishedTS))
}

type eventRow struct{ ID id.EventID }

func (e *eventRow) scan(r dbutil.Scannable) error { return r.Scan(&e.ID) }

// rawBytes never is nil, which would be stored as NULL.
func rawBytes(raw json.RawMessage) []byte {
	if raw == nil {
		return []byte{}
	}
	return raw
}

func stateOr(state, fallback InboxState) string {
	if state == "" {
		return string(fallback)
	}
	return string(state)
}

func timeOr(t, fallback time.Time) time.Time {
	if t.IsZero() {
		return fallback
	}
	return t
}
