package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"caretaker/httpapi"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	up := httpapi.Condition{Name: "database", Holds: func() (bool, string) { return true, "" }}
	away := httpapi.Condition{Name: "homeserver", Holds: func() (bool, string) { return false, "the homeserver is unreachable" }}
	for _, test := range []struct {
		name, path string
		conditions []httpapi.Condition
		status     int
		body       string
	}{
		{"alive without the homeserver", "/livez", []httpapi.Condition{away}, 200, "ok\n"},
		{"ready", "/readyz", []httpapi.Condition{up}, 200, "ok\n"},
		{"ready in detail", "/readyz?verbose", []httpapi.Condition{up}, 200, "[+] database\nok\n"},
		{"not ready says why", "/readyz", []httpapi.Condition{up, away}, 503, "[-] homeserver: the homeserver is unreachable\nnot ready\n"},
		{"unknown path", "/", nil, 404, "404 page not found\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			httpapi.Health(test.conditions...).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, test.path, nil))
			if w.Code != test.status || w.Body.String() != test.body {
				t.Errorf("got %d %q, want %d %q", w.Code, w.Body, test.status, test.body)
			}
		})
	}
}
