package synapse_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/admin/synapse"
)

// masMetadata is a part of what Synapse hands on from Matrix Authentication Service.
const masMetadata = `{"issuer":"https://auth.example.org/","token_endpoint":"https://auth.example.org/oauth2/token",` +
	`"org.matrix.matrix-authentication-service.graphql_endpoint":"https://auth.example.org/graphql"}`

const noSuchPath = `{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`

// mas is a Synapse under MAS, as far as it differs. It notes what reaches the admin API.
type mas struct {
	metadata http.HandlerFunc
	asked    atomic.Int32 // for the metadata
	requests []string     // method, path and query; with a body, that too
	version  bool         // tell the version, and note nothing
}

func (m *mas) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	path := strings.TrimPrefix(r.URL.Path, "/_synapse/admin/")
	switch {
	case strings.HasSuffix(path, "/auth_metadata"):
		m.asked.Add(1)
		m.metadata(w, r)
		return
	case m.version && path == "v1/server_version":
		reply(200, `{"server_version":"1.163.2"}`)(w, r)
		return
	case m.version && r.Header.Get("Authorization") == "":
		reply(401, `{"errcode":"M_MISSING_TOKEN","error":"Missing access token"}`)(w, r)
		return
	case path == "v2/users":
		m.requests = append(m.requests, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()))
		if r.URL.Query().Get("guests") != "false" {
			reply(400, `{"errcode":"M_INVALID_PARAM","error":"The guests parameter is not supported when MSC3861 is enabled."}`)(w, r)
			return
		}
		reply(200, `{"users":[],"total":0}`)(w, r)
		return
	}
	m.requests = append(m.requests, strings.TrimSpace(r.Method+" "+path+" "+string(body)))
	switch {
	case path == "v2/users/@nobody:example.org" && r.Method == http.MethodGet:
		reply(404, `{"errcode":"M_NOT_FOUND","error":"User not found"}`)(w, r)
	case strings.HasPrefix(path, "v2/users/"):
		reply(200, `{"name":"@bob:example.org"}`)(w, r)
	case strings.HasPrefix(path, "v1/suspend/"):
		reply(200, `{"user_@bob:example.org_suspended":true}`)(w, r)
	case strings.HasPrefix(path, "v1/threepid/"):
		reply(200, `{"user_id":"@bob:example.org"}`)(w, r)
	case strings.HasPrefix(path, "v1/deactivate/"):
		reply(200, `{"id_server_unbind_result":"success"}`)(w, r) // it does so, and the account lives on
	default:
		reply(404, noSuchPath)(w, r)
	}
}

func newMAS(t *testing.T) (*mas, *synapse.API) {
	t.Helper()
	m := &mas{metadata: reply(200, masMetadata)}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	return m, synapse.New(options(server.URL))
}

const ben = id.UserID("@ben:example.org")

func failed[T any](_ admin.Answer[T], err error) error { return err }

// What Synapse lacks under MAS, or accepts without any effect, is refused before anything is sent, with MAS's own way.
func TestLostUnderMAS(t *testing.T) {
	t.Parallel()
	yes, no, name, password := true, false, "Ben", admin.Secret("pw")
	for what, test := range map[string]struct {
		call func(ctx context.Context, api *synapse.API) error
		says string // MAS's own way
		hint string
	}{
		"lock": {func(ctx context.Context, api *synapse.API) error { return failed(api.Lock(ctx, ben, true)) },
			"cannot lock user @ben:example.org: Matrix Authentication Service keeps the accounts; use mas-cli manage lock-user", "user suspend ben"},
		"unlock":     {func(ctx context.Context, api *synapse.API) error { return failed(api.Lock(ctx, ben, false)) }, "unlock-user ben", ""},
		"deactivate": {func(ctx context.Context, api *synapse.API) error { return failed(api.Deactivate(ctx, ben, true)) }, "lock-user --deactivate ben", "user suspend ben"},
		"reactivate": {func(ctx context.Context, api *synapse.API) error { return failed(api.Reactivate(ctx, ben)) }, "unlock-user --reactivate ben", ""},
		"password": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.ResetPassword(ctx, ben, "pw", true))
		},
			"mas-cli manage set-password ben", ""},
		"password of a modification": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.ModifyUser(ctx, ben, admin.ModifyUser{Displayname: &name, Password: &password}))
		}, "mas-cli manage set-password ben", ""},
		"admin of a modification": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.ModifyUser(ctx, ben, admin.ModifyUser{Admin: &no}))
		}, "demote-admin ben", ""},
		"lock of a modification": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.ModifyUser(ctx, ben, admin.ModifyUser{Locked: &yes}))
		}, "lock-user", "user suspend ben"},
		"deactivation of a modification": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.ModifyUser(ctx, ben, admin.ModifyUser{Deactivated: &yes}))
		}, "lock-user --deactivate", "user suspend ben"},
		"addresses of a modification": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.ModifyUser(ctx, ben, admin.ModifyUser{Threepids: &[]admin.Threepid{}}))
		}, "mas-cli manage add-email ben", ""},
		"admin":     {func(ctx context.Context, api *synapse.API) error { return failed(api.UserAdmin(ctx, ben)) }, "mas-cli manage list-admin-users", ""},
		"set admin": {func(ctx context.Context, api *synapse.API) error { return failed(api.SetUserAdmin(ctx, ben, true)) }, "promote-admin", ""},
		"log in as": {func(ctx context.Context, api *synapse.API) error { return failed(api.LoginAs(ctx, ben, early)) }, "personal-sessions", ""},
		"register": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.Register(ctx, admin.NewUser{Localpart: "eve", Password: "pw"}))
		}, "mas-cli manage register-user", ""},
		"shadow-ban":      {func(ctx context.Context, api *synapse.API) error { return failed(api.ShadowBan(ctx, ben, true)) }, "has nothing like it", "user suspend ben"},
		"lift shadow-ban": {func(ctx context.Context, api *synapse.API) error { return failed(api.ShadowBan(ctx, ben, false)) }, "has nothing like it", ""},
		"validity": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.SetValidity(ctx, admin.SetValidity{User: ben}))
		}, "has nothing like it", ""},
		"external id": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.UserByExternalID(ctx, "oidc", "1"))
		}, "upstream-oauth-links", ""},
		"tokens": {func(ctx context.Context, api *synapse.API) error { return failed(api.RegistrationTokens(ctx, nil)) }, "user-registration-tokens", ""},
		"token":  {func(ctx context.Context, api *synapse.API) error { return failed(api.RegistrationToken(ctx, "t")) }, "user-registration-tokens", ""},
		"new token": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.NewRegistrationToken(ctx, admin.NewRegistrationToken{}))
		}, "issue-user-registration-token", ""},
		"change token": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.UpdateRegistrationToken(ctx, "t", admin.UpdateRegistrationToken{}))
		}, "user-registration-tokens", ""},
		"delete token": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.DeleteRegistrationToken(ctx, "t"))
		}, "user-registration-tokens", ""},
		"raw lock": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.Raw(ctx, made(t, "PUT", "v2/users/@ben:example.org", `{"displayname":"Ben","locked":true}`)))
		}, "mas-cli manage lock-user ben", "user suspend ben"},
		"raw deactivate": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.Raw(ctx, made(t, "POST", "v1/deactivate/%40ben%3Aexample.org", `{}`)))
		}, "lock-user --deactivate ben", "user suspend ben"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			m, api := newMAS(t)
			e := checkError(t, test.call(t.Context(), api), admin.CodeUnsupported, false, test.says)
			if len(m.requests) > 0 {
				t.Errorf("%q was sent", m.requests)
			}
			if e.Hint != test.hint || utf8.RuneCountInString(e.Message) > 160 {
				t.Errorf("hint %q, want %q; message %q", e.Hint, test.hint, e.Message)
			}
		})
	}
}

// An account that does not exist would be made by modifying it, if Synapse were in charge.
func TestCreationUnderMAS(t *testing.T) {
	t.Parallel()
	m, api := newMAS(t)
	name := "Nobody"
	_, err := api.ModifyUser(t.Context(), "@nobody:example.org", admin.ModifyUser{Displayname: &name})
	checkError(t, err, admin.CodeUnsupported, false, "mas-cli manage register-user")
	if len(m.requests) != 1 || !strings.HasPrefix(m.requests[0], "GET ") {
		t.Errorf("%q was sent, want one look", m.requests)
	}
}

// What works under MAS as well is sent.
func TestKeptUnderMAS(t *testing.T) {
	t.Parallel()
	name := "Ben"
	for what, test := range map[string]struct {
		call func(ctx context.Context, api *synapse.API) error
		want string // the last request
	}{
		"display name": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.ModifyUser(ctx, ben, admin.ModifyUser{Displayname: &name}))
		}, `PUT v2/users/@ben:example.org {"displayname":"Ben"}`},
		"suspend": {func(ctx context.Context, api *synapse.API) error { return failed(api.Suspend(ctx, ben, true)) },
			`PUT v1/suspend/@ben:example.org {"suspend":true}`},
		"address": {func(ctx context.Context, api *synapse.API) error {
			return failed(api.UserByThreepid(ctx, "email", "b@example.org"))
		},
			"GET v1/threepid/email/users/b@example.org"},
		"details": {func(ctx context.Context, api *synapse.API) error { return failed(api.User(ctx, ben)) }, "GET v2/users/@ben:example.org"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			m, api := newMAS(t)
			if err := test.call(t.Context(), api); err != nil {
				t.Error(err)
			}
			if len(m.requests) == 0 || m.requests[len(m.requests)-1] != test.want {
				t.Errorf("sent %q, want %q", m.requests, test.want)
			}
		})
	}
}

// Synapse under MAS lists nobody unless it is told that no guests are wanted.
func TestUsersUnderMAS(t *testing.T) {
	t.Parallel()
	yes := true
	for _, query := range []admin.UserQuery{{}, {Guests: &yes}} {
		m, api := newMAS(t)
		if _, err := api.Users(t.Context(), query); err != nil {
			t.Error(err)
		}
		if len(m.requests) != 1 || !strings.Contains(m.requests[0], "guests=false") {
			t.Errorf("sent %q, want guests=false", m.requests)
		}
	}
}

// Others than MAS give out tokens, too, and old servers have the metadata elsewhere.
func TestDelegated(t *testing.T) {
	t.Parallel()
	unstable := func(answer http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/unstable/org.matrix.msc2965/") {
				answer(w, r)
				return
			}
			reply(404, noSuchPath)(w, r)
		}
	}
	for what, test := range map[string]struct {
		metadata http.HandlerFunc
		want     bool
		asked    int32
		code     admin.Code
	}{
		"MAS":                   {reply(200, masMetadata), true, 1, ""},
		"MAS of an old Synapse": {unstable(reply(200, masMetadata)), true, 2, ""},
		"the server itself":     {reply(404, noSuchPath), false, 2, ""},
		"an older server":       {reply(405, noSuchPath), false, 2, ""},
		"another service":       {reply(200, `{"issuer":"https://auth.example.org/"}`), false, 1, ""},
		"a proxy":               {reply(404, html), false, 2, ""},
		"no metadata":           {reply(200, `[]`), false, 1, ""},
		"MAS is down":           {reply(503, `{"errcode":"M_UNKNOWN","error":"Internal server error"}`), false, 1, admin.CodeUnavailable},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			m, api := newMAS(t)
			m.metadata = test.metadata
			got, err := api.Delegated(t.Context())
			if got != test.want || admin.CodeOf(err) != test.code || m.asked.Load() != test.asked {
				t.Errorf("%t (%v) after asking %d times, want %t (%s) after %d", got, err, m.asked.Load(), test.want, test.code, test.asked)
			}
		})
	}
}

// When nobody can say who keeps the accounts, nothing is changed, but reading goes on.
func TestDelegationUnknown(t *testing.T) {
	t.Parallel()
	m, api := newMAS(t)
	m.metadata = reply(502, html)
	_, err := api.Lock(t.Context(), ben, true)
	checkError(t, err, admin.CodeUnavailable, false, "cannot lock user @ben:example.org: the homeserver or a proxy answered with error 502")
	if len(m.requests) > 0 {
		t.Errorf("%q was sent", m.requests)
	}
	_, err = api.RegistrationTokens(t.Context(), nil)
	checkError(t, err, admin.CodeUnsupported, false, "lacks that function")
}

// It is asked for once in five minutes: a server changes it only when it is restarted.
func TestDelegationIsRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &mas{metadata: reply(200, masMetadata)}
		opts := options("http://homeserver")
		opts.HTTP = &http.Client{Transport: direct{m}}
		api := synapse.New(opts)
		for range 3 {
			if is, err := api.Delegated(t.Context()); !is || err != nil {
				t.Errorf("delegated: %t, %v", is, err)
			}
		}
		m.metadata = reply(404, noSuchPath)
		time.Sleep(5 * time.Minute)
		if is, err := api.Delegated(t.Context()); is || err != nil || m.asked.Load() != 3 {
			t.Errorf("later: %t, %v, asked %d times", is, err, m.asked.Load())
		}
	})
}

// direct is a transport to a handler in this process.
type direct struct{ handler http.Handler }

// RoundTrip asks the handler.
func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	d.handler.ServeHTTP(w, r)
	return w.Result(), nil
}
