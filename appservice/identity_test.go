package appservice

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

const testASToken = "as-token-canary"

// fakeHomeserver answers "METHOD path" with what its map holds: "STATUS body".
type fakeHomeserver struct {
	t       *testing.T
	server  *httptest.Server
	mu      sync.Mutex
	answers map[string]string
	calls   []string // "METHOD path body"
}

func newFakeHomeserver(t *testing.T, answers map[string]string) *fakeHomeserver {
	h := &fakeHomeserver{t: t, answers: answers}
	h.server = httptest.NewServer(h)
	t.Cleanup(h.server.Close)
	return h
}

func (h *fakeHomeserver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+string(body)))
	if r.Header.Get("Authorization") != "Bearer "+testASToken || r.URL.Query().Get("user_id") != testBot.String() {
		h.t.Errorf("%s %s: not asked as the bot", r.Method, r.URL)
	}
	answer, ok := h.answers[r.Method+" "+r.URL.Path]
	if !ok {
		answer = `404 {"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`
	}
	status, body404, _ := strings.Cut(answer, " ")
	var code int
	_, _ = fmt.Sscan(status, &code)
	if strings.HasPrefix(body404, "{") || strings.HasPrefix(body404, "[") {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(code)
	_, _ = io.WriteString(w, body404)
}

func (h *fakeHomeserver) set(call, answer string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answers[call] = answer
}

// changes is what was asked that is no reading.
func (h *fakeHomeserver) changes() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(h.calls), func(call string) bool { return strings.HasPrefix(call, "GET ") })
}

func (h *fakeHomeserver) identity(log zerolog.Logger) *Identity {
	h.t.Helper()
	reg := NewRegistration(testBot, "http://127.0.0.1:29340")
	reg.AppToken = testASToken
	identity, err := NewIdentity(IdentityOptions{HomeserverURL: h.server.URL, Bot: testBot, Registration: reg, Log: log})
	if err != nil {
		h.t.Fatal(err)
	}
	return identity
}

const (
	register = "POST /_matrix/client/v3/register"
	whoami   = "GET /_matrix/client/v3/account/whoami"
	versions = "GET /_matrix/client/versions"
	pingBot  = "POST /_matrix/client/v1/appservice/caretaker/ping"
	profile  = "/_matrix/client/v3/profile/@caretaker:example.org"
)

func TestRegister(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]error{
		`200 {"user_id":"@caretaker:example.org"}`:          nil,
		`400 {"errcode":"M_USER_IN_USE","error":"taken"}`:   nil,
		`401 {"errcode":"M_UNKNOWN_TOKEN","error":"who?"}`:  mautrix.MUnknownToken,
		`400 {"errcode":"M_EXCLUSIVE","error":"not yours"}`: mautrix.MExclusive,
	} {
		h := newFakeHomeserver(t, map[string]string{register: answer})
		if err := h.identity(zerolog.Nop()).Register(t.Context()); !errors.Is(err, want) {
			t.Errorf("%s: got %v", answer, err)
		}
		if want := `POST /_matrix/client/v3/register {"username":"caretaker","inhibit_login":true,"type":"m.login.application_service"}`; h.changes()[0] != want {
			t.Errorf("got %s, want %s", h.changes()[0], want)
		}
	}
}

func TestPing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, versions, ping string
		want                 Ping
		err                  error
	}{
		{"works", `{"versions":["v1.7"]}`, `200 {"duration_ms":7}`, Ping{Supported: true, RoundTrip: 7e6}, nil},
		{"works as an unstable feature", `{"versions":["v1.1"],"unstable_features":{"fi.mau.msc2659.stable":true}}`, `200 {"duration_ms":7}`, Ping{Supported: true, RoundTrip: 7e6}, nil},
		{"is not there", `{"versions":["v1.3"]}`, "", Ping{}, nil},
		{"is not there in spite of the version", `{"versions":["v1.11"]}`, `404 {"errcode":"M_UNRECOGNIZED"}`, Ping{}, nil},
		{"does not reach the bot", `{"versions":["v1.7"]}`, `502 {"errcode":"M_CONNECTION_FAILED"}`, Ping{Supported: true}, mautrix.MConnectionFailed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newFakeHomeserver(t, map[string]string{versions: "200 " + tt.versions, pingBot: tt.ping})
			got, err := h.identity(zerolog.Nop()).Ping(t.Context())
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestSetProfile(t *testing.T) {
	t.Parallel()
	picture := filepath.Join(t.TempDir(), "avatar.png")
	if err := os.WriteFile(picture, []byte("\x89PNG\r\n\x1a\n..."), 0o600); err != nil {
		t.Fatal(err)
	}
	const has = `200 {"displayname":"Caretaker","avatar_url":"mxc://example.org/old"}`
	const download = "GET /_matrix/client/v1/media/download/example.org/old"
	tests := []struct {
		name    string
		answers map[string]string
		want    Profile
		changes []string
	}{
		{"nothing wanted", map[string]string{"GET " + profile: has}, Profile{}, nil},
		{"all as it is", map[string]string{"GET " + profile: has}, Profile{"Caretaker", "mxc://example.org/old"}, nil},
		{"other name", map[string]string{"GET " + profile: has}, Profile{DisplayName: "Janitor"},
			[]string{"PUT " + profile + `/displayname {"displayname":"Janitor"}`}},
		{"no profile yet", map[string]string{"GET " + profile: `404 {"errcode":"M_NOT_FOUND"}`}, Profile{DisplayName: "Janitor"},
			[]string{"PUT " + profile + `/displayname {"displayname":"Janitor"}`}},
		{"other avatar", map[string]string{"GET " + profile: has}, Profile{Avatar: "mxc://example.org/new"},
			[]string{"PUT " + profile + `/avatar_url {"avatar_url":"mxc://example.org/new"}`}},
		{"picture that is there", map[string]string{"GET " + profile: has, download: "200 \x89PNG\r\n\x1a\n..."}, Profile{Avatar: picture}, nil},
		{"new picture", map[string]string{"GET " + profile: has, download: "200 GIF89a", "POST /_matrix/media/v3/upload": `200 {"content_uri":"mxc://example.org/new"}`},
			Profile{Avatar: picture},
			[]string{"POST /_matrix/media/v3/upload \x89PNG\r\n\x1a\n...", "PUT " + profile + `/avatar_url {"avatar_url":"mxc://example.org/new"}`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.answers["PUT "+profile+"/displayname"], tt.answers["PUT "+profile+"/avatar_url"] = "200 {}", "200 {}"
			h := newFakeHomeserver(t, tt.answers)
			if err := h.identity(zerolog.Nop()).SetProfile(t.Context(), tt.want); err != nil {
				t.Error(err)
			}
			if got := h.changes(); !slices.Equal(got, tt.changes) {
				t.Errorf("got %q, want %q", got, tt.changes)
			}
		})
	}
}

func TestReadBack(t *testing.T) {
	t.Parallel()
	const call = "GET /_matrix/client/v3/rooms/!room:example.org/event/$a"
	spoofed := strings.TrimSuffix(message("$a"), "}") + `,"Sender":"@owner:example.org"}`
	tests := []struct {
		name, answer string
		sender       id.UserID
		err          error // nil and no sender: any
	}{
		{"is there", "200 " + message("$a"), "@ada:example.org", nil},
		{"speaks for somebody else", "200 " + spoofed, "@ada:example.org", nil},
		{"is not there", `404 {"errcode":"M_NOT_FOUND"}`, "", mautrix.MNotFound},
		{"another event", "200 " + message("$b"), "", nil},
		{"another room", "200 " + strings.Replace(message("$a"), "!room", "!other", 1), "", nil},
		{"a web page", "200 <html>", "", nil},
		{"no event", "200 {}", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newFakeHomeserver(t, map[string]string{call: tt.answer})
			evt, err := h.identity(zerolog.Nop()).Event(t.Context(), testRoom, "$a")
			if evt.Sender != tt.sender || (err == nil) != (tt.sender != "") || tt.err != nil && !errors.Is(err, tt.err) {
				t.Errorf("got %+v, %v", evt, err)
			}
			if err == nil && string(evt.Content) != `{"msgtype":"m.text","body":"!admin whoami"}` {
				t.Errorf("content %s", evt.Content)
			}
		})
	}
}

func TestRoomFacts(t *testing.T) {
	t.Parallel()
	const room = "GET /_matrix/client/v3/rooms/!room:example.org/"
	bare := func() map[string]string {
		answers := map[string]string{
			room + "joined_members": `200 {"joined":{"@caretaker:example.org":{},"@ada:example.org":{"display_name":"Ada"}}}`,
		}
		for _, evtType := range []string{"join_rules", "history_visibility", "encryption"} {
			answers[room+"state/m.room."+evtType+"/"] = `404 {"errcode":"M_NOT_FOUND","error":"Event not found."}`
		}
		return answers
	}
	h := newFakeHomeserver(t, bare())
	facts, err := h.identity(zerolog.Nop()).RoomFacts(t.Context(), testRoom)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(facts.Joined) != "[@ada:example.org @caretaker:example.org]" || facts.Encrypted ||
		facts.JoinRule != event.JoinRuleInvite || facts.HistoryVisibility != event.HistoryVisibilityShared {
		t.Errorf("got %+v", facts)
	}

	h.set(room+"state/m.room.join_rules/", `200 {"join_rule":"public"}`)
	h.set(room+"state/m.room.history_visibility/", `200 {"history_visibility":"world_readable"}`)
	h.set(room+"state/m.room.encryption/", `200 {"algorithm":"m.megolm.v1.aes-sha2"}`)
	facts, err = h.identity(zerolog.Nop()).RoomFacts(t.Context(), testRoom)
	if err != nil || !facts.Encrypted || facts.JoinRule != event.JoinRulePublic || facts.HistoryVisibility != event.HistoryVisibilityWorldReadable {
		t.Errorf("got %+v, %v", facts, err)
	}

	h.set(room+"joined_members", `403 {"errcode":"M_FORBIDDEN","error":"not in room"}`)
	if _, err := h.identity(zerolog.Nop()).RoomFacts(t.Context(), testRoom); !errors.Is(err, mautrix.MForbidden) {
		t.Errorf("not in the room: got %v", err)
	}
}

// TestLogHoldsNoSecrets sends something secret with a logger in the context, which the library would use for bodies.
func TestLogHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	const send = "PUT /_matrix/client/v3/rooms/!room:example.org/send/m.room.message/txn"
	for _, answer := range []string{`200 {"event_id":"$x"}`, `403 {"errcode":"M_FORBIDDEN"}`, `502 <html>bad`} {
		h := newFakeHomeserver(t, map[string]string{send: answer})
		own, callers := new(syncBuffer), new(syncBuffer)
		identity := h.identity(zerolog.New(own))
		ctx := mautrix.WithMaxRetries(zerolog.New(callers).WithContext(t.Context()), 0)
		_, _ = identity.Client().SendMessageEvent(ctx, testRoom, event.EventMessage,
			map[string]any{"msgtype": "m.notice", "body": "password-canary"}, mautrix.ReqSendEvent{TransactionID: "txn"})
		if own.String() != "" {
			t.Errorf("the caller's logger was not used: %s", own)
		}
		var line struct {
			Method, Path string
			Status       int
			Took         float64
		}
		if err := json.Unmarshal([]byte(callers.String()), &line); err != nil {
			t.Fatalf("want one line, got %v: %s", err, callers)
		}
		if line.Method+" "+line.Path != send || line.Status == 0 || line.Took == 0 {
			t.Errorf("got %s", callers)
		}
		for _, secret := range []string{"password-canary", testASToken, "user_id", "body"} {
			if strings.Contains(callers.String(), secret) {
				t.Errorf("the log holds %q: %s", secret, callers)
			}
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the token went to another host: %s", r.Header.Get("Authorization"))
	}))
	defer other.Close()
	redirecting := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer redirecting.Close()
	reg := NewRegistration(testBot, "")
	identity, err := NewIdentity(IdentityOptions{HomeserverURL: redirecting.URL, Bot: testBot, Registration: reg, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := identity.WhoAmI(mautrix.WithMaxRetries(t.Context(), 0)); err == nil {
		t.Error("a redirect was taken for an answer")
	}
}
