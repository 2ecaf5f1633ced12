package synapse_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"caretaker/admin"
	"caretaker/admin/synapse"
)

// made is a request as somebody typed it.
func made(t *testing.T, method, endpoint, body string) admin.RawRequest {
	t.Helper()
	parsed, err := admin.ParseEndpoint(endpoint)
	if err != nil {
		t.Fatalf("%s: %v", endpoint, err)
	}
	r := admin.RawRequest{Method: method, Endpoint: parsed}
	if body != "" {
		r.Body = json.RawMessage(body)
	}
	return r
}

func TestRawEndpoints(t *testing.T) {
	t.Parallel()
	raw := func(r admin.RawRequest) func(context.Context, *synapse.API) (any, error) {
		return func(ctx context.Context, api *synapse.API) (any, error) { return api.Raw(ctx, r) }
	}
	matrix := func(r admin.RawRequest) func(context.Context, *synapse.API) (any, error) {
		return func(ctx context.Context, api *synapse.API) (any, error) { return api.RawMatrix(ctx, r) }
	}
	own := made(t, "GET", "client/v3/account/whoami", "")
	own.Token = "own"
	checkEndpoints(t, []endpoint{
		{"raw", raw(made(t, "GET", "v1/rooms?limit=1&from=2", "")), `{"rooms":[]}`,
			seen{Method: "GET", Target: "/_synapse/admin/v1/rooms?from=2&limit=1"}},
		{"raw with root", raw(made(t, "GET", "/_synapse/admin/v1/rooms/!a:b", "")), `[1,2]`,
			seen{Method: "GET", Target: "/_synapse/admin/v1/rooms/!a:b"}},
		{"raw write", raw(made(t, "PUT", "v2/users/%40bob%3Ab", `{"admin": true}`)), `{}`,
			seen{Method: "PUT", Target: "/_synapse/admin/v2/users/%40bob%3Ab", Body: `{"admin":true}`}},
		{"raw looks like the client API", raw(made(t, "GET", "client/v3/sync", "")), `{}`,
			seen{Method: "GET", Target: "/_synapse/admin/client/v3/sync"}},
		{"raw braces", raw(made(t, "GET", "v1/{user}", "")), `{}`, seen{Method: "GET", Target: "/_synapse/admin/v1/%7Buser%7D"}},
		{"matrix raw", matrix(made(t, "GET", "client/versions", "")), `{"versions":[]}`,
			seen{Method: "GET", Target: "/_matrix/client/versions"}},
		{"matrix raw with token", matrix(own), `{"user_id":"@bob:b"}`,
			seen{Method: "GET", Target: "/_matrix/client/v3/account/whoami", Token: "Bearer own"}},
		{"matrix raw elsewhere", matrix(made(t, "POST", "/_matrix/media/v3/create", "{}")), `{}`,
			seen{Method: "POST", Target: "/_matrix/media/v3/create", Body: `{}`}},
		{"log in", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.LogIn(ctx, bob, "pw", "a device")
		}, `{"user_id":"@bob:b","access_token":"syt","device_id":"D"}`, seen{Method: "POST", Target: "/_matrix/client/r0/login",
			Body: `{"initial_device_display_name":"a device","password":"pw","type":"m.login.password","user":"@bob/x:example.org"}`, Token: "none"}},
	})
}

// A redirect would carry the token to wherever it points.
func TestRawFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	t.Cleanup(elsewhere.Close)
	api := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	if _, err := api.Raw(t.Context(), made(t, "GET", "v1/rooms", "")); admin.CodeOf(err) != admin.CodeUnavailable {
		t.Errorf("a redirect ends with %v, want unavailable", err)
	}
}

func TestRawErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		answer string
		token  admin.Secret
		code   admin.Code
		says   string
	}{
		"no such path":   {404, `{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`, "", admin.CodeUnsupported, "cannot POST v1/x"},
		"no such thing":  {404, `{"errcode":"M_NOT_FOUND","error":"Not here"}`, "", admin.CodeNotFound, "v1/x does not exist"},
		"bad value":      {400, `{"errcode":"M_INVALID_PARAM","error":"limit must be positive"}`, "", admin.CodeFailed, "limit must be positive"},
		"own token":      {401, `{"errcode":"M_UNKNOWN_TOKEN","error":"?"}`, "own", admin.CodeDenied, "the given token is unknown"},
		"own account":    {403, `{"errcode":"M_FORBIDDEN","error":"You are not invited"}`, "own", admin.CodeDenied, "the given token's account may not: You are not invited"},
		"not JSON":       {200, `<html>`, "", admin.CodeUnavailable, "outcome unknown: tried to POST v1/x"},
		"internal error": {500, `{"errcode":"M_UNKNOWN","error":"Internal server error"}`, "", admin.CodeUnavailable, "outcome unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newAPI(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.answer)
			})
			r := made(t, "POST", "v1/x", "{}")
			r.Token = test.token
			_, err := api.Raw(t.Context(), r)
			if admin.CodeOf(err) != test.code || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %s: %v, want %s: %s", admin.CodeOf(err), err, test.code, test.says)
			}
		})
	}
}

func TestLogInRefused(t *testing.T) {
	t.Parallel()
	api := newAPI(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"errcode":"M_FORBIDDEN","error":"Invalid username or password"}`)
	})
	_, err := api.LogIn(t.Context(), "@bob:example.org", "wrong", "device")
	refused, ok := errors.AsType[*admin.Error](err)
	if !ok || refused.Code != admin.CodeDenied || refused.Hint != "user search bob" ||
		refused.Message != "cannot log in as user @bob:example.org: the homeserver refuses name and password" {
		t.Errorf("refused with %+v", refused)
	}
}
