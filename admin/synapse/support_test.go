package synapse_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"caretaker/admin"
)

// An old Synapse without media, behind a proxy that does not forward everything.
func TestSupport(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var seen []string
	api := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen = append(seen, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		mu.Unlock()
		path := strings.TrimPrefix(r.URL.Path, "/_synapse/admin/")
		switch {
		case path == "v1/server_version":
			reply(200, `{"server_version":"1.120.0"}`)(w, r)
		case path == "v1/purge_media_cache", path == "v1/users/x/memberships":
			reply(404, noSuchPath)(w, r)
		case strings.HasPrefix(path, "v1/federation/"):
			reply(404, html)(w, r)
		case path == "v1/deactivate/x":
			reply(405, noSuchPath)(w, r) // reading is not possible there
		case path == "v2/users/x":
			reply(400, `{"errcode":"M_UNKNOWN","error":"Expected a user id"}`)(w, r)
		default:
			reply(401, `{"errcode":"M_MISSING_TOKEN","error":"Missing access token"}`)(w, r)
		}
	})
	methods := []string{"PurgeMediaCache", "Memberships", "Destination", "Deactivate", "User", "Users", "ResolveAlias", "Lock", "ServerName", "Nothing"}
	got, err := api.Support(t.Context(), methods)
	if err != nil {
		t.Fatal(err)
	}
	if got.Version != "1.120.0" || got.Delegated {
		t.Errorf("version %q, delegated: %t", got.Version, got.Delegated)
	}
	for method, want := range map[string]admin.Verdict{
		"PurgeMediaCache": {Level: admin.Lacking, Reason: "switched off, or served by another process", Changes: true},
		"Memberships":     {Level: admin.Lacking, Reason: "needs Synapse 1.145"},
		"Destination":     {Level: admin.Lacking, Reason: "a proxy does not forward it"},
		"Deactivate":      {Changes: true},
		"Lock":            {Changes: true},
		"User":            {}, "Users": {}, "ResolveAlias": {}, "ServerName": {}, "Nothing": {},
	} {
		if got.Methods[method] != want {
			t.Errorf("%s: %+v, want %+v", method, got.Methods[method], want)
		}
	}
	for _, request := range seen {
		if !strings.HasPrefix(request, "GET ") || strings.Contains(request, "Bearer") {
			t.Errorf("looked with %q, want to read only, without a token", request)
		}
	}
	if len(seen) != 7 { // Lock and User have one path
		t.Errorf("looked %d times: %q", len(seen), seen)
	}
}

func TestSupportUnderMAS(t *testing.T) {
	t.Parallel()
	m, api := newMAS(t)
	m.version = true
	got, err := api.Support(t.Context(), []string{"Lock", "ModifyUser", "ShadowBan", "Suspend", "RegistrationTokens", "User"})
	if err != nil || !got.Delegated {
		t.Fatalf("delegated: %t, %v", got.Delegated, err)
	}
	for method, want := range map[string]admin.Level{
		"Lock": admin.Lacking, "ModifyUser": admin.Partly, "ShadowBan": admin.Lacking, "Suspend": admin.Full,
		"RegistrationTokens": admin.Lacking, "User": admin.Full,
	} {
		verdict := got.Methods[method]
		if verdict.Level != want || (verdict.Reason == "") != (want == admin.Full) {
			t.Errorf("%s: %+v, want %s", method, verdict, want)
		}
	}
	if reason := got.Methods["ModifyUser"].Reason; !strings.Contains(reason, "password: mas-cli manage set-password") || strings.Contains(reason, "displayname") {
		t.Errorf("a modification is lacking %q", reason)
	}
}

func TestSupportOfNobody(t *testing.T) {
	t.Parallel()
	api := newAPI(t, reply(502, html))
	if _, err := api.Support(t.Context(), []string{"User"}); admin.CodeOf(err) != admin.CodeUnavailable {
		t.Errorf("%v, want unavailable", err)
	}
}
