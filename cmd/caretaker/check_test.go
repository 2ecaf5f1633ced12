package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// shell runs the program as a shell does, where nobody can be asked.
func shell(t *testing.T, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	status := dispatch(t.Context(), args, stdio{In: strings.NewReader(""), Out: &out, Err: &err})
	return result{status, out.String(), err.String()}
}

// checked is a report of "check" as programs read it.
type checked struct {
	OK     bool
	Checks []struct {
		Name, Detail string
		OK           bool
	}
}

func (c checked) detail(t *testing.T, name string, ok bool) string {
	t.Helper()
	for _, check := range c.Checks {
		if check.Name == name {
			if check.OK != ok {
				t.Errorf("%s: ok is %v: %s", name, check.OK, check.Detail)
			}
			return check.Detail
		}
	}
	t.Errorf("there is no check %s", name)
	return ""
}

// exampleOrg is a homeserver that tells nothing but its versions and its name.
func exampleOrg(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/_matrix/client/versions":
			_, _ = fmt.Fprint(w, `{"versions":["v1.12"]}`)
		case "/_matrix/key/v2/server":
			_, _ = fmt.Fprint(w, `{"server_name":"example.org"}`)
		default:
			w.WriteHeader(http.StatusNotFound)
			_, _ = fmt.Fprint(w, `{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// TestCheckOfABrokenConfiguration: it is no terminal's because something in it is wrong.
func TestCheckOfABrokenConfiguration(t *testing.T) {
	t.Parallel()
	homeserver := exampleOrg(t).URL
	for name, test := range map[string]struct{ text, problem, check, detail string }{
		"another server name": {
			`homeserver: {url: "` + homeserver + `", server_name: real.org}` + "\n" + `permissions: {"@ada:example.org": owner}`,
			"permissions.@ada:example.org: is a user of another server", "homeserver", "calls itself example.org, not real.org",
		},
		"no server name": {
			`homeserver: {url: "` + homeserver + `"}` + "\n" + `permissions: {"@ada:example.org": owner}`,
			"homeserver.server_name: is missing", "homeserver", "write homeserver.server_name: example.org",
		},
		"nobody is an owner": {
			`homeserver: {url: "` + homeserver + `", server_name: example.org}` + "\nbot: {localpart: caretaker}\nlimits: {unatended: 5}",
			"permissions: nobody is an owner", "registration", "does not exist",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := file(t, "config.yaml", test.text)
			got := shell(t, "-c", path, "check", "-o", "json")
			var report checked
			if err := json.Unmarshal([]byte(got.out), &report); err != nil || got.status != exitFailed || report.OK {
				t.Fatalf("%v: %+v", err, got)
			}
			wantIn(t, report.detail(t, "configuration", false), test.problem)
			wantIn(t, report.detail(t, test.check, false), test.detail)
			report.detail(t, "disk", true)
			wantIn(t, shell(t, "-c", path, "check").out, "Configuration: ", test.problem)
		})
	}
}

// TestCheckWithoutAnythingToCheck prints what run prints, and nothing on standard output.
func TestCheckWithoutAnythingToCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text   string
		status int
		wants  []string
	}{
		"no address": {
			"homeserver: {url: nonsense, server_name: example.org}\nbot: {prefx: x}", exitFailed,
			[]string{"has 3 problems:", "bot.prefx: is no known key", `homeserver.url: "nonsense" is no web address`, "permissions: nobody is an owner"},
		},
		"a section misspelt": {
			"homeserver: {url: 'http://127.0.0.1:9'}\npermisions: {}", exitFailed, []string{"permisions: is no known key; did you mean permissions?"},
		},
		"no YAML":      {"homeserver: [", exitFailed, []string{"is not YAML"}},
		"a terminal's": {"homeserver: {url: 'http://127.0.0.1:9'}\nadmin: {token: x}", exitUsage, []string{"is for a terminal only"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := shell(t, "-c", file(t, "config.yaml", test.text), "check", "-o", "json")
			if got.status != test.status || got.out != "" {
				t.Errorf("%+v", got)
			}
			wantIn(t, got.err, test.wants...)
			if only := strings.Contains(got.err, "terminal only"); only != (name == "a terminal's") {
				t.Errorf("for a terminal only: %v", only)
			}
		})
	}
}
