package diagnostics_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/appservice"
	"caretaker/config"
	"caretaker/diagnostics"
	"caretaker/render"
	"caretaker/store"
)

func TestHealthy(t *testing.T) {
	t.Parallel()
	report := newWorld(t).run(t)
	for _, check := range report.Checks {
		if !check.OK {
			t.Errorf("%s: %s", check.Name, check.Detail)
		}
	}
	if !report.OK {
		t.Error("the report is not ok")
	}
	ping := checkOf(t, report, "appservice_ping")
	if ping.Metrics["round_trip_ms"] != int64(3) {
		t.Errorf("metrics of the ping: %v", ping.Metrics)
	}
}

// names are fixed: scripts look for them.
var names = strings.Fields("homeserver versions auth registration appservice_ping bot_account admin_right admin_api server_notices listener database disk clock management_rooms permissions")

func TestReportAsJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(newWorld(t).run(t))
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		OK     bool
		Checks []map[string]any
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, check := range report.Checks {
		got = append(got, check["name"].(string))
		for _, key := range []string{"name", "label", "ok", "detail"} {
			if check[key] == nil || check[key] == "" {
				t.Errorf("%v lacks %s", check["name"], key)
			}
		}
	}
	if !slices.Equal(got, names) {
		t.Errorf("got  %v\nwant %v", got, names)
	}
}

// TestFaults breaks one thing at a time. The numbers are those of the list of faults that must be named; 2 and 9 are
// closed ports like 1 and 8, and what needs another disk (22, 23) is tested apart.
func TestFaults(t *testing.T) {
	t.Parallel()
	page := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html>Welcome to nginx!</html>"))
	}
	tests := []struct {
		name  string
		spoil func(t *testing.T, w *world)
		check string
		want  []string // in the detail
	}{
		{"1 wrong host", func(_ *testing.T, w *world) { w.config.Homeserver.URL = "http://no-such-host.invalid:8008" },
			"homeserver", []string{"no-such-host.invalid is not known", "correct the host in homeserver.url"}},
		{"2 wrong port", func(t *testing.T, w *world) { w.config.Homeserver.URL = "http://" + freeAddress(t) },
			"homeserver", []string{"nothing listens at http://127.0.0.1:", "correct host and port in homeserver.url"}},
		{"3 https instead of http", func(_ *testing.T, w *world) {
			w.config.Homeserver.URL = strings.Replace(w.server.URL, "http:", "https:", 1)
		}, "homeserver", []string{"speaks http, not https", "write homeserver.url: http://127.0.0.1:"}},
		{"3 http instead of https", func(t *testing.T, w *world) {
			tls := httptest.NewTLSServer(w.homeserver)
			t.Cleanup(tls.Close)
			w.config.Homeserver.URL = strings.Replace(tls.URL, "https:", "http:", 1)
		}, "homeserver", []string{"speaks https, not http", "write homeserver.url: https://127.0.0.1:"}},
		{"4 a web page", func(_ *testing.T, w *world) { w.override = page },
			"homeserver", []string{"something else than a homeserver answers", "a web page", "have the proxy forward /_matrix"}},
		{"5 other server name", func(_ *testing.T, w *world) { w.name = "real.org" },
			"homeserver", []string{"calls itself real.org, not example.org", "write homeserver.server_name: real.org"}},
		{"6 as_token unknown", func(_ *testing.T, w *world) { w.installed.AppToken = "other" },
			"registration", []string{"does not know the as_token", "install the file", "restart every homeserver process", "app_service_config_files: ["}},
		{"7 hs_token differs", func(_ *testing.T, w *world) { w.installed.ServerToken = "other" },
			"appservice_ping", []string{"shows the bot another hs_token", "install the registration file"}},
		{"8 url unreachable", func(_ *testing.T, w *world) { w.installed.URL = "http://unreachable.invalid:1" },
			"appservice_ping", []string{"cannot connect to http://127.0.0.1:", "ConnectionRefusedError", "appservice.url"}},
		{"9 its port closed", func(t *testing.T, w *world) {
			w.config.Appservice.URL = "http://" + freeAddress(t)
			w.installed.URL, w.opts.Registration.URL = w.config.Appservice.URL, w.config.Appservice.URL
		}, "appservice_ping", []string{"while the bot listens at 127.0.0.1:", "write the same port"}},
		{"10 another bot's registration", func(_ *testing.T, w *world) { w.opts.Registration.ID = "irc" },
			"registration", []string{`"irc" is not "caretaker"`, "set appservice.registration"}},
		{"10 installed under another id", func(_ *testing.T, w *world) { w.installed.ID = "irc" },
			"appservice_ping", []string{"under another id than caretaker", "install the registration file"}},
		{"11 bot outside the namespace", func(_ *testing.T, w *world) {
			w.opts.Registration.Namespaces.UserIDs[0].Regex = `^@other:example\.org$`
		}, "registration", []string{"the bot @caretaker:example.org is not in it", `write regex: '^@caretaker:example\.org$'`}},
		{"12 namespace too wide", func(_ *testing.T, w *world) { w.opts.Registration.Namespaces.UserIDs[0].Regex = ".*" },
			"registration", []string{`".*" is too wide`}},
		{"13 sender is the bot", func(_ *testing.T, w *world) { w.opts.Registration.SenderLocalpart = "caretaker" },
			"registration", []string{"sender_localpart: is the bot itself", "write _caretaker_sender"}},
		{"14 admin token expired", func(_ *testing.T, w *world) { w.adminToken = "newer" },
			"admin_right", []string{"does not know the admin token", "new access token to admin.token"}},
		{"15 not a server admin", func(_ *testing.T, w *world) {
			w.isAdmin, w.config.Admin.Token = false, config.Secret{}
			w.opts.AdminToken = func(context.Context) (string, error) { return "admin-token", nil }
		}, "admin_right", []string{"@caretaker:example.org is not a server admin", "\ncurl -X PUT", `{"admin": true}`, "/_synapse/admin/v2/users/@caretaker:example.org"}},
		{"15 no token", func(_ *testing.T, w *world) { w.config.Admin.Token = config.Secret{} },
			"admin_right", []string{"there is no admin token yet", "start the daemon"}},
		{"16 not forwarded", func(_ *testing.T, w *world) { w.noAdminAPI = true },
			"admin_api", []string{"status 404, a web page", "forward /_synapse/admin", "admin:\n  url: http://127.0.0.1:8008"}},
		{"17 a worker", func(_ *testing.T, w *world) { w.worker = true },
			"admin_api", []string{"does not serve the admin API", "main process to admin.url"}},
		{"18 a worker was not restarted", func(_ *testing.T, w *world) { w.forgetful = 4 },
			"registration", []string{"of 10 connections met a homeserver process that does not know", "restart every homeserver process"}},
		{"19 server notices off", func(_ *testing.T, w *world) { w.noticesOff = true },
			"server_notices", []string{"server notices are off", "\nserver_notices:\n  system_mxid_localpart: notices"}},
		{"20 MAS without a token", func(_ *testing.T, w *world) { w.mas, w.config.Admin.Token = true, config.Secret{} },
			"auth", []string{"Matrix Authentication Service", "admin.token is empty", "\nmas-cli manage issue-compatibility-token"}},
		{"20 MAS with the wrong scope", func(_ *testing.T, w *world) { w.mas, w.isAdmin = true, false },
			"auth", []string{"lacks the scope urn:synapse:admin:*"}},
		{"21 clock", func(_ *testing.T, w *world) { w.clock = 5 * time.Minute },
			"clock", []string{"5m0s behind the homeserver's", "timedatectl set-ntp true"}},
		{"24 database damaged", func(t *testing.T, w *world) { damage(t, w.config.DatabaseFile()) },
			"database", []string{"caretaker.db", "is damaged"}},
		{"24 no database", func(t *testing.T, w *world) { put(t, w.config.DatabaseFile(), "hello, this is a text") },
			"database", []string{"is not a database", "set database.uri"}},
		{"25 newer database", func(t *testing.T, w *world) { age(t, w.config.DatabaseFile()) },
			"database", []string{"newer version of caretaker", "install the newer caretaker"}},
		{"26 port in use", func(t *testing.T, w *world) { occupy(t, w, http.HandlerFunc(page)) },
			"listener", []string{"another program listens at 127.0.0.1:", "free port to appservice.listen", "ss -ltnp"}},
		{"27 public room", func(_ *testing.T, w *world) { w.state["m.room.join_rules"] = `{"join_rule":"public"}` },
			"management_rooms", []string{"#control:example.org is public", "invite only"}},
		{"27 readable room", func(_ *testing.T, w *world) {
			w.state["m.room.history_visibility"] = `{"history_visibility":"world_readable"}`
		}, "management_rooms", []string{"#control:example.org can be read without joining", "members only"}},
		{"28 encrypted room", func(_ *testing.T, w *world) { w.state["m.room.encryption"] = `{"algorithm":"m.megolm.v1.aes-sha2"}` },
			"management_rooms", []string{"#control:example.org is encrypted", "make a private room without encryption"}},
		{"29 not in a room", func(_ *testing.T, w *world) { w.config.Bot.ManagementRooms = []string{"!elsewhere:example.org"} },
			"management_rooms", []string{"the bot is not in !elsewhere:example.org", "/invite @caretaker:example.org"}},
		{"29 no such alias", func(_ *testing.T, w *world) { w.config.Bot.ManagementRooms = []string{"#gone:example.org"} },
			"management_rooms", []string{"#gone:example.org leads to no room"}},
		{"30 no owner anywhere", func(_ *testing.T, w *world) { w.members = []id.UserID{bot} },
			"permissions", []string{"no owner is in any management room", "@ada:example.org", "accept the bot's invitation"}},
		{"30 no such owner", func(_ *testing.T, w *world) {
			w.config.Permissions = config.Permissions{"@nobody:example.org": config.RoleOwner}
		}, "permissions", []string{"the owner @nobody:example.org does not exist"}},
		{"30 no such owner, without admin right", func(_ *testing.T, w *world) {
			w.config.Permissions = config.Permissions{"@nobody:example.org": config.RoleOwner}
			w.isAdmin = false
		}, "permissions", []string{"the owner @nobody:example.org does not exist"}},
		{"30 owner deactivated", func(_ *testing.T, w *world) { w.ownerGone = true },
			"permissions", []string{"the owner @ada:example.org is deactivated"}},
		{"31 registration readable by others", func(t *testing.T, w *world) {
			if err := os.Chmod(w.file, 0o644); err != nil {
				t.Fatal(err)
			}
		}, "registration", []string{"is readable by others", "chmod 600"}},
		{"32 old specification", func(_ *testing.T, w *world) { w.versions = []string{"r0.6.0"} },
			"versions", []string{"too old", "upgrade the homeserver"}},
		{"32 old Synapse", func(_ *testing.T, w *world) { w.software = "Synapse/1.98.0" },
			"versions", []string{"Synapse 1.98.0 is too old", "upgrade to Synapse 1."}},
		{"no registration", func(_ *testing.T, w *world) { w.opts.Registration = nil },
			"registration", []string{"no registration file", "caretaker init"}},
		{"bot suspended", func(_ *testing.T, w *world) { w.suspended = true },
			"bot_account", []string{"@caretaker:example.org is suspended", `-d '{"suspend": false}' http`, "/_synapse/admin/v1/suspend/@caretaker:example.org"}},
		{"3 https, and the server is silent", func(t *testing.T, w *world) { w.config.Homeserver.URL = "https://" + mute(t, w) },
			"homeserver", []string{"speaks http, not https"}},
		{"bot not registered", func(_ *testing.T, w *world) { w.registered = false },
			"bot_account", []string{"does not exist yet", "caretaker run"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			test.spoil(t, w)
			report := w.run(t)
			check := checkOf(t, report, test.check)
			if check.OK || report.OK {
				t.Errorf("%s is ok: %s", test.check, check.Detail)
			}
			for _, want := range test.want {
				if !strings.Contains(check.Detail, want) {
					t.Errorf("the detail lacks %q:\n%s", want, check.Detail)
				}
			}
		})
	}
}

func TestFaultsOfTheFolder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.DataDir = filepath.Join(t.TempDir(), "gone")
	cfg := reload(t, w.config.DataDir)
	w.opts.Config.Database = cfg.Database
	w.opts.Config = cfg
	check := checkOf(t, w.run(t), "disk")
	if check.OK || !strings.Contains(check.Detail, "does not exist") || !strings.Contains(check.Detail, "mkdir -m 700") {
		t.Errorf("missing folder: %+v", check)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	check := checkOf(t, diagnostics.Run(t.Context(), diagnostics.Options{Config: reload(t, dir)}), "disk")
	if check.OK || !strings.Contains(check.Detail, "may not write in "+dir) || !strings.Contains(check.Detail, "chown -R") {
		t.Errorf("read-only folder: %+v", check)
	}
}

// TestBesideTheDaemon: a port that is taken by caretaker itself is no fault.
func TestBesideTheDaemon(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	running := w.opts.Registration.ServerToken
	occupy(t, w, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if bearer(r) != running {
			fail(rw, 401, "M_UNKNOWN_TOKEN", "")
			return
		}
		reply(rw, 200, struct{}{})
	}))
	report := w.run(t)
	for _, name := range []string{"listener", "appservice_ping"} {
		if check := checkOf(t, report, name); !check.OK {
			t.Errorf("%s: %s", name, check.Detail)
		}
	}
	w.opts.Registration.ServerToken = "rotated"
	w.opts.RegistrationProblems = nil
	if check := checkOf(t, w.run(t), "listener"); check.OK || !strings.Contains(check.Detail, "another hs_token") {
		t.Errorf("daemon with old tokens: %+v", check)
	}
}

// TestPingOfAnother: two caretakers with the same tokens, and the homeserver has the other one's address.
func TestPingOfAnother(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		running, listening, tokenOnly bool
		missed                        bool
	}{
		"no daemon":         {missed: true},
		"beside the daemon": {running: true, missed: true},
		"in the daemon":     {running: true, listening: true, missed: true},
		"an older daemon":   {running: true, tokenOnly: true}, // which cannot tell
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.opts.Listening = test.listening
			daemon := func() http.Handler {
				if test.tokenOnly {
					return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { reply(rw, 200, struct{}{}) })
				}
				return appservice.NewIntake(appservice.IntakeOptions{Registration: w.opts.Registration, Bot: bot})
			}
			if test.running {
				occupy(t, w, daemon())
			}
			if check := checkOf(t, w.run(t), "appservice_ping"); !check.OK {
				t.Errorf("the right address: %s", check.Detail)
			}
			other := httptest.NewServer(daemon())
			t.Cleanup(other.Close)
			w.installed.URL = other.URL
			check := checkOf(t, w.run(t), "appservice_ping")
			if check.OK == test.missed {
				t.Errorf("the address of another: ok is %v: %s", check.OK, check.Detail)
			}
			if test.missed && (!strings.Contains(check.Detail, "did not arrive at 127.0.0.1:") || !strings.Contains(check.Detail, "install the registration file on the homeserver again")) {
				t.Errorf("got %s", check.Detail)
			}
		})
	}
}

// TestEverythingHangs: ten seconds are the limit, and each check says something.
func TestEverythingHangs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.override = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	started := time.Now()
	report := w.run(t)
	if took := time.Since(started); took > 10*time.Second+500*time.Millisecond {
		t.Errorf("took %s", took)
	}
	if check := checkOf(t, report, "homeserver"); check.OK || !strings.Contains(check.Detail, "does not answer in time") {
		t.Errorf("homeserver: %+v", check)
	}
	for _, check := range report.Checks {
		if check.Detail == "" {
			t.Errorf("%s says nothing", check.Name)
		}
	}
}

func TestNoSecretsInReports(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.installed.ServerToken, w.adminToken = "hs-canary-2", "other"
	w.opts.Registration.AppToken, w.installed.AppToken = "as-canary", "as-canary"
	w.opts.Registration.ServerToken = "hs-canary"
	w.config.Admin.Token = config.NewSecret("admin-canary")
	text, err := json.Marshal(w.run(t))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "canary") {
		t.Errorf("a token is in the report:\n%s", text)
	}
}

func TestView(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.noticesOff = true
	plain, html := render.Room(w.run(t).View(), render.Options{})
	for _, want := range []string{"1 of 15 checks failed", "❌ Server notices", "server_notices:", "✅ Homeserver"} {
		if !strings.Contains(plain, want) {
			t.Errorf("lacks %q:\n%s", want, plain)
		}
	}
	if !strings.Contains(html, "<pre><code>server_notices:") {
		t.Errorf("nothing to paste:\n%s", html)
	}
}

func checkOf(t *testing.T, report diagnostics.Report, name string) diagnostics.Check {
	t.Helper()
	i := slices.IndexFunc(report.Checks, func(c diagnostics.Check) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("there is no check %s", name)
	}
	return report.Checks[i]
}

// occupy puts a server at the bot's own address.
func occupy(t *testing.T, w *world, handler http.Handler) {
	t.Helper()
	listener, err := net.Listen("tcp", w.config.Appservice.Listen)
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}}
	server.Start()
	t.Cleanup(server.Close)
}

// mute is a proxy before the homeserver that waits for ever when it is greeted in TLS.
func mute(t *testing.T, w *world) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go forward(conn, strings.TrimPrefix(w.server.URL, "http://"))
		}
	}()
	return listener.Addr().String()
}

func forward(conn net.Conn, to string) {
	defer conn.Close()
	first := make([]byte, 1)
	if _, err := conn.Read(first); err != nil {
		return
	}
	if first[0] == 0x16 { // a TLS handshake
		_, _ = io.Copy(io.Discard, conn)
		return
	}
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	_, _ = server.Write(first)
	go func() { _, _ = io.Copy(server, conn) }()
	_, _ = io.Copy(conn, server)
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// newDatabase makes one with its tables.
func newDatabase(t *testing.T, path string) {
	t.Helper()
	db, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// damage overwrites what is behind the first page.
func damage(t *testing.T, path string) {
	t.Helper()
	newDatabase(t, path)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(text) / 4; i < len(text); i++ {
		text[i] = 0x5a
	}
	put(t, path, string(text))
}

// age makes the database one of a later version.
func age(t *testing.T, path string) {
	t.Helper()
	newDatabase(t, path)
	execute(t, path, `UPDATE version SET version = 9000, compat = 9000`)
}

// reload reads a configuration with the data_dir.
func reload(t *testing.T, dataDir string) *config.Config {
	t.Helper()
	text, err := os.ReadFile("../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "config.yaml")
	put(t, path, strings.Replace(string(text), `data_dir: ""`, "data_dir: "+dataDir, 1))
	cfg, err := config.Load(path, config.ForDaemon)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Homeserver.URL, cfg.Appservice.Listen = "http://127.0.0.1:1", "127.0.0.1:0"
	return cfg
}
