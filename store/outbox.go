package store

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix/id"
)

// OutKind is what is done to deliver a row of the outbox.
type OutKind string

// The kinds of delivery.
const (
	OutSend   OutKind = "send"
	OutRedact OutKind = "redact"
)

// String returns the kind as it is stored.
func (k OutKind) String() string { return string(k) }

// OutState is how far a delivery has come.
type OutState string

// The states of a delivery.
const (
	OutWaiting OutState = "waiting"
	OutSent    OutState = "sent"
	OutFailed  OutState = "failed" // given up
)

// String returns the state as it is stored.
func (s OutState) String() string { return string(s) }

// Out is something that the bot has to tell a room, kept until the homeserver has it. It is known by the event that it
// belongs to and a step: there is at most one row of both.
type Out struct {
	ID         int64
	EventID    id.EventID // the command, empty for what the bot says by itself (the step must be unique then)
	Step       string
	RoomID     id.RoomID
	Kind       OutKind // send if empty
	Type       string  // event type of what is sent
	Content    json.RawMessage
	TxnID      string     // derived from EventID and Step if empty
	RefStep    string     // step of the same EventID whose sent event this edits, redacts, reacts or replies to
	RefEvent   id.EventID // the same as an event id; filled in by Waiting for RefStep
	Final      bool       // carries the final answer to EventID
	NotBefore  time.Time
	Attempts   int
	State      OutState
	SentEvent  id.EventID
	Error      string // of the last attempt
	CreatedTS  time.Time
	FinishedTS time.Time
}

const (
	outColumns = `o.id, o.event_id, o.step, o.room_id, o.kind, o.type, o.content, o.txn_id, o.ref_step, o.ref_event, o.final,
		o.not_before, o.attempts, o.state, o.sent_event_id, o.error, o.created_ts, o.finished_ts`
	outInsert = `INSERT INTO outbox (event_id, step, room_id, kind, type, content, txn_id, ref_step, ref_event, final, not_before, created_ts)
		VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12) ON CONFLICT DO NOTHING`
	outSteps   = `SELECT ` + outColumns + ` FROM outbox o WHERE o.event_id = ?1 ORDER BY o.id`
	outFind    = `SELECT ` + outColumns + ` FROM outbox o WHERE o.sent_event_id = ?1 AND o.sent_event_id <> '' ORDER BY o.id LIMIT 1`
	outSentID  = `SELECT sent_event_id FROM outbox WHERE event_id = ?1 AND step = ?2 AND state = 'sent'`
	outHasStep = `SELECT EXISTS (SELECT 1 FROM outbox WHERE event_id = ?1 AND step = ?2)`
	outAnswer  = `SELECT EXISTS (SELECT 1 FROM outbox WHERE event_id = ?1 AND final = 1 AND state <> 'failed')`
	outDrop    = `DELETE FROM outbox WHERE event_id = ?1 AND step = ?2 AND state = 'waiting' AND attempts = 0`
)

// Enqueue stores deliveries in one transaction. One whose event and step (or transaction id) are known is left as it is.
func (s *Store) Enqueue(ctx context.Context, outs ...Out) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		for _, o := range outs {
			if err := s.enqueue(ctx, o); err != nil {
				return fmt.Errorf("queue %s for %s: %w", o.Step, o.RoomID, err)
			}
		}
		return nil
	})
}

func (s *Store) enqueue(ctx context.Context, o Out) error {
	if o.Kind == "" {
		o.Kind = OutSend
	}
	if o.TxnID == "" {
		o.TxnID = TxnID(o.EventID, o.Step)
	}
	_, err := s.exec(ctx, outInsert, o.EventID, o.Step, o.RoomID, o.Kind, o.Type, string(o.Content), o.TxnID, o.RefStep,
		o.RefEvent, o.Final, ms(o.NotBefore), ms(s.now()))
	return err
}

// TxnID is the transaction id of a step: always the same, so that the homeserver drops repeats.
func TxnID(eventID id.EventID, step string) string {
	sum := sha256.Sum256([]byte(string(eventID) + "\x00" + step))
	return "c" + base64.RawURLEncoding.EncodeToString(sum[:18])
}

// Steps returns everything that was queued for an event, oldest first.
func (s *Store) Steps(ctx context.Context, eventID id.EventID) ([]Out, error) {
	return many[Out](ctx, s, "read steps", outSteps, eventID)
}

// HasStep reports whether a step was queued for an event, whatever became of it.
func (s *Store) HasStep(ctx context.Context, eventID id.EventID, step string) (bool, error) {
	has, _, err := scalar[bool](ctx, s, "look up step", outHasStep, eventID, step)
	return has, err
}

// Answered reports whether a final answer to an event is delivered or on its way.
func (s *Store) Answered(ctx context.Context, eventID id.EventID) (bool, error) {
	has, _, err := scalar[bool](ctx, s, "look up answer", outAnswer, eventID)
	return has, err
}

// SentEvent returns what a step became in the room; false while it is not delivered.
func (s *Store) SentEvent(ctx context.Context, eventID id.EventID, step string) (id.EventID, bool, error) {
	return scalar[id.EventID](ctx, s, "look up sent event", outSentID, eventID, step)
}

// FindByEvent returns the row whose delivery became the given event: what a reaction to one of our messages is about.
func (s *Store) FindByEvent(ctx context.Context, sent id.EventID) (Out, bool, error) {
	return one[Out](ctx, s, "look up our message", outFind, sent)
}

// Withdraw takes a step back that nobody has tried to deliver. It returns false when it is too late.
func (s *Store) Withdraw(ctx context.Context, eventID id.EventID, step string) (bool, error) {
	n, err := s.exec(ctx, outDrop, eventID, step)
	if err != nil {
		return false, fmt.Errorf("withdraw step: %w", err)
	}
	return n == 1, nil
}

func (o *Out) scan(r dbutil.Scannable) error {
	return r.Scan(&o.ID, &o.EventID, &o.Step, &o.RoomID, &o.Kind, &o.Type, (*rawText)(&o.Content), &o.TxnID, &o.RefStep,
		&o.RefEvent, &o.Final, at(&o.NotBefore), &o.Attempts, &o.State, &o.SentEvent, &o.Error, at(&o.CreatedTS), at(&o.FinishedTS))
}
