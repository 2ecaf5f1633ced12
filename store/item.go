package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.mau.fi/util/dbutil"
)

// ItemState is how far one item of an operation has come.
type ItemState int

// The states of an item.
const (
	ItemOpen ItemState = iota
	ItemClaimed
	ItemDone
	ItemFailed
)

// String returns the state for people and logs.
func (s ItemState) String() string {
	names := [...]string{"open", "claimed", "done", "failed"}
	if s < 0 || int(s) >= len(names) {
		return fmt.Sprintf("state %d", int(s))
	}
	return names[s]
}

// Item is one target of an operation.
type Item struct {
	ID          int64
	OperationID int64
	Target      string
	State       ItemState
	Resume      string    // where the command wants to go on, such as the homeserver's task id; empty at first
	Attempts    int       // claims
	NextAt      time.Time // not before
	ClaimedAt   time.Time // first claim
	Error       string
	Result      json.RawMessage
}

// "state < 2" stands in every query literally: only then the partial index is used.
const (
	itemColumns = `i.id, i.operation_id, i.target, i.state, i.item_state, i.attempts, i.next_at, i.claimed_at, i.error, i.result`
	itemInsert  = `INSERT INTO operation_item (operation_id, target, item_state, next_at, result) VALUES (?1,?2,?3,?4,?5) ON CONFLICT (operation_id, target) DO NOTHING`
	itemTotal   = `UPDATE operation SET total = total + ?2 WHERE id = ?1`
	itemList    = `SELECT ` + itemColumns + ` FROM operation_item i WHERE i.operation_id = ?1 ORDER BY i.id`
	itemDue     = `SELECT ` + itemColumns + ` FROM operation o JOIN operation_item i ON i.operation_id = o.id AND i.state < 2
		WHERE o.state IN ('preparing','running','paused') AND o.state = 'running' AND i.state = 0 AND i.next_at <= ?1
		ORDER BY i.next_at, i.id LIMIT ?2`
	itemNext = `SELECT min(i.next_at) FROM operation o JOIN operation_item i ON i.operation_id = o.id AND i.state < 2
		WHERE o.state IN ('preparing','running','paused') AND o.state = 'running' AND i.state = 0 HAVING count(*) > 0`
	itemClaim = `UPDATE operation_item SET state = 1, attempts = attempts + 1, claimed_at = CASE claimed_at WHEN 0 THEN ?2 ELSE claimed_at END
		WHERE id = ?1 AND state = 0 AND (SELECT state FROM operation WHERE id = operation_id) = 'running'`
	itemAgain = `UPDATE operation_item SET state = 0, item_state = ?2, next_at = ?3 WHERE id = ?1 AND state = 1`
	itemEnd   = `UPDATE operation_item SET state = ?2, error = ?3, result = ?4 WHERE id = ?1 AND state < 2 RETURNING operation_id`
	itemTally = `UPDATE operation SET done = done + ?2, failed = failed + ?3 WHERE id = ?1`
	itemReset = `UPDATE operation_item SET state = 0 WHERE state < 2 AND state = 1 AND operation_id IN
		(SELECT id FROM operation WHERE state IN ('preparing','running','paused'))`
)

// AddItems adds items to an operation that is being prepared; targets that it has already are left out.
func (s *Store) AddItems(ctx context.Context, operation int64, items ...Item) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		var added int64
		for _, item := range items {
			n, err := s.exec(ctx, itemInsert, operation, item.Target, item.Resume, ms(item.NextAt), string(item.Result))
			if err != nil {
				return fmt.Errorf("store item %s: %w", item.Target, err)
			}
			added += n
		}
		return s.change(ctx, "count items", itemTotal, operation, added)
	})
}

// Items returns all items of an operation.
func (s *Store) Items(ctx context.Context, operation int64) ([]Item, error) {
	return many[Item](ctx, s, "read items", itemList, operation)
}

// DueItems returns at most limit items of running operations that are open and due at now.
func (s *Store) DueItems(ctx context.Context, now time.Time, limit int) ([]Item, error) {
	return many[Item](ctx, s, "read due items", itemDue, ms(now), limit)
}

// NextItem returns when the next open item of a running operation is due, possibly in the past; false if there is none.
func (s *Store) NextItem(ctx context.Context) (time.Time, bool, error) {
	at, ok, err := scalar[int64](ctx, s, "read next item", itemNext)
	return time.UnixMilli(at), ok, err
}

// ClaimItem takes an open item of a running operation before anything is done for it; false when somebody else has it
// or the operation was paused or cancelled meanwhile.
func (s *Store) ClaimItem(ctx context.Context, item int64) (bool, error) {
	n, err := s.exec(ctx, itemClaim, item, ms(s.now()))
	if err != nil {
		return false, fmt.Errorf("claim item: %w", err)
	}
	return n == 1, nil
}

// SetItemAgain gives a claimed item back: the command wants to go on with resume, not before nextAt.
func (s *Store) SetItemAgain(ctx context.Context, item int64, resume string, nextAt time.Time) error {
	return s.change(ctx, "put item back", itemAgain, item, resume, ms(nextAt))
}

// FinishItem ends an item, done or failed, and with the last one its operation. It returns the operation as it is now
// and whether this call ended it. An item that has ended stays as it is.
func (s *Store) FinishItem(ctx context.Context, item int64, state ItemState, cause string, result json.RawMessage) (op Operation, ended bool, err error) {
	if state != ItemDone && state != ItemFailed {
		return op, false, fmt.Errorf("finish item %d: %s is no end", item, state)
	}
	err = s.InTx(ctx, func(ctx context.Context) error {
		number, ok, err := scalar[int64](ctx, s, "end item", itemEnd, item, int(state), cause, string(result))
		if err != nil || !ok {
			return err
		}
		done := 0
		if state == ItemDone {
			done = 1
		}
		if err := s.change(ctx, "count item", itemTally, number, done, 1-done); err != nil {
			return err
		}
		n, err := s.exec(ctx, operationEnd, number, ms(s.now()))
		if err != nil {
			return err
		}
		ended = n == 1
		op, _, err = s.Operation(ctx, number)
		return err
	})
	if err != nil {
		return Operation{}, false, fmt.Errorf("finish item: %w", err)
	}
	return op, ended, nil
}

// ResetClaims opens the claimed items again and returns how many: what they asked for may have happened. Only right
// after taking the lock, when nobody can be working on them.
func (s *Store) ResetClaims(ctx context.Context) (int, error) {
	n, err := s.exec(ctx, itemReset)
	if err != nil {
		return 0, fmt.Errorf("open claimed items: %w", err)
	}
	return int(n), nil
}

func (i *Item) scan(r dbutil.Scannable) error {
	return r.Scan(&i.ID, &i.OperationID, &i.Target, &i.State, &i.Resume, &i.Attempts, at(&i.NextAt), at(&i.ClaimedAt), &i.Error,
		(*rawText)(&i.Result))
}
