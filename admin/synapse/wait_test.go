package synapse_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"caretaker/admin"
	"caretaker/admin/synapse"
)

// script is a transport that gives one answer after the other; the last one stays.
type script struct {
	answers []http.HandlerFunc
	hits    int
	bodies  []string
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		body, _ := io.ReadAll(r.Body)
		s.bodies = append(s.bodies, string(body))
	}
	w := &writer{header: http.Header{}}
	ownAccounts(func(w http.ResponseWriter, r *http.Request) {
		answer := s.answers[min(s.hits, len(s.answers)-1)]
		s.hits++
		answer(w, r)
	}).ServeHTTP(w, r)
	return &http.Response{StatusCode: w.status, Header: w.header, Body: io.NopCloser(&w.body), Request: r}, nil
}

// writer collects an answer.
type writer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *writer) Header() http.Header         { return w.header }
func (w *writer) WriteHeader(status int)      { w.status = status }
func (w *writer) Write(b []byte) (int, error) { return w.body.Write(b) }

func TestWaitingWhenLimited(t *testing.T) {
	t.Parallel()
	good := reply(200, `{"name":"@eve:example.org"}`)
	cases := []struct {
		name    string
		answers []http.HandlerFunc
		took    time.Duration
		hits    int
		ok      bool
	}{
		{"header", []http.HandlerFunc{reply(429, "", "Retry-After", "3"), good}, 3 * time.Second, 2, true},
		{"milliseconds go first", []http.HandlerFunc{reply(429, `{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1500}`, "Retry-After", "2"), good}, 1500 * time.Millisecond, 2, true},
		{"date", []http.HandlerFunc{reply(429, "", "Retry-After", "Sat, 01 Jan 2000 00:00:04 GMT"), good}, 5 * time.Second, 2, true},
		{"neither: longer each time", []http.HandlerFunc{reply(429, ""), reply(429, "nonsense"), reply(429, "{}"), good}, 7 * time.Second, 4, true},
		{"too long", []http.HandlerFunc{reply(429, "", "Retry-After", "31"), good}, 0, 1, false},
		{"never ending", []http.HandlerFunc{reply(429, "", "Retry-After", "8")}, 24 * time.Second, 4, false},
		{"nonsense", []http.HandlerFunc{reply(429, `{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":-5}`, "Retry-After", "-7"), good}, time.Second, 2, true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				transport := &script{answers: tc.answers}
				opts := options("http://homeserver")
				opts.HTTP, opts.Timeout = &http.Client{Transport: transport}, 30*time.Second
				begin := time.Now() // the first of January 2000 in here
				_, err := synapse.New(opts).User(t.Context(), eve)
				if took := time.Since(begin); took != tc.took || transport.hits != tc.hits || (err == nil) != tc.ok {
					t.Errorf("took %s and %d requests, error %v; want %s, %d, ok %v", took, transport.hits, err, tc.took, tc.hits, tc.ok)
				}
			})
		})
	}
}

// TestNoticesAreRepeatable is about the one change that may be sent again: its transaction id makes that harmless.
func TestNoticesAreRepeatable(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := &script{answers: []http.HandlerFunc{reply(429, "", "Retry-After", "2"), reply(200, `{"event_id":"$e"}`)}}
		opts := options("http://homeserver")
		opts.HTTP = &http.Client{Transport: transport}
		answer, err := synapse.New(opts).SendServerNotice(t.Context(), "txn", eve, admin.TextNotice("hi", ""))
		if err != nil || answer.Value.EventID != "$e" {
			t.Errorf("sent %q, %v", answer.Value.EventID, err)
		}
		if len(transport.bodies) != 2 || transport.bodies[0] != transport.bodies[1] || !strings.Contains(transport.bodies[1], "hi") {
			t.Errorf("bodies %q, want the same twice", transport.bodies)
		}
	})
}

func TestChangesAreNotRepeated(t *testing.T) {
	t.Parallel()
	transport := &script{answers: []http.HandlerFunc{reply(429, "", "Retry-After", "2")}}
	opts := options("http://homeserver")
	opts.HTTP = &http.Client{Transport: transport}
	_, err := synapse.New(opts).Deactivate(t.Context(), eve, false)
	e := checkError(t, err, admin.CodeUnavailable, false, "asks to wait")
	if transport.hits != 1 || e.RetryAfter != 2*time.Second {
		t.Errorf("%d requests, retry after %s; want 1 and 2s", transport.hits, e.RetryAfter)
	}
}
