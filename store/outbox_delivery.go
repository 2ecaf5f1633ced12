package store

import (
	"context"
	"time"

	"maunium.net/go/mautrix/id"
)

// A row that refers to a step waits until that step has an end; one whose step failed comes without RefEvent.
const (
	outWaiting = `SELECT o.id, o.event_id, o.step, o.room_id, o.kind, o.type, o.content, o.txn_id, o.ref_step,
		CASE WHEN o.ref_step = '' THEN o.ref_event ELSE coalesce(r.sent_event_id, '') END, o.final,
		o.not_before, o.attempts, o.state, o.sent_event_id, o.error, o.created_ts, o.finished_ts
		FROM outbox o LEFT JOIN outbox r ON o.ref_step <> '' AND r.event_id = o.event_id AND r.step = o.ref_step
		WHERE o.state = 'waiting' AND o.not_before <= ?1 AND (r.id IS NULL OR r.state <> 'waiting')
		ORDER BY o.id LIMIT ?2`
	outNext = `SELECT min(o.not_before) FROM outbox o
		LEFT JOIN outbox r ON o.ref_step <> '' AND r.event_id = o.event_id AND r.step = o.ref_step
		WHERE o.state = 'waiting' AND (r.id IS NULL OR r.state <> 'waiting') HAVING count(*) > 0`
	outCount  = `SELECT count(*) FROM outbox WHERE state = 'waiting'`
	outMark   = `UPDATE outbox SET state = 'sent', sent_event_id = ?2, content = '', error = '', attempts = attempts + 1, finished_ts = ?3 WHERE id = ?1 AND state = 'waiting'`
	outGiveUp = `UPDATE outbox SET state = 'failed', content = '', error = ?2, attempts = attempts + 1, finished_ts = ?3 WHERE id = ?1 AND state = 'waiting'`
	outDelay  = `UPDATE outbox SET not_before = ?2, error = ?3, attempts = attempts + 1 WHERE id = ?1 AND state = 'waiting'`
)

// Waiting returns at most limit deliveries that are due, oldest first. RefEvent is filled in; what refers to a step
// that was given up or never queued comes with RefStep but without RefEvent.
func (s *Store) Waiting(ctx context.Context, limit int) ([]Out, error) {
	return many[Out](ctx, s, "read deliveries", outWaiting, ms(s.now()), limit)
}

// WaitingCount returns how many deliveries are not done, due or not.
func (s *Store) WaitingCount(ctx context.Context) (int, error) {
	n, _, err := scalar[int](ctx, s, "count deliveries", outCount)
	return n, err
}

// NextDelivery returns when the next waiting delivery is due, possibly in the past; false if there is none.
func (s *Store) NextDelivery(ctx context.Context) (time.Time, bool, error) {
	at, ok, err := scalar[int64](ctx, s, "read next delivery", outNext)
	return time.UnixMilli(at), ok, err
}

// MarkSent notes that a delivery became the given event, and forgets its content.
func (s *Store) MarkSent(ctx context.Context, id int64, sent id.EventID) error {
	return s.change(ctx, "note delivery", outMark, id, sent, ms(s.now()))
}

// MarkFailed gives a delivery up, and forgets its content.
func (s *Store) MarkFailed(ctx context.Context, id int64, cause string) error {
	return s.change(ctx, "give delivery up", outGiveUp, id, cause, ms(s.now()))
}

// Delay counts a failed attempt and sets when to try again.
func (s *Store) Delay(ctx context.Context, id int64, notBefore time.Time, cause string) error {
	return s.change(ctx, "delay delivery", outDelay, id, ms(notBefore), cause)
}
