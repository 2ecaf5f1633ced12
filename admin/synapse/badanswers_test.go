package synapse_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/admin/synapse"
)

const eve = id.UserID("@eve:example.org")

// reply answers with a status, headers (key, value, …) and a body.
func reply(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// reset begins a good answer and then resets the connection.
func reset(w http.ResponseWriter, _ *http.Request) {
	conn, buffer, _ := w.(http.Hijacker).Hijack()
	_, _ = buffer.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"name\":")
	_ = buffer.Flush()
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// drip sends a good answer, but too slowly.
func drip(w http.ResponseWriter, r *http.Request) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for _, c := range `{"name":"@eve:example.org","id_server_unbind_result":"success"}` {
		_, _ = io.WriteString(w, string(c))
		w.(http.Flusher).Flush()
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

const html = "<html><head><title>Bad</title></head></html>"

// TestBadAnswers holds whatever a homeserver, or what stands before it, can answer. Reads may be repeated once where
// that can help; changes are sent once, and where they may have been made the error says that this is unknown.
func TestBadAnswers(t *testing.T) {
	t.Parallel()
	const busy = "too busy"
	type outcome struct {
		code admin.Code
		sent bool
		says string
		hits int32
	}
	unavailable := func(says string) outcome { return outcome{admin.CodeUnavailable, false, says, 1} }
	unknown := func(says string) outcome { return outcome{admin.CodeUnavailable, true, says, 1} }
	twice := func(o outcome) outcome { o.hits = 2; return o }
	cases := []struct {
		name        string
		handler     http.HandlerFunc
		read, write outcome
	}{
		{"1 · 429 with Retry-After", reply(429, `{"errcode":"M_LIMIT_EXCEEDED","error":"Too Many Requests"}`, "Retry-After", "60"), unavailable(busy), unavailable(busy)},
		{"2 · 429 with retry_after_ms only", reply(429, `{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":60000}`), unavailable(busy), unavailable(busy)},
		{"3 · 429 with neither", reply(429, `{"errcode":"M_LIMIT_EXCEEDED"}`), unavailable(busy), unavailable(busy)},
		{"4 · 500 with a Matrix body", reply(500, `{"errcode":"M_UNKNOWN","error":"Internal server error"}`), unavailable("error 500"), unknown("error 500")},
		{"5 · 502 with HTML", reply(502, html), unavailable("error 502"), unknown("error 502")},
		{"6 · 503 with an empty body", reply(503, ""), unavailable("error 503"), unknown("error 503")},
		{"7 · 504 after the proxy's timeout", reply(504, html), unavailable("error 504"), unknown("error 504")},
		{"9 · reset in the middle of the body", reset, twice(unavailable("connection to the homeserver broke")), unknown("connection to the homeserver broke")},
		{"10 · hang before the headers", hang, unavailable("did not answer within 400ms"), unknown("did not answer within 400ms")},
		{"11 · one byte a second", drip, unavailable("did not answer within 400ms"), unknown("did not answer within 400ms")},
		{"12 · 200 with cut JSON", reply(200, `{"name":"@eve:example.org","creat`), unavailable("not one of a homeserver"), unknown("not one of a homeserver")},
		{"13 · 200 with wrong types", reply(200, `{"name":7,"id_server_unbind_result":[]}`), unavailable("not one of a homeserver"), unknown("not one of a homeserver")},
		{"13 · 200 with something else", reply(200, `[]`), unavailable("not one of a homeserver"), unknown("not one of a homeserver")},
		{"14 · redirect to another host", reply(302, "", "Location", "http://127.0.0.1:1/"), unavailable("redirects to another one (set admin.url)"), unavailable("redirects to another one (set admin.url)")},
		{"15 · 200 with 10 MB of body", reply(200, strings.Repeat("x", 10<<20)), unavailable("not one of a homeserver"), unknown("not one of a homeserver")},
		{"15 · 200 with 40 MB of body", reply(200, `{"name":"`+strings.Repeat("x", 40<<20)+`"}`), unavailable("too large"), unknown("too large")},
		{"404 with a proxy's page", reply(404, html), unavailable("does not forward /_synapse/admin"), unavailable("does not forward /_synapse/admin")},
		{"404 with an error of 10 MB", reply(404, strings.Repeat("x", 10<<20)), unavailable("too large"), unknown("too large")},
		{"200 with a web page", reply(200, html), unavailable("not one of a homeserver"), unknown("not one of a homeserver")},
		{"401 of a proxy", reply(401, html), unavailable("does not forward"), unavailable("does not forward")},
	}
	for _, tc := range cases {
		for kind, want := range map[string]outcome{"read": tc.read, "write": tc.write} {
			t.Run(tc.name+", "+kind, func(t *testing.T) {
				t.Parallel()
				var hits atomic.Int32
				server := httptest.NewServer(ownAccounts(func(w http.ResponseWriter, r *http.Request) {
					hits.Add(1)
					_, _ = io.Copy(io.Discard, r.Body)
					tc.handler(w, r)
				}))
				t.Cleanup(server.Close)
				opts := options(server.URL)
				if strings.Contains(want.says, "400ms") || want.says == busy {
					opts.Timeout = 400 * time.Millisecond
				}
				err := readOrWrite(t.Context(), synapse.New(opts), kind)
				checkError(t, err, want.code, want.sent, want.says)
				if hits.Load() != want.hits {
					t.Errorf("sent %d times, want %d", hits.Load(), want.hits)
				}
			})
		}
	}
}

// TestRefused is number 8: nothing was sent, so nothing can have changed.
func TestRefused(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	for _, kind := range []string{"read", "write"} {
		api := synapse.New(options("http://" + listener.Addr().String()))
		checkError(t, readOrWrite(t.Context(), api, kind), admin.CodeUnavailable, false, "no homeserver can be reached at "+listener.Addr().String())
	}
}

func TestNothingSent(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	cases := []struct {
		name, url string
		ctx       context.Context
		says      string
	}{
		{"unknown host", "http://no-such-host.invalid", t.Context(), "no"},
		{"foreign certificate", secure.URL, t.Context(), "the certificate of"},
		{"http spoken as https", strings.Replace(plain.URL, "http:", "https:", 1), t.Context(), "does not speak https"},
		{"cancelled", plain.URL, cancelled, "interrupted before anything was sent"},
		{"no URL", "", t.Context(), "not a URL (set admin.url)"},
		{"no scheme", "localhost:8008", t.Context(), "not a URL (set admin.url)"},
	}
	for _, tc := range cases {
		for _, kind := range []string{"read", "write"} {
			t.Run(tc.name+", "+kind, func(t *testing.T) {
				t.Parallel()
				checkError(t, readOrWrite(tc.ctx, synapse.New(options(tc.url)), kind), admin.CodeUnavailable, false, tc.says)
			})
		}
	}
}

// TestRefusals are answers of a homeserver that works.
func TestRefusals(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		status int
		body   string
		code   admin.Code
		says   string
		hint   string
	}{
		{"unknown user", 404, `{"errcode":"M_NOT_FOUND","error":"User not found"}`, admin.CodeNotFound, "user @eve:example.org does not exist on this server", "user search eve"},
		{"no row", 404, `{"errcode":"M_UNKNOWN","error":"No row found"}`, admin.CodeNotFound, "user @eve:example.org does not exist", "user search eve"},
		{"bad value", 400, `{"errcode":"M_UNKNOWN","error":"Can only look up local users."}`, admin.CodeFailed, ": Can only look up local users", ""},
		{"conflict", 409, `{"errcode":"M_UNKNOWN","error":"External id is\u202e already\nin use"}`, admin.CodeFailed, ": External id is already in use", ""},
		{"nothing to say", 400, `{"errcode":"M_UNKNOWN"}`, admin.CodeFailed, "refuses it with error 400", ""},
		{"code to say", 400, `{"errcode":"M_UNKNOWN","error":"{'a': 1} is not valid under <x>"}`, admin.CodeFailed, "refuses it with error 400", ""},
		{"token unknown", 401, `{"errcode":"M_UNKNOWN_TOKEN","error":"Invalid access token passed.","soft_logout":false}`, admin.CodeDenied, "the admin token is unknown to the homeserver or has expired", "check"},
		{"no token", 401, `{"errcode":"M_MISSING_TOKEN","error":"Missing access token"}`, admin.CodeDenied, "got no admin token", "check"},
		{"locked", 401, `{"errcode":"M_USER_LOCKED","error":"x"}`, admin.CodeDenied, "is locked", "check"},
		{"no admin", 403, `{"errcode":"M_FORBIDDEN","error":"You are not a server admin"}`, admin.CodeDenied, "the admin token's account may not: You are not a server admin", "check"},
		{"no admin, no words", 403, `{"errcode":"M_FORBIDDEN"}`, admin.CodeDenied, "the admin token's account may not: it is not a server admin", "check"},
		{"old server", 404, `{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`, admin.CodeUnsupported, "this homeserver lacks that function", "server features"},
		{"other method", 405, `{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`, admin.CodeUnsupported, "this homeserver lacks that function", "server features"},
	}
	for _, tc := range cases {
		for _, kind := range []string{"read", "write"} {
			t.Run(tc.name+", "+kind, func(t *testing.T) {
				t.Parallel()
				err := readOrWrite(t.Context(), newAPI(t, reply(tc.status, tc.body)), kind)
				e := checkError(t, err, tc.code, false, tc.says)
				if e.Hint != tc.hint {
					t.Errorf("hint %q, want %q", e.Hint, tc.hint)
				}
				if cause, ok := errors.AsType[*synapse.ResponseError](err); !ok || cause.Status != tc.status {
					t.Errorf("cause %v, want the answer with status %d", e.Cause, tc.status)
				}
			})
		}
	}
}

func TestIncompleteLists(t *testing.T) {
	t.Parallel()
	calls := map[string]func(context.Context, *synapse.API) error{
		"users":   func(ctx context.Context, a *synapse.API) error { _, err := a.Users(ctx, admin.UserQuery{}); return err },
		"rooms":   func(ctx context.Context, a *synapse.API) error { _, err := a.Rooms(ctx, admin.RoomQuery{}); return err },
		"members": func(ctx context.Context, a *synapse.API) error { _, err := a.Members(ctx, room); return err },
		"media": func(ctx context.Context, a *synapse.API) error {
			_, err := a.UserMedia(ctx, eve, admin.MediaQuery{})
			return err
		},
		"tokens": func(ctx context.Context, a *synapse.API) error { _, err := a.RegistrationTokens(ctx, nil); return err },
	}
	bodies := []string{
		`{}`, `null`, `[]`, `"x"`, ``,
		`{"users":null,"rooms":null,"members":null,"media":null,"registration_tokens":null,"total":0}`,
		`{"users":{},"rooms":{},"members":{},"media":{},"registration_tokens":{}}`,
		`{"users":[{}],"rooms":[{}],"members":[1],"media":[{}],"registration_tokens":[{}]}`,
		`{"users":["x"],"rooms":["x"],"members":[{}],"media":["x"],"registration_tokens":["x"]}`,
	}
	for name, list := range calls {
		for _, body := range bodies {
			t.Run(name+" "+body, func(t *testing.T) {
				t.Parallel()
				checkError(t, list(t.Context(), newAPI(t, reply(200, body))), admin.CodeUnavailable, false, "not one of a homeserver")
			})
		}
	}
}

func TestTokenSource(t *testing.T) {
	t.Parallel()
	own := admin.Denied("log in first")
	cases := []struct {
		name  string
		token func(context.Context) (string, error)
		code  admin.Code
		says  string
	}{
		{"none", nil, admin.CodeDenied, "there is no admin token"},
		{"empty", func(context.Context) (string, error) { return "", nil }, admin.CodeDenied, "there is no admin token"},
		{"error", func(context.Context) (string, error) { return "", io.ErrClosedPipe }, admin.CodeUnavailable, "token cannot be had"},
		{"error for people", func(context.Context) (string, error) { return "", own }, admin.CodeDenied, "log in first"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			opts := options("http://127.0.0.1:1")
			opts.Token = tc.token
			_, err := synapse.New(opts).User(t.Context(), eve)
			e, _ := errors.AsType[*admin.Error](err)
			if e == nil || e.Code != tc.code || !strings.Contains(e.Message, tc.says) || e.Sent {
				t.Errorf("error %+v, want %s with %q", e, tc.code, tc.says)
			}
		})
	}
}

// TestLongNames keeps what happened readable when what it happened to is long.
func TestLongNames(t *testing.T) {
	t.Parallel()
	long := id.UserID("@" + strings.Repeat("long", 60) + ":example.org")
	for name, handler := range map[string]http.HandlerFunc{
		"proxy": reply(404, html), "gone": reply(404, `{"errcode":"M_NOT_FOUND"}`), "hostile": reply(400, `{"errcode":"M_UNKNOWN","error":"`+strings.Repeat("no ", 999)+`"}`),
		"unknown": reply(504, html),
	} {
		_, err := newAPI(t, handler).Suspend(t.Context(), long, false)
		if n := utf8.RuneCountInString(err.Error()); n > 160 || !strings.Contains(err.Error(), "user @longlong") {
			t.Errorf("%s: %d characters: %s", name, n, err)
		}
	}
}

func readOrWrite(ctx context.Context, api *synapse.API, kind string) error {
	if kind == "read" {
		_, err := api.User(ctx, eve)
		return err
	}
	_, err := api.Deactivate(ctx, eve, false)
	return err
}

// checkError checks what every error must be like, besides what this one says.
func checkError(t *testing.T, err error, code admin.Code, sent bool, says string) admin.Error {
	t.Helper()
	e, ok := errors.AsType[*admin.Error](err)
	if !ok {
		t.Fatalf("error %v, want one for people", err)
	}
	t.Log(e.Message)
	if e.Code != code || e.Sent != sent || !strings.Contains(e.Message, says) {
		t.Errorf("error %s, sent %v, %q; want %s, %v, %q", e.Code, e.Sent, e.Message, code, sent, says)
	}
	if sent != strings.Contains(e.Message, "unknown:") {
		t.Errorf("sent is %v but the message is %q", sent, e.Message)
	}
	if utf8.RuneCountInString(e.Message) > 160 || strings.ContainsAny(e.Message, "{}\n\"") || strings.Contains(e.Message, "%!") {
		t.Errorf("message is not for people: %q", e.Message)
	}
	return *e
}
