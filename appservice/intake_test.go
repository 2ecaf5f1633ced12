package appservice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"caretaker/store"

	"github.com/rs/zerolog"

	"maunium.net/go/mautrix/id"
)

const (
	testBot   id.UserID = "@caretaker:example.org"
	testRoom  id.RoomID = "!room:example.org"
	testToken           = "hs-token-hs-token-hs-token"
)

// fixture is an intake in front of a real database.
type fixture struct {
	t      *testing.T
	db     *store.Store
	intake *Intake
	server *httptest.Server
	log    *syncBuffer
	woken  atomic.Int64
}

func newFixture(t *testing.T, change ...func(*IntakeOptions)) *fixture {
	t.Helper()
	f := &fixture{t: t, db: openStore(t), log: new(syncBuffer)}
	reg := NewRegistration(testBot, "http://127.0.0.1:29340")
	reg.ServerToken = testToken
	opts := IntakeOptions{
		Registration: reg,
		Bot:          testBot,
		Inbox:        f.db,
		Wake:         func() { f.woken.Add(1) },
		Log:          zerolog.New(f.log),
	}
	for _, c := range change {
		c(&opts)
	}
	f.intake = NewIntake(opts)
	f.server = httptest.NewServer(f.intake)
	t.Cleanup(f.server.Close)
	return f
}

func openStore(t *testing.T) *store.Store {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "caretaker.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// put sends a transaction and returns the status and the body of the answer.
func (f *fixture) put(txnID, body string) (int, string) {
	f.t.Helper()
	return f.do(http.MethodPut, "/_matrix/app/v1/transactions/"+txnID, "Bearer "+testToken, body)
}

func (f *fixture) do(method, path, authorization, body string) (int, string) {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), method, f.server.URL+path, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := f.server.Client().Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

// accept sends a transaction that must be acknowledged.
func (f *fixture) accept(txnID, body string) {
	f.t.Helper()
	status, answer := f.put(txnID, body)
	if status != http.StatusOK || answer != "{}" {
		f.t.Fatalf("transaction %s: got %d %q, want 200 {}", txnID, status, answer)
	}
}

// get is a stored event.
func (f *fixture) get(eventID id.EventID) store.InboxEvent {
	f.t.Helper()
	f.pending() // has the database look at what arrived
	row, found, err := f.db.Get(f.t.Context(), eventID)
	if err != nil || !found {
		f.t.Fatalf("event %s is not stored: %v", eventID, err)
	}
	return row
}

// pending is the ids of the stored events that wait for the bot, in order.
func (f *fixture) pending() []id.EventID {
	f.t.Helper()
	rows, err := f.db.PendingAfter(f.t.Context(), 0, 10000)
	if err != nil {
		f.t.Fatal(err)
	}
	var ids []id.EventID
	for _, row := range rows {
		ids = append(ids, row.EventID)
	}
	return ids
}

func (f *fixture) wantPending(want ...id.EventID) {
	f.t.Helper()
	if got := f.pending(); fmt.Sprint(got) != fmt.Sprint(want) {
		f.t.Fatalf("pending events: got %v, want %v", got, want)
	}
}

// message is a valid event; transaction makes the body around some.
func message(eventID string) string {
	return fmt.Sprintf(`{"type":"m.room.message","event_id":%q,"room_id":%q,"sender":"@ada:example.org","origin_server_ts":1700000000000,`+
		`"content":{"msgtype":"m.text","body":"!admin whoami"},"unsigned":{"age":5}}`, eventID, testRoom)
}

func transaction(events ...string) string { return `{"events":[` + strings.Join(events, ",") + `]}` }

func TestStoredBeforeAcknowledged(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.accept("1", transaction(message("$a")))
	row := f.get("$a")
	if row.RoomID != testRoom || row.Sender != "@ada:example.org" || row.Type != "m.room.message" ||
		row.State != store.InboxPending || row.OriginTS.UnixMilli() != 1700000000000 {
		t.Errorf("stored %+v", row)
	}
	if f.woken.Load() != 1 {
		t.Errorf("woken %d times, want once", f.woken.Load())
	}
	if f.intake.Transactions() != 1 {
		t.Errorf("counted %d transactions", f.intake.Transactions())
	}
}

func TestTransactionIDsMeanNothing(t *testing.T) {
	t.Parallel()
	t.Run("the same event in five transactions", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		for i := range 5 {
			f.accept(fmt.Sprint(i), transaction(message("$a")))
		}
		f.wantPending("$a")
	})
	t.Run("the same id with more events", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		f.accept("7", transaction(message("$a")))
		f.accept("7", transaction(message("$a"), message("$b"), message("$c")))
		f.wantPending("$a", "$b", "$c")
	})
	t.Run("the homeserver counts from 1 again", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		for i := range 3 {
			f.accept(fmt.Sprint(i+1), transaction(message(fmt.Sprintf("$old%d", i))))
		}
		for i := range 3 {
			f.accept(fmt.Sprint(i+1), transaction(message(fmt.Sprintf("$new%d", i))))
		}
		f.wantPending("$old0", "$old1", "$old2", "$new0", "$new1", "$new2")
	})
	t.Run("twice in one transaction", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		f.accept("1", transaction(message("$a"), message("$a")))
		f.wantPending("$a")
	})
}

func TestParallelTransactions(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			for k := range 10 {
				// Each event is in two transactions of different senders.
				f.accept(fmt.Sprintf("%d-%d", i, k), transaction(message(fmt.Sprintf("$%d-%d", i/2, k))))
			}
		})
	}
	wg.Wait()
	if got := len(f.pending()); got != 50 {
		t.Errorf("stored %d events, want 50", got)
	}
}

func TestOtherRoutes(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	tests := []struct {
		name, method, path, body string
		status                   int
	}{
		{"ping", http.MethodPost, "/_matrix/app/v1/ping", `{"transaction_id":"abc"}`, 200},
		{"ping that is not JSON", http.MethodPost, "/_matrix/app/v1/ping", `{`, 400},
		{"ping without end", http.MethodPost, "/_matrix/app/v1/ping", `{"transaction_id":"` + strings.Repeat("x", 2*maxOtherBody) + `"}`, 400},
		{"the bot exists", http.MethodGet, "/_matrix/app/v1/users/@caretaker:example.org", "", 200},
		{"nobody else does", http.MethodGet, "/_matrix/app/v1/users/@caretaker2:example.org", "", 404},
		{"no aliases", http.MethodGet, "/_matrix/app/v1/rooms/%23a:example.org", "", 404},
		{"alive", http.MethodGet, "/_matrix/mau/live", "", 200},
		{"unknown", http.MethodGet, "/_matrix/app/v1/thirdparty/user/x", "", 404},
		{"wrong method", http.MethodGet, "/_matrix/app/v1/transactions/1", "", 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, answer := f.do(tt.method, tt.path, "Bearer "+testToken, tt.body)
			if status != tt.status || !strings.HasPrefix(answer, "{") {
				t.Errorf("got %d %q, want %d and JSON", status, answer, tt.status)
			}
		})
	}
}

// TestPingsThatArrived: diagnostics find out whether the homeserver's ping came here.
func TestPingsThatArrived(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ping := func(body, want string) {
		t.Helper()
		if status, answer := f.do(http.MethodPost, "/_matrix/app/v1/ping", "Bearer "+testToken, body); status != 200 || strings.TrimSpace(answer) != want {
			t.Errorf("%.40s: got %d %q, want %q", body, status, answer, want)
		}
	}
	const heard, new = `{"dev.caretaker.heard":true}`, `{"dev.caretaker.heard":false}`
	ping(`{"transaction_id":"a"}`, new)
	ping(`{"transaction_id":"a"}`, heard)
	for n := range 3 * keptPings {
		ping(fmt.Sprintf(`{"transaction_id":"%d"}`, n), new)
	}
	ping(`{"transaction_id":"a"}`, new) // long ago
	long := `{"transaction_id":"` + strings.Repeat("x", maxOtherBody/2) + `"}`
	ping(long, new)
	ping(long, new) // not worth the memory
	ping(`{}`, new)
	ping(`{"transaction_id":"b"}`, heard) // for all we know
}

// brokenInbox fails until it is repaired.
type brokenInbox struct {
	Inbox
	broken atomic.Bool
}

func (b *brokenInbox) AddTransaction(ctx context.Context, events []store.InboxEvent) error {
	if b.broken.Load() {
		return errors.New("disk full")
	}
	return b.Inbox.AddTransaction(ctx, events)
}

func TestInboxFails(t *testing.T) {
	t.Parallel()
	inbox := new(brokenInbox)
	f := newFixture(t, func(o *IntakeOptions) { inbox.Inbox, o.Inbox = o.Inbox, inbox })
	inbox.broken.Store(true)
	status, answer := f.put("1", transaction(message("$a"), message("$b")))
	if status != http.StatusServiceUnavailable || !strings.Contains(answer, "M_UNKNOWN") {
		t.Fatalf("got %d %s, want 503", status, answer)
	}
	f.wantPending()
	if f.woken.Load() != 0 || f.intake.Transactions() != 0 {
		t.Error("a transaction that was not stored was counted")
	}
	inbox.broken.Store(false)
	f.accept("1", transaction(message("$a"), message("$b")))
	f.wantPending("$a", "$b")
}

func TestDatabaseClosed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	if err := f.db.Close(); err != nil {
		t.Fatal(err)
	}
	if status, answer := f.put("1", transaction(message("$a"))); status != http.StatusServiceUnavailable {
		t.Errorf("got %d %s, want 503", status, answer)
	}
}

// gatedInbox lets nothing through until its gate is opened.
type gatedInbox struct {
	gate    chan struct{}
	inside  atomic.Int64
	highest atomic.Int64
	entered chan struct{}
}

func (g *gatedInbox) AddTransaction(context.Context, []store.InboxEvent) error {
	n := g.inside.Add(1)
	for {
		high := g.highest.Load()
		if n <= high || g.highest.CompareAndSwap(high, n) {
			break
		}
	}
	g.entered <- struct{}{}
	<-g.gate
	g.inside.Add(-1)
	return nil
}

func TestFewAtATime(t *testing.T) {
	t.Parallel()
	inbox := &gatedInbox{gate: make(chan struct{}), entered: make(chan struct{}, 100)}
	f := newFixture(t, func(o *IntakeOptions) { o.Inbox = inbox })
	var wg sync.WaitGroup
	for i := range 3 * maxParallel {
		wg.Go(func() { f.accept(fmt.Sprint(i), transaction(message(fmt.Sprintf("$%d", i)))) })
	}
	for range maxParallel {
		<-inbox.entered
	}
	close(inbox.gate)
	wg.Wait()
	if got := inbox.highest.Load(); got != maxParallel {
		t.Errorf("%d transactions at once, want %d", got, maxParallel)
	}
}

func TestHangingUpDoesNotUndo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := f.intake.store(ctx, []store.InboxEvent{{EventID: "$a", Type: "m.room.message"}})
	if err != nil {
		t.Errorf("got %v; want the event stored", err)
	}
	f.wantPending("$a")
}

// syncBuffer is a log that several goroutines write.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
