package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"caretaker/store"
)

func newOperation(t *testing.T, s *store.Store, targets ...string) (number int64, items []store.Item) {
	t.Helper()
	var list []store.Item
	for _, target := range targets {
		list = append(list, store.Item{Target: target})
	}
	number, err := s.AddOperation(t.Context(), store.Operation{
		Kind: "room delete", Spec: []byte(`{"block":true}`), Command: "room delete !a:x", Requester: "@ada:x", EventID: "$c", AuditRef: 3,
	}, list...)
	ok(t, err)
	items, err = s.Items(t.Context(), number)
	ok(t, err)
	return number, items
}

func claim(t *testing.T, s *store.Store, item store.Item, want bool) {
	t.Helper()
	won, err := s.ClaimItem(t.Context(), item.ID)
	ok(t, err)
	equal(t, "claim "+item.Target, won, want)
}

func TestOperationOfOneItemFollowsAServersTask(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	number, items := newOperation(t, s, "!a:x")
	due, err := s.DueItems(t.Context(), c.Now(), 10)
	ok(t, err)
	equal(t, "due", len(due), 1)
	claim(t, s, items[0], true)
	claim(t, s, items[0], false)
	ok(t, s.SetItemAgain(t.Context(), items[0].ID, "delete_id 17", c.Now().Add(3*time.Second)))

	due, err = s.DueItems(t.Context(), c.Now(), 10)
	ok(t, err)
	equal(t, "due too early", len(due), 0)
	next, some, err := s.NextItem(t.Context())
	ok(t, err)
	equal(t, "next", some && next.Equal(c.Now().Add(3*time.Second)), true)
	c.Add(3 * time.Second)
	due, err = s.DueItems(t.Context(), c.Now(), 10)
	ok(t, err)
	equal(t, "resume", due[0].Resume, "delete_id 17")
	claim(t, s, due[0], true)

	op, ended, err := s.FinishItem(t.Context(), due[0].ID, store.ItemDone, "", []byte(`{"status":"complete"}`))
	ok(t, err)
	equal(t, "ended", ended, true)
	equal(t, "state", op.State, store.OperationDone)
	equal(t, "number", op.ID, number)
	equal(t, "done", op.Done, 1)
	equal(t, "finished", op.FinishedTS.Equal(c.Now()), true)
	_, ended, err = s.FinishItem(t.Context(), due[0].ID, store.ItemFailed, "late", nil)
	ok(t, err)
	equal(t, "ended again", ended, false)
	items, err = s.Items(t.Context(), number)
	ok(t, err)
	equal(t, "result", string(items[0].Result), `{"status":"complete"}`)
	equal(t, "attempts", items[0].Attempts, 2)
}

func TestOperationEndsWithItsLastItem(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	number, items := newOperation(t, s, "!a:x", "!b:x", "!a:x", "!c:x")
	equal(t, "different targets", len(items), 3)
	var ends atomic.Int32
	var wg sync.WaitGroup
	for n, item := range items {
		wg.Go(func() {
			state := store.ItemDone
			if n == 1 {
				state = store.ItemFailed
			}
			if _, err := s.ClaimItem(t.Context(), item.ID); err != nil {
				t.Error(err)
			}
			_, ended, err := s.FinishItem(t.Context(), item.ID, state, "", nil)
			if err != nil {
				t.Error(err)
			}
			if ended {
				ends.Add(1)
			}
		})
	}
	wg.Wait()
	equal(t, "ends", ends.Load(), 1)
	op, found, err := s.OperationByEvent(t.Context(), "$c")
	ok(t, err)
	equal(t, "found", found, true)
	equal(t, "number", op.ID, number)
	equal(t, "total", op.Total, 3)
	equal(t, "done", op.Done, 2)
	equal(t, "failed", op.Failed, 1)
	due, err := s.DueItems(t.Context(), c.Now(), 10)
	ok(t, err)
	equal(t, "due", len(due), 0)
}

func TestPausedAndCancelledOperationsAreNotWorkedOn(t *testing.T) {
	t.Parallel()
	for _, state := range []store.OperationState{store.OperationPaused, store.OperationCancelled} {
		t.Run(state.String(), func(t *testing.T) {
			t.Parallel()
			s, c := newStore(t)
			number, items := newOperation(t, s, "!a:x", "!b:x")
			claim(t, s, items[0], true)
			changed, err := s.SetOperationState(t.Context(), number, store.OperationRunning, state)
			ok(t, err)
			equal(t, "changed", changed, true)
			changed, err = s.SetOperationState(t.Context(), number, store.OperationRunning, state)
			ok(t, err)
			equal(t, "changed again", changed, false)
			due, err := s.DueItems(t.Context(), c.Now(), 10)
			ok(t, err)
			equal(t, "due", len(due), 0)
			claim(t, s, items[1], false)
			op, _, err := s.FinishItem(t.Context(), items[0].ID, store.ItemDone, "", nil) // was on its way
			ok(t, err)
			equal(t, "state", op.State, state)
			equal(t, "done", op.Done, 1)
		})
	}
}

func TestClaimsAreOpenedAfterACrash(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	_, items := newOperation(t, s, "!a:x", "!b:x", "!c:x")
	claim(t, s, items[0], true)
	claim(t, s, items[1], true)
	_, _, err := s.FinishItem(t.Context(), items[1].ID, store.ItemDone, "", nil)
	ok(t, err)
	crashed := c.Now()
	c.Add(time.Hour)
	doubtful, err := s.ResetClaims(t.Context())
	ok(t, err)
	equal(t, "doubtful", doubtful, 1)
	due, err := s.DueItems(t.Context(), c.Now(), 10)
	ok(t, err)
	equal(t, "due", len(due), 2)
	claim(t, s, due[0], true)
	items, err = s.Items(t.Context(), due[0].OperationID)
	ok(t, err)
	equal(t, "first claim", items[0].ClaimedAt.Equal(crashed), true)
}

func TestOperationCounts(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	newOperation(t, s, "!a:x")
	paused, _ := newOperation(t, s, "!b:x")
	_, err := s.SetOperationState(t.Context(), paused, store.OperationRunning, store.OperationPaused)
	ok(t, err)
	cancelled, _ := newOperation(t, s, "!c:x")
	_, err = s.SetOperationState(t.Context(), cancelled, store.OperationRunning, store.OperationCancelled)
	ok(t, err)
	_, err = s.AddOperation(t.Context(), store.Operation{Kind: "media purge", State: store.OperationPreparing})
	ok(t, err)
	running, waiting, err := s.OperationCounts(t.Context())
	ok(t, err)
	equal(t, "running", running, 1)
	equal(t, "waiting", waiting, 2)
	open, err := s.OpenOperations(t.Context())
	ok(t, err)
	equal(t, "open", len(open), 3)
}
