package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// delegating is a Synapse under Matrix Authentication Service: it takes changes that have no effect there. It notes what
// is more than reading.
type delegating struct {
	mu      sync.Mutex // guards changes
	changes []string
}

func (d *delegating) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		d.mu.Lock()
		d.changes = append(d.changes, r.Method+" "+r.URL.Path)
		d.mu.Unlock()
	}
	query := r.URL.Query()
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "/v1/auth_metadata"):
		fmt.Fprint(w, `{"issuer":"https://auth.example.org/","org.matrix.matrix-authentication-service.graphql_endpoint":"https://auth.example.org/graphql"}`)
	case path == "/_synapse/admin/v2/users" && query.Get("guests") != "false":
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"errcode":"M_INVALID_PARAM","error":"The guests parameter is not supported when MSC3861 is enabled."}`)
	case path == "/_synapse/admin/v2/users":
		fmt.Fprint(w, `{"users":[{"name":"@bob:example.org"}],"total":1}`)
	case strings.HasPrefix(path, "/_synapse/admin/v2/users/"):
		fmt.Fprint(w, `{"name":"@bob:example.org","admin":false,"locked":true}`)
	default:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`)
	}
}

// Under Matrix Authentication Service nothing may look as if it had worked.
func TestUnderMAS(t *testing.T) {
	server := &delegating{}
	synapse := httptest.NewServer(server)
	t.Cleanup(synapse.Close)
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	const terminal = "homeserver: {url: %q, server_name: example.org}\nadmin: {token: %q}\n"
	path := file(t, "config.yaml", fmt.Sprintf(terminal, synapse.URL, "mct_admin"))
	for line, want := range map[string]struct {
		status int
		says   string
	}{
		"user lock bob":             {5, "mas-cli manage lock-user bob"},
		"user deactivate bob --yes": {5, "mas-cli manage lock-user --deactivate bob"},
		"regtok list":               {5, "user-registration-tokens"},
		"user list -o json":         {0, ""},
	} {
		got := shell(t, append([]string{"-c", path}, strings.Fields(line)...)...)
		if got.status != want.status || !strings.Contains(got.err, want.says) || (got.out != "") != (want.status == 0) {
			t.Errorf("%s: %+v, want %+v", line, got, want)
		}
	}
	bare := file(t, "config.yaml", fmt.Sprintf(terminal, synapse.URL, ""))
	got := shell(t, "-c", bare, "user", "list")
	if got.status != 4 || !strings.Contains(got.err, "admin.token is empty") || !strings.Contains(got.err, "mas-cli manage issue-compatibility-token") {
		t.Errorf("without a token: %+v", got)
	}
	if len(server.changes) > 0 {
		t.Errorf("%q was sent", server.changes)
	}
	if kept, _ := filepath.Glob(filepath.Join(filepath.Dir(bare), "admin.token")); len(kept) > 0 {
		t.Error("a token was kept")
	}
}
