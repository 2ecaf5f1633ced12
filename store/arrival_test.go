package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"caretaker/store"

	"maunium.net/go/mautrix/id"
)

// Homeservers repeat transactions, with more events, in another order, under other ids.
func TestRepeatedTransactionsGiveEachEventOnce(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	list := events(4)
	for _, transaction := range [][]store.InboxEvent{list[:2], list[:3], {list[2], list[1], list[0]}, list, list} {
		ok(t, s.AddTransaction(t.Context(), transaction))
	}
	rows, err := s.PendingAfter(t.Context(), 0, 100)
	ok(t, err)
	equal(t, "rows", len(rows), 4)
	equal(t, "last", rows[3].EventID, "$3")
	ok(t, s.Finish(t.Context(), "$0", store.InboxDone, "whoami"))
	ok(t, s.AddTransaction(t.Context(), list))
	rows, err = s.PendingAfter(t.Context(), 0, 100)
	ok(t, err)
	equal(t, "rows after one is finished", len(rows), 3)
	count, err := s.Transactions(t.Context())
	ok(t, err)
	equal(t, "transactions", count, 6)
}

func TestArrivalsSurviveAndKeepTheirOrder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "caretaker.db")
	crashed := openStore(t, path, store.Options{})
	const transactions = 50 // more than are moved at once
	for n := range transactions {
		ok(t, crashed.AddTransaction(t.Context(), []store.InboxEvent{
			{EventID: id.EventID(fmt.Sprint("$", 2*n)), Raw: []byte("\x00\xff")}, {EventID: id.EventID(fmt.Sprint("$", 2*n+1))},
		}))
	}
	reader := openStore(t, path, store.Options{ReadOnly: true})
	pending, err := reader.PendingCount(t.Context())
	ok(t, err)
	equal(t, "pending for a reader", pending, 2*transactions)

	s := openStore(t, path, store.Options{})
	known, err := s.Known(t.Context(), []id.EventID{"$99"})
	ok(t, err)
	equal(t, "last one is known", known["$99"], true)
	rows, err := s.PendingAfter(t.Context(), 0, 1000)
	ok(t, err)
	equal(t, "rows", len(rows), 2*transactions)
	for i, row := range rows {
		equal(t, "order", row.EventID, id.EventID(fmt.Sprint("$", i)))
	}
	equal(t, "raw", string(rows[0].Raw), "\x00\xff")
	equal(t, "received", rows[0].ReceivedTS.IsZero(), false)
	equal(t, "origin", rows[0].OriginTS.IsZero(), true)
	pending, err = s.PendingCount(t.Context())
	ok(t, err)
	equal(t, "pending", pending, 2*transactions)
}

func TestAddTransactionJoinsATransaction(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	_ = s.InTx(t.Context(), func(ctx context.Context) error {
		ok(t, s.AddTransaction(ctx, events(3)))
		rows, err := s.PendingAfter(ctx, 0, 10)
		ok(t, err)
		equal(t, "rows inside", len(rows), 3)
		return context.Canceled
	})
	rows, err := s.PendingAfter(t.Context(), 0, 10)
	ok(t, err)
	equal(t, "rows after the rollback", len(rows), 0)
}

func TestAddTransactionEndsItsWaitWithTheContext(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	busy, release, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- s.InTx(t.Context(), func(context.Context) error {
			close(busy)
			<-release
			return nil
		})
	}()
	<-busy
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.AddTransaction(ctx, events(1)); err == nil {
		t.Error("stored while another transaction was open")
	}
	close(release)
	ok(t, <-done)
	ok(t, s.AddTransaction(t.Context(), events(1)))
}
