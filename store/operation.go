package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix/id"
)

// OperationState is how far long work has come.
type OperationState string

// The states of an operation.
const (
	OperationPreparing OperationState = "preparing" // its items are being listed
	OperationRunning   OperationState = "running"
	OperationPaused    OperationState = "paused"
	OperationCancelled OperationState = "cancelled"
	OperationDone      OperationState = "done" // every item is done or failed
)

// String returns the state as it is stored.
func (s OperationState) String() string { return string(s) }

// Operation is long work: what people call a job, with its number.
type Operation struct {
	ID         int64
	Kind       string          // registered name of the command
	Spec       json.RawMessage // resolved arguments; not changed after the start
	State      OperationState  // running if empty
	Total      int
	Done       int
	Failed     int
	Rate       float64   // items per second, 0 for no limit
	NextSlot   time.Time // when the rate allows the next item
	Command    string    // the line, masked
	Body       string
	Requester  string // the actor
	Door       string
	RoomID     id.RoomID
	EventID    id.EventID // the command
	AuditRef   int64
	CreatedTS  time.Time // now if zero
	FinishedTS time.Time
}

const (
	operationColumns = `id, kind, spec, state, total, done, failed, rate, next_slot, command, body, requester, door, room_id, event_id,
		audit_ref, created_ts, finished_ts`
	operationInsert = `INSERT INTO operation (kind, spec, state, total, rate, command, body, requester, door, room_id, event_id, audit_ref, created_ts)
		VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13) RETURNING id`
	operationGet     = `SELECT ` + operationColumns + ` FROM operation WHERE id = ?1`
	operationByEvent = `SELECT ` + operationColumns + ` FROM operation WHERE event_id = ?1 AND event_id <> '' ORDER BY id DESC LIMIT 1`
	operationOpen    = `SELECT ` + operationColumns + ` FROM operation WHERE state IN ('preparing','running','paused') ORDER BY id`
	operationCount   = `SELECT count(*) FILTER (WHERE state = 'running'), count(*) FILTER (WHERE state IN ('preparing','paused'))
		FROM operation WHERE state IN ('preparing','running','paused')`
	operationSet = `UPDATE operation SET state = ?3, finished_ts = CASE WHEN ?3 IN ('cancelled','done') THEN ?4 ELSE 0 END
		WHERE id = ?1 AND state = ?2`
	operationEnd = `UPDATE operation SET state = 'done', finished_ts = ?2 WHERE id = ?1 AND state = 'running'
		AND NOT EXISTS (SELECT 1 FROM operation_item WHERE operation_id = ?1 AND state < 2)`
)

// AddOperation stores an operation with its items and returns its number. Of two items with the same target one is
// stored.
func (s *Store) AddOperation(ctx context.Context, op Operation, items ...Item) (number int64, err error) {
	if op.State == "" {
		op.State = OperationRunning
	}
	err = s.InTx(ctx, func(ctx context.Context) error {
		err := s.write.QueryRow(ctx, operationInsert, op.Kind, string(op.Spec), op.State, 0, op.Rate, op.Command, op.Body, op.Requester,
			op.Door, op.RoomID, op.EventID, op.AuditRef, ms(timeOr(op.CreatedTS, s.now()))).Scan(&number)
		if err != nil {
			return err
		}
		return s.AddItems(ctx, number, items...)
	})
	if err != nil {
		return 0, fmt.Errorf("store operation %s: %w", op.Kind, err)
	}
	return number, nil
}

// Operation returns an operation by its number.
func (s *Store) Operation(ctx context.Context, number int64) (Operation, bool, error) {
	return one[Operation](ctx, s, "read operation", operationGet, number)
}

// OperationByEvent returns the operation that a command started.
func (s *Store) OperationByEvent(ctx context.Context, command id.EventID) (Operation, bool, error) {
	return one[Operation](ctx, s, "read operation of event", operationByEvent, command)
}

// OpenOperations returns the operations that have not ended, oldest first.
func (s *Store) OpenOperations(ctx context.Context) ([]Operation, error) {
	return many[Operation](ctx, s, "list operations", operationOpen)
}

// OperationCounts returns how many operations are running, and how many wait: are being prepared or paused.
func (s *Store) OperationCounts(ctx context.Context) (running, waiting int, err error) {
	err = s.reader(ctx).QueryRowContext(ctx, operationCount).Scan(&running, &waiting)
	if err != nil {
		return 0, 0, fmt.Errorf("count operations: %w", err)
	}
	return running, waiting, nil
}

// SetOperationState takes an operation from one state to another; false when it was not in the first.
func (s *Store) SetOperationState(ctx context.Context, number int64, from, to OperationState) (bool, error) {
	n, err := s.exec(ctx, operationSet, number, from, to, ms(s.now()))
	if err != nil {
		return false, fmt.Errorf("set state of operation: %w", err)
	}
	return n == 1, nil
}

func (o *Operation) scan(r dbutil.Scannable) error {
	return r.Scan(&o.ID, &o.Kind, (*rawText)(&o.Spec), &o.State, &o.Total, &o.Done, &o.Failed, &o.Rate, at(&o.NextSlot), &o.Command,
		&o.Body, &o.Requester, &o.Door, &o.RoomID, &o.EventID, &o.AuditRef, at(&o.CreatedTS), at(&o.FinishedTS))
}
