package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"caretaker/store"

	"maunium.net/go/mautrix/id"
)

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// newStore opens a new database with a clock that stands still.
func newStore(t *testing.T) (*store.Store, *clock) {
	t.Helper()
	c := newClock()
	s := openStore(t, filepath.Join(t.TempDir(), "caretaker.db"), store.Options{Now: c.Now})
	return s, c
}

// openStore opens a database that is closed when the test ends, unless the test closes it.
func openStore(t *testing.T, path string, opts store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), path, opts)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// rawExec changes the file behind the store's back.
func rawExec(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func TestInTxKeepsAllOrNothing(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	failure := errors.New("stop")
	err := s.InTx(t.Context(), func(ctx context.Context) error {
		ok(t, s.SetSetting(ctx, "a", "1"))
		ok(t, s.InTx(ctx, func(ctx context.Context) error { return s.SetSetting(ctx, "b", "2") }))
		if _, found, _ := s.Setting(ctx, "b"); !found {
			t.Error("the transaction does not see what it wrote")
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Fatalf("got %v", err)
	}
	for _, key := range []string{"a", "b"} {
		if _, found, err := s.Setting(t.Context(), key); found || err != nil {
			t.Errorf("%s survived the rollback (%v)", key, err)
		}
	}
}

func TestInTxRollsBackWhenItPanics(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	func() {
		defer func() { _ = recover() }()
		_ = s.InTx(t.Context(), func(ctx context.Context) error {
			ok(t, s.SetSetting(ctx, "a", "1"))
			panic("broken command")
		})
	}()
	ok(t, s.SetSetting(t.Context(), "b", "2")) // the one writing connection is free again
	if _, found, _ := s.Setting(t.Context(), "a"); found {
		t.Error("what the panicking transaction wrote was kept")
	}
}

// The writer is one connection. Who asks for it inside a transaction without the transaction's context would wait for
// ever, so it must be told.
func TestUsingTheOuterContextInsideATransactionPanics(t *testing.T) {
	t.Parallel()
	outside := t.Context()
	uses := map[string]func(*store.Store) error{
		"write":       func(s *store.Store) error { return s.SetSetting(outside, "a", "1") },
		"read":        func(s *store.Store) error { _, _, err := s.Setting(outside, "a"); return err },
		"transaction": func(s *store.Store) error { return s.InTx(outside, func(context.Context) error { return nil }) },
	}
	for name, use := range uses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := newStore(t)
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			_ = s.InTx(outside, func(context.Context) error { return use(s) })
		})
	}
}

func TestReadersDoNotWaitForAWriter(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	ok(t, s.SetSetting(t.Context(), "a", "old"))
	written, read := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	go func() {
		done <- s.InTx(t.Context(), func(ctx context.Context) error {
			defer func() { <-read }()
			defer close(written)
			return s.SetSetting(ctx, "a", "new")
		})
	}()
	<-written
	value, _, err := s.Setting(t.Context(), "a")
	close(read)
	ok(t, err)
	equal(t, "value while the writer is busy", value, "old")
	ok(t, <-done)
}

func TestTwoProcessesWriteToOneFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "caretaker.db")
	const each = 50
	var wg sync.WaitGroup
	for process := range 2 {
		s := openStore(t, path, store.Options{})
		wg.Go(func() {
			for n := range each {
				_, err := s.AddEvents(t.Context(), []store.InboxEvent{{EventID: id.EventID(fmt.Sprintf("$%d-%d", process, n))}})
				if err == nil {
					_, err = s.AuditIntent(t.Context(), store.AuditRecord{Actor: fmt.Sprint(process)})
				}
				if err != nil {
					t.Errorf("process %d: %v", process, err)
					return
				}
			}
		})
	}
	wg.Wait()
	s := openStore(t, path, store.Options{ReadOnly: true})
	pending, err := s.PendingCount(t.Context())
	ok(t, err)
	equal(t, "events", pending, 2*each)
	result, err := s.AuditVerify(t.Context())
	ok(t, err)
	if !result.OK || result.Records != 2*each {
		t.Errorf("audit chain of two writers: %+v", result)
	}
}

func TestFirstStartOfSeveralProcessesAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "caretaker.db")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := store.Open(t.Context(), path, store.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
