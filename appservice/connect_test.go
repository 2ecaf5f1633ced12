package appservice

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// connecting is a connection under test, with short waits and signals instead of a clock.
type connecting struct {
	*Connection
	t         *testing.T
	log       *syncBuffer
	connected chan struct{}
	waits     chan int // the attempts after which it waited
	stop      func()
}

// connect runs a connection to the homeserver at url until the test ends.
func connect(t *testing.T, url string, identity *Identity) *connecting {
	t.Helper()
	c := &connecting{t: t, log: new(syncBuffer), connected: make(chan struct{}, 100), waits: make(chan int, 10000)}
	c.Connection = NewConnection(ConnectionOptions{
		Homeserver:  identity,
		URL:         url,
		Listener:    "http://127.0.0.1:29340",
		Profile:     Profile{DisplayName: "Caretaker"},
		OnConnected: func(context.Context) { c.connected <- struct{}{} },
		Log:         zerolog.New(c.log),
	})
	c.retry = func(attempt int) time.Duration { c.waits <- attempt; return time.Millisecond }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = c.Run(ctx) }()
	c.stop = func() { cancel(); <-done }
	t.Cleanup(c.stop)
	return c
}

// wantReason waits for the next attempt that fails and checks what is said about it.
func (c *connecting) wantReason(want string) {
	c.t.Helper()
	<-c.waits
	if ready, reason := c.State(); ready || !strings.Contains(reason, want) {
		c.t.Errorf("got %v %q, want %q", ready, reason, want)
	}
}

// wantReady waits until the connection is ready.
func (c *connecting) wantReady() {
	c.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		if ready, _ := c.State(); ready {
			return
		}
		select {
		case <-c.waits:
		case <-deadline:
			_, reason := c.State()
			c.t.Fatalf("not ready: %s", reason)
		case <-time.After(time.Millisecond):
		}
	}
}

// working is a homeserver that knows the bot.
func working() map[string]string {
	return map[string]string{
		register:                          `400 {"errcode":"M_USER_IN_USE","error":"taken"}`,
		whoami:                            `200 {"user_id":"@caretaker:example.org"}`,
		versions:                          `200 {"versions":["v1.11"]}`,
		pingBot:                           `200 {"duration_ms":3}`,
		"GET " + profile:                  `200 {"displayname":"Bot"}`,
		"PUT " + profile + "/displayname": `200 {}`,
	}
}

func TestConnects(t *testing.T) {
	t.Parallel()
	h := newFakeHomeserver(t, working())
	c := connect(t, h.server.URL, h.identity(zerolog.Nop()))
	<-c.connected
	c.wantReady()
	h.mu.Lock()
	calls := strings.Join(h.calls, "\n")
	h.mu.Unlock()
	if ping, name := strings.Index(calls, pingBot), strings.Index(calls, "/displayname"); ping < 0 || name < 0 || ping > name {
		t.Errorf("want the ping, then the profile:\n%s", calls)
	}
}

func TestWaitsUntilTheRegistrationIsInstalled(t *testing.T) {
	t.Parallel()
	h := newFakeHomeserver(t, working())
	h.set(register, `401 {"errcode":"M_UNKNOWN_TOKEN","error":"Invalid access token passed."}`)
	c := connect(t, h.server.URL, h.identity(zerolog.Nop()))
	c.wantReason("the homeserver does not know this registration yet: install registration.yaml")
	c.wantReason("does not know")
	h.set(register, `200 {}`)
	c.wantReady()
	<-c.connected
	if got := strings.Count(c.log.String(), "waiting for the homeserver"); got != 1 {
		t.Errorf("said it %d times within a minute, want once:\n%s", got, c.log)
	}
}

func TestWaitsForTheHomeserver(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	_ = listener.Close()
	identity, err := NewIdentity(IdentityOptions{HomeserverURL: "http://" + addr, Bot: testBot, Registration: NewRegistration(testBot, ""), Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	c := connect(t, "http://"+addr, identity)
	c.wantReason("the homeserver is unreachable at http://" + addr + ": connection refused")
	select {
	case <-c.connected:
		t.Error("connected to nothing")
	default:
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, call, answer, want string }{
		{"exclusive", register, `400 {"errcode":"M_EXCLUSIVE"}`, "is not for this bot"},
		{"forbidden", register, `403 {"errcode":"M_FORBIDDEN"}`, "is not for this bot"},
		{"a web page", register, `200 <html>hello`, ""},
		{"a proxy without backend", register, `502 <html>Bad Gateway`, "(status 502) is not a homeserver, or one that is starting"},
		{"not found", register, `404 <html>nothing here`, "(status 404) is not a homeserver"},
		{"a broken homeserver", whoami, `500 {"errcode":"M_UNKNOWN"}`, "answers M_UNKNOWN (status 500)"},
		{"half of an answer", whoami, `200 {"user_id":"@car`, "(status 200) is not a homeserver"},
		{"other server name", whoami, `200 {"user_id":"@caretaker:example.com"}`, "takes the bot for @caretaker:example.com instead of @caretaker:example.org: check homeserver.server_name"},
		{"listener not reached", pingBot, `502 {"errcode":"M_CONNECTION_FAILED"}`, "cannot reach the bot at http://127.0.0.1:29340: check appservice.url"},
		{"listener too slow", pingBot, `504 {"errcode":"M_CONNECTION_TIMEOUT"}`, "cannot reach the bot"},
		{"no url installed", pingBot, `400 {"errcode":"M_URL_NOT_SET"}`, "cannot reach the bot"},
		{"other hs_token", pingBot, `502 {"errcode":"M_BAD_STATUS","status":401}`, "the installed hs_token differs"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			answers := working()
			answers[tt.call] = tt.answer
			h := newFakeHomeserver(t, answers)
			c := connect(t, h.server.URL, h.identity(zerolog.Nop()))
			if tt.want == "" { // the next question tells
				c.wantReady()
				return
			}
			c.wantReason(tt.want)
			if !strings.Contains(c.log.String(), "waiting for the homeserver") {
				t.Errorf("the log does not say why: %s", c.log)
			}
		})
	}
}

func TestPingThatFailsDoesNotHoldUpTheRest(t *testing.T) {
	t.Parallel()
	h := newFakeHomeserver(t, working())
	h.set(pingBot, `502 {"errcode":"M_CONNECTION_FAILED"}`)
	c := connect(t, h.server.URL, h.identity(zerolog.Nop()))
	<-c.connected
	c.wantReason("cannot reach the bot")
	h.set(pingBot, `200 {"duration_ms":1}`)
	c.wantReady()
	if len(c.connected) != 0 {
		t.Error("what follows the connection was done again")
	}
}

func TestRecheck(t *testing.T) {
	t.Parallel()
	h := newFakeHomeserver(t, working())
	c := connect(t, h.server.URL, h.identity(zerolog.Nop()))
	<-c.connected
	c.wantReady()

	h.set(register, `502 <html>`)
	c.Recheck()
	c.wantReason("status 502")
	h.set(register, `200 {}`)
	<-c.connected // again, since something may have been missed
	c.wantReady()

	c.Recheck() // nothing is wrong
	c.Recheck()
	c.stop()
	if len(c.connected) != 0 {
		t.Error("what follows the connection was done although it was never lost")
	}
}

func TestStopsWhileTheHomeserverHangs(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	var once atomic.Bool
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if once.CompareAndSwap(false, true) {
			asked <- struct{}{}
		}
		_, _ = r.Body.Read(make([]byte, 1000))
		<-r.Context().Done()
	}))
	defer hanging.Close()
	identity, err := NewIdentity(IdentityOptions{HomeserverURL: hanging.URL, Bot: testBot, Registration: NewRegistration(testBot, ""), Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	c := connect(t, hanging.URL, identity)
	<-asked
	c.stop() // returns at once; the test's time limit is the check
	if strings.Contains(c.log.String(), "waiting") {
		t.Errorf("stopping is no reason to complain: %s", c.log)
	}
}

func TestWaitingIsSaidOnceAMinute(t *testing.T) {
	t.Parallel()
	now := time.Unix(1700000000, 0)
	log := new(syncBuffer)
	w := waiting{log: zerolog.New(log), now: func() time.Time { return now }}
	for range 130 {
		w.say(waitReason{text: "one"})
		now = now.Add(time.Second)
	}
	w.say(waitReason{text: "another"})
	var reasons []string
	for line := range strings.Lines(log.String()) {
		var entry struct{ Level, Reason string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Level != "warn" {
			t.Errorf("%s: %v", line, err)
		}
		reasons = append(reasons, entry.Reason)
	}
	if got := strings.Join(reasons, " "); got != "one one one another" {
		t.Errorf("got %q", got)
	}
}

func TestRetriesStayShort(t *testing.T) {
	t.Parallel()
	c := NewConnection(ConnectionOptions{})
	var got []time.Duration
	for attempt := 1; attempt <= 5; attempt++ {
		got = append(got, c.retry(attempt))
	}
	if want := []time.Duration{1e9, 2e9, 3e9, 3e9, 3e9}; got[0] != want[0] || got[1] != want[1] || got[4] != want[4] {
		t.Errorf("got %v, want %v", got, want)
	}
	if ready, reason := c.State(); ready || reason == "" {
		t.Errorf("before the first attempt: %v %q", ready, reason)
	}
}
