package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maunium.net/go/mautrix/id"

	"caretaker/appservice"
	"caretaker/config"
)

// result is what a person gets from a service command.
type result struct {
	status   int
	out, err string
}

func runIn(t *testing.T, typed string, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	std := stdio{In: strings.NewReader(typed), Out: &out, Err: &err, Terminal: typed != ""}
	status := runInit(t.Context(), args, std)
	return result{status, out.String(), err.String()}
}

// fakeServer is a homeserver as far as init asks it; it notes what it was asked to change.
type fakeServer struct {
	*httptest.Server
	t         *testing.T
	refuse    string         // the errcode that shared-secret registration ends with
	token     string         // of the admin
	account   map[string]any // what the details of the bot's account say besides
	installed string         // as_token of the registration, which reserves the bot's name until it has registered
	changes   []string
}

func newFakeServer(t *testing.T) *fakeServer {
	t.Helper()
	s := &fakeServer{t: t, token: "admin-canary"}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *fakeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Server", "Synapse/1.163.2")
	authorised := r.Header.Get("Authorization") == "Bearer "+s.token
	isBot := r.Header.Get("Authorization") == "Bearer bot-canary"
	switch path := r.URL.Path; {
	case path == "/_synapse/admin/v1/register" && r.Method == http.MethodGet:
		s.reply(w, 200, map[string]any{"nonce": "n"})
	case path == "/_synapse/admin/v1/register" && s.refuse != "":
		s.reply(w, map[string]int{"M_FORBIDDEN": 403, "M_UNRECOGNIZED": 404}[s.refuse], map[string]any{"errcode": s.refuse, "error": "no"})
	case path == "/_synapse/admin/v1/register":
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body["mac"] == "" {
			s.t.Errorf("registration: %v, %v", body, err)
		}
		s.changes = append(s.changes, "register "+body["username"].(string))
		s.reply(w, 200, map[string]any{"user_id": "@" + body["username"].(string) + ":example.org", "access_token": "bot-canary", "device_id": "D"})
	case path == "/_matrix/client/v3/register" && r.Header.Get("Authorization") == "Bearer "+s.installed:
		s.changes, s.installed = append(s.changes, "register as service"), ""
		s.reply(w, 200, map[string]any{"user_id": "@caretaker:example.org"})
	case s.installed != "" && r.Method == http.MethodPut:
		s.reply(w, 400, map[string]any{"errcode": "M_EXCLUSIVE", "error": "reserved"})
	case !authorised && !isBot && strings.HasPrefix(path, "/_matrix/client/v3/"), !authorised && !isBot && strings.HasPrefix(path, "/_synapse/"):
		s.reply(w, 401, map[string]any{"errcode": "M_UNKNOWN_TOKEN", "error": "no"})
	case path == "/_matrix/client/v3/account/whoami" && isBot:
		s.reply(w, 200, map[string]any{"user_id": "@caretaker:example.org"})
	case path == "/_matrix/client/v3/account/whoami":
		s.reply(w, 200, map[string]any{"user_id": "@root:example.org"})
	case strings.HasPrefix(path, "/_synapse/admin/v2/users/"):
		if r.Method == http.MethodPut {
			var body bytes.Buffer
			_, _ = body.ReadFrom(r.Body)
			s.changes = append(s.changes, "PUT "+path+" "+strings.TrimSpace(body.String()))
		}
		account := map[string]any{"name": strings.TrimPrefix(path, "/_synapse/admin/v2/users/"), "admin": true}
		maps.Copy(account, s.account)
		s.reply(w, 200, account)
	default:
		s.reply(w, 404, map[string]any{"errcode": "M_UNRECOGNIZED", "error": "no"})
	}
}

func (s *fakeServer) reply(w http.ResponseWriter, status int, body any) {
	if status == 0 {
		status = http.StatusBadRequest
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checkSetup looks at what init has written as run would.
func checkSetup(t *testing.T, dir string) *config.Config {
	t.Helper()
	cfg, err := config.Load(filepath.Join(dir, "config.yaml"), config.ForDaemon)
	if err != nil {
		t.Fatal(err)
	}
	reg, err := appservice.LoadRegistration(cfg.RegistrationFile())
	if err != nil {
		t.Fatal(err)
	}
	if problems := appservice.Validate(reg, cfg.BotID()); len(problems) > 0 {
		t.Errorf("registration: %v", problems)
	}
	if reg.URL != cfg.Appservice.URL {
		t.Errorf("registration has url %s, the configuration %s", reg.URL, cfg.Appservice.URL)
	}
	if problems := appservice.CheckFile(cfg.RegistrationFile()); len(problems) > 0 {
		t.Errorf("registration: %v", problems)
	}
	if info, err := os.Stat(filepath.Join(dir, "config.yaml")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("config.yaml: %v, %v", info, err)
	}
	return cfg
}

func wantIn(t *testing.T, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}

func TestInitWithoutServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	got := runIn(t, "", "--dir", dir, "--homeserver-url", "http://127.0.0.1:9/", "--owner", "@ada:example.org", "--owner=@eve:example.org",
		"--listen", "127.0.0.1:4000", "--localpart", "keeper", "--data-dir", filepath.Join(dir, "data"))
	if got.status != exitDone || got.err != "" {
		t.Fatalf("status %d, %s", got.status, got.err)
	}
	wantIn(t, got.out, "Wrote "+dir+"/config.yaml", "Wrote "+dir+"/registration.yaml",
		"--registration-shared-secret-file SECRET", "--admin-token-file TOKEN",
		"sudo install -o matrix-synapse -g matrix-synapse -m 600 "+dir+"/registration.yaml /etc/matrix-synapse/caretaker-registration.yaml",
		"app_service_config_files:\n       - /etc/matrix-synapse/caretaker-registration.yaml",
		"Restart every Synapse process, workers included", "app_service_api:", "caretaker check -c "+dir+"/config.yaml")
	cfg := checkSetup(t, dir)
	if cfg.BotID() != "@keeper:example.org" || cfg.Appservice.URL != "http://127.0.0.1:4000" || cfg.Homeserver.URL != "http://127.0.0.1:9" {
		t.Errorf("bot %s, appservice.url %s, homeserver.url %s", cfg.BotID(), cfg.Appservice.URL, cfg.Homeserver.URL)
	}
	if want := []id.UserID{"@ada:example.org", "@eve:example.org"}; !slices.Equal(cfg.Permissions.Owners(), want) {
		t.Errorf("owners %v", cfg.Permissions.Owners())
	}
	if cfg.DataFolder() != filepath.Join(dir, "data") {
		t.Errorf("data_dir %s", cfg.DataFolder())
	}
}

func TestInitUsage(t *testing.T) {
	t.Parallel()
	url, owner := "--homeserver-url=http://127.0.0.1:9", "--owner=@ada:example.org"
	tests := map[string]struct {
		args []string
		want string
	}{
		"no URL":           {[]string{owner}, "--homeserver-url is missing"},
		"no owner":         {[]string{url}, "--owner is missing"},
		"not a URL":        {[]string{"--homeserver-url", "example.org", owner}, `"example.org" is not the address of a homeserver`},
		"not a user":       {[]string{url, "--owner", "ada"}, `"ada" is not a user id`},
		"two servers":      {[]string{url, owner, "--owner", "@bob:other.org"}, "the owner @bob:other.org is not a user of example.org"},
		"remote owner":     {[]string{url, owner, "--server-name", "other.org"}, "the owner @ada:example.org is not a user of other.org"},
		"unknown option":   {[]string{url, owner, "--lissten", "x"}, "init has no option --lissten; did you mean --listen?"},
		"surplus word":     {[]string{url, owner, "now"}, `init takes options only, so "now" is one word too many`},
		"bad listen":       {[]string{url, owner, "--listen", "here"}, `--listen: "here" is no address to listen on`},
		"bad software":     {[]string{url, owner, "--software", "synapze"}, `--software: "synapze" is not known here; did you mean synapse?`},
		"missing secret":   {[]string{url, owner, "--registration-shared-secret-file", "/no/such"}, "--registration-shared-secret-file: file /no/such does not exist"},
		"no port":          {[]string{url, owner, "--listen", "0:0"}, `--listen: "0:0" leaves the port open`},
		"a wrong port":     {[]string{url, owner, "--listen", "127.0.0.1:99999"}, `--listen: "127.0.0.1:99999" is no address to listen on`},
		"an API's port":    {[]string{url, owner, "--api", "127.0.0.1:0"}, `--api: "127.0.0.1:0" leaves the port open`},
		"the bot as owner": {[]string{url, "--owner", "@caretaker:example.org"}, "@caretaker:example.org would be both the bot and its owner; give your own user id as --owner"},
		"an owner as bot":  {[]string{url, owner, "--localpart", "ada"}, "@ada:example.org would be both the bot and its owner; give your own user id as --owner, and the bot a name of its own as --localpart"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			got := runIn(t, "", append(test.args, "--dir", dir)...)
			if got.status != exitUsage || got.out != "" {
				t.Errorf("status %d, stdout %q", got.status, got.out)
			}
			wantIn(t, got.err, "caretaker: "+test.want, "hint: caretaker init")
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestInitAsks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	got := runIn(t, "nonsense\nhttp://127.0.0.1:9\nada\n@ada:example.org\n", "--dir", dir)
	if got.status != exitDone {
		t.Fatalf("status %d: %s", got.status, got.err)
	}
	wantIn(t, got.err, "Address of the homeserver [http://127.0.0.1:8008]:", `"nonsense" is not the address`, `"ada" is not a user id`)
	checkSetup(t, dir)
	if got := runIn(t, "http://127.0.0.1:9\n", "--dir", t.TempDir()); got.status != exitUsage {
		t.Errorf("no answer: %+v", got)
	}
}

func TestInitWithSharedSecret(t *testing.T) {
	t.Parallel()
	server, dir, secret := newFakeServer(t), t.TempDir(), file(t, "secret", "shared-canary\n")
	args := []string{"--dir", dir, "--homeserver-url", server.URL, "--owner", "@ada:example.org", "--registration-shared-secret-file", secret}
	got := runIn(t, "", args...)
	if got.status != exitDone {
		t.Fatalf("status %d: %s", got.status, got.err)
	}
	wantIn(t, got.out, "@caretaker:example.org was made and is a server admin; its token is in "+dir+"/admin.token")
	if strings.Contains(got.out, "app_service_api") || strings.Contains(got.out, "SECRET") {
		t.Errorf("steps that are not needed:\n%s", got.out)
	}
	cfg := checkSetup(t, dir)
	if cfg.Homeserver.RegistrationSharedSecretFile != secret || cfg.Homeserver.RegistrationSharedSecret.Reveal() != "shared-canary" {
		t.Errorf("the secret's file is %q", cfg.Homeserver.RegistrationSharedSecretFile)
	}
	if text := content(t, filepath.Join(dir, "admin.token")); text != "bot-canary\n" {
		t.Errorf("admin.token holds %q", text)
	}
	if info, _ := os.Stat(filepath.Join(dir, "admin.token")); info.Mode().Perm() != 0o600 {
		t.Errorf("admin.token has mode %v", info.Mode())
	}
	if strings.Contains(got.out+got.err+content(t, filepath.Join(dir, "config.yaml")), "canary") {
		t.Error("a secret was printed")
	}

	again := runIn(t, "", append(args, "--force")...)
	wantIn(t, again.out, "is a server admin already")
	if again.status != exitDone || len(server.changes) != 1 {
		t.Errorf("again: status %d, changes %v", again.status, server.changes)
	}
}

func TestInitTooLateForSharedSecret(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"M_USER_IN_USE":  "@caretaker:example.org exists already",
		"M_EXCLUSIVE":    "The registration is installed already",
		"M_UNRECOGNIZED": "",
	} {
		server, dir := newFakeServer(t), t.TempDir()
		server.refuse = code
		got := runIn(t, "", "--dir", dir, "--homeserver-url", server.URL, "--owner", "@ada:example.org",
			"--registration-shared-secret-file", file(t, "secret", "s"))
		if got.status != exitDone {
			t.Errorf("%s: status %d: %s", code, got.status, got.err)
		}
		wantIn(t, got.out, want, "caretaker init --force --admin-token-file TOKEN --dir "+dir)
		checkSetup(t, dir)
	}
}

func TestInitWithAdminToken(t *testing.T) {
	t.Parallel()
	server, dir := newFakeServer(t), t.TempDir()
	args := []string{"--homeserver-url", server.URL, "--owner", "@ada:example.org", "--admin-token-file", file(t, "token", "admin-canary\n")}
	got := runIn(t, "", append(args, "--dir", dir)...)
	if got.status != exitDone {
		t.Fatalf("status %d: %s", got.status, got.err)
	}
	if want := []string{`PUT /_synapse/admin/v2/users/@caretaker:example.org {"admin":true}`}; !slices.Equal(server.changes, want) {
		t.Errorf("changes %q", server.changes)
	}
	wantIn(t, got.out, "@caretaker:example.org is a server admin now")
	if cfg := checkSetup(t, dir); !cfg.Admin.Token.IsZero() || strings.Contains(got.out+got.err, "canary") {
		t.Error("the admin's token was kept or printed")
	}

	kept := t.TempDir()
	if got := runIn(t, "", append(args, "--dir", kept, "--store-token")...); got.status != exitDone {
		t.Fatalf("status %d: %s", got.status, got.err)
	}
	if cfg := checkSetup(t, kept); cfg.Admin.Token.Reveal() != "admin-canary" {
		t.Error("--store-token kept nothing")
	}
}

// TestInitSparesOthers: an account that is somebody's is neither claimed nor made a server admin without a word.
func TestInitSparesOthers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		account map[string]any
		sign    string // empty: it may be the bot's
	}{
		"a person":           {map[string]any{"displayname": "Bob", "last_seen_ts": 1770000000000, "appservice_id": nil}, `display name "Bob", last seen 2026-02-02`},
		"seen once":          {map[string]any{"displayname": "bob", "last_seen_ts": 1770000000000}, "last seen 2026-02-02"},
		"with an address":    {map[string]any{"threepids": []map[string]any{{"medium": "email", "address": "b@example.org"}}}, "an address"},
		"with an avatar":     {map[string]any{"avatar_url": "mxc://example.org/a"}, "an avatar"},
		"of single sign-on":  {map[string]any{"external_ids": []map[string]any{{"auth_provider": "x", "external_id": "y"}}}, "a login elsewhere"},
		"a bridge's":         {map[string]any{"appservice_id": "irc"}, "it belongs to the application service irc"},
		"made for the bot":   {map[string]any{"displayname": "bob", "last_seen_ts": nil}, ""},
		"of the bot itself":  {map[string]any{"appservice_id": "bob", "displayname": "Bot", "last_seen_ts": 1770000000000}, ""},
		"promoted years ago": {map[string]any{"displayname": "Caretaker", "last_seen_ts": 1770000000000}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, dir, token := newFakeServer(t), t.TempDir(), file(t, "token", "admin-canary")
			server.account = test.account
			args := []string{"--dir", dir, "--homeserver-url", server.URL, "--owner", "@ada:example.org", "--localpart", "bob", "--admin-token-file", token}
			got := runIn(t, "", args...)
			if test.sign == "" {
				if got.status != exitDone || len(server.changes) != 1 {
					t.Errorf("%+v, changes %q", got, server.changes)
				}
				return
			}
			left, _ := os.ReadDir(dir)
			if got.status != exitFailed || got.out != "" || len(server.changes) > 0 || len(left) > 0 {
				t.Errorf("%+v, changes %q, files %v", got, server.changes, left)
			}
			wantIn(t, got.err, "@bob:example.org is in use already ("+test.sign+")", "name another --localpart, or add --force", "Nothing was written.",
				"hint: caretaker init --dir "+dir+" --homeserver-url "+server.URL+" --owner @ada:example.org --localpart caretaker --admin-token-file "+token)

			got = runIn(t, "no\n", args...)
			if got.status != exitFailed || len(server.changes) > 0 {
				t.Errorf("no: %+v, changes %q", got, server.changes)
			}
			if got := runIn(t, "yes\n", args...); got.status != exitDone || len(server.changes) != 1 {
				t.Errorf("yes: %+v, changes %q", got, server.changes)
			}
			got = runIn(t, "", append(args, "--force")...)
			if got.status != exitDone || len(server.changes) != 2 {
				t.Errorf("--force: %+v, changes %q", got, server.changes)
			}
			wantIn(t, got.out, "@bob:example.org, which was in use already ("+test.sign+"), is a server admin now", "caretaker user modify bob --no-admin")
		})
	}
}

func TestInitWithWrongToken(t *testing.T) {
	t.Parallel()
	server, dir := newFakeServer(t), t.TempDir()
	server.token = "another"
	got := runIn(t, "", "--dir", dir, "--homeserver-url", server.URL, "--owner", "@ada:example.org", "--admin-token-file", file(t, "token", "admin-canary"))
	if got.status != exitPartial {
		t.Errorf("status %d", got.status)
	}
	wantIn(t, got.err, "caretaker: the files are written, but the bot is not a server admin:")
	wantIn(t, got.out, "Make the bot a server admin.")
	checkSetup(t, dir)
}

func TestInitWithWrongSecret(t *testing.T) {
	t.Parallel()
	server, dir := newFakeServer(t), t.TempDir()
	server.refuse = "M_FORBIDDEN"
	got := runIn(t, "", "--dir", dir, "--homeserver-url", server.URL, "--owner", "@ada:example.org", "--registration-shared-secret-file", file(t, "secret", "s"))
	if got.status != exitPartial {
		t.Errorf("status %d", got.status)
	}
	wantIn(t, got.err, "the secret is not the homeserver's registration_shared_secret")
	checkSetup(t, dir)
}

// TestInitWhenInstalled: once the registration is installed, only the application service can make the account.
func TestInitWhenInstalled(t *testing.T) {
	t.Parallel()
	server, dir := newFakeServer(t), t.TempDir()
	args := []string{"--dir", dir, "--homeserver-url", server.URL, "--owner", "@ada:example.org"}
	if got := runIn(t, "", args...); got.status != exitDone {
		t.Fatalf("%+v", got)
	}
	reg, err := appservice.LoadRegistration(dir + "/registration.yaml")
	if err != nil {
		t.Fatal(err)
	}
	server.installed = reg.AppToken
	got := runIn(t, "", append(args, "--force", "--admin-token-file", file(t, "token", "admin-canary"))...)
	want := []string{"register as service", `PUT /_synapse/admin/v2/users/@caretaker:example.org {"admin":true}`}
	if got.status != exitDone || !slices.Equal(server.changes, want) {
		t.Errorf("%+v, changes %q", got, server.changes)
	}
}

func TestInitNeverOverwrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	args := []string{"--dir", dir, "--homeserver-url", "http://127.0.0.1:9", "--owner", "@ada:example.org"}
	if got := runIn(t, "", append(args, "--api")...); got.status != exitDone {
		t.Fatalf("%+v", got)
	}
	before, registration, token := content(t, dir+"/config.yaml"), content(t, dir+"/registration.yaml"), content(t, dir+"/api.token")
	got := runIn(t, "", append(args, "--localpart", "other")...)
	if got.status != exitFailed || got.out != "" {
		t.Errorf("without --force: %+v", got)
	}
	wantIn(t, got.err, dir+"/config.yaml exists already", "Nothing was written.", "hint: caretaker init --force")
	if content(t, dir+"/config.yaml") != before || content(t, dir+"/registration.yaml") != registration {
		t.Error("something was overwritten")
	}

	got = runIn(t, "", append(args, "--listen", "127.0.0.1:4001", "--api", "127.0.0.1:4002", "--force")...)
	if got.status != exitDone {
		t.Fatalf("with --force: %+v", got)
	}
	if content(t, dir+"/config.yaml.bak") != before || content(t, dir+"/registration.yaml.bak") != registration {
		t.Error("the old files were not kept")
	}
	second := content(t, dir+"/config.yaml")
	if got := runIn(t, "", append(args, "--listen", "127.0.0.1:4001", "--api", "127.0.0.1:4002", "--localpart", "keeper", "--force")...); got.status != exitDone {
		t.Fatalf("with --force again: %+v", got)
	} else {
		wantIn(t, got.out, "Wrote "+dir+"/config.yaml (before: "+dir+"/config.yaml.bak.1)")
	}
	if content(t, dir+"/config.yaml.bak") != before || content(t, dir+"/config.yaml.bak.1") != second || content(t, dir+"/registration.yaml.bak") != registration {
		t.Error("old files were lost the second time")
	}
	cfg := checkSetup(t, dir)
	reg, _ := appservice.LoadRegistration(dir + "/registration.yaml")
	if !strings.Contains(registration, reg.AppToken) || !strings.Contains(registration, reg.ServerToken) {
		t.Error("the registration has new tokens")
	}
	if cfg.API.Listen != "127.0.0.1:4002" || cfg.API.Token.Reveal()+"\n" != token || len(token) < 40 {
		t.Errorf("api: %s, token of %d characters", cfg.API.Listen, len(token))
	}
}

// TestInitInAFolderThatIsNone: nothing is there, so nothing would be lost.
func TestInitInAFolderThatIsNone(t *testing.T) {
	t.Parallel()
	closed := t.TempDir()
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	folders := map[string]string{file(t, "file", ""): "is no folder to write into; name another one with --dir"}
	if os.Geteuid() != 0 { // who may enter everywhere
		folders[closed] = "cannot be entered by this user; change its owner or mode, or name another one with --dir"
	}
	for dir, want := range folders {
		got := runIn(t, "", "--dir", dir, "--homeserver-url", "http://127.0.0.1:9", "--owner", "@ada:example.org")
		if got.status != exitFailed || got.out != "" {
			t.Errorf("%+v", got)
		}
		wantIn(t, got.err, dir+" "+want, "Nothing was written.")
		if strings.Contains(got.err, "would be lost") {
			t.Errorf("nothing can be lost: %s", got.err)
		}
	}
}

func TestInitWritesAllOrNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "api.token"), 0o700); err != nil { // a folder is in the way
		t.Fatal(err)
	}
	old := "homeserver: {url: 'http://127.0.0.1:1'}\n"
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	got := runIn(t, "", "--dir", dir, "--homeserver-url", "http://127.0.0.1:9", "--owner", "@ada:example.org", "--api", "--force")
	if got.status != exitFailed || got.out != "" {
		t.Errorf("%+v", got)
	}
	wantIn(t, got.err, "file "+dir+"/api.token cannot be read", "Nothing was written.")
	if content(t, dir+"/config.yaml") != old {
		t.Error("config.yaml was changed")
	}
	if _, err := os.Stat(dir + "/registration.yaml"); !os.IsNotExist(err) {
		t.Error("registration.yaml was left behind")
	}
}

func TestInitFromSynadm(t *testing.T) {
	t.Parallel()
	server, dir := newFakeServer(t), t.TempDir()
	synadm := file(t, "synadm.yaml", `
base_url: `+server.URL+`
admin_path: /_synapse/admin
token: admin-canary
homeserver: example.org
user: root
ssl_verify: true
timeout: 30
`)
	got := runIn(t, "", "--from-synadm="+synadm, "--dir", dir)
	wantIn(t, got.err, "--owner is missing", "hint: caretaker init --homeserver-url "+server.URL+" --owner @root:example.org")
	if got.status != exitUsage {
		t.Errorf("status %d", got.status)
	}
	got = runIn(t, "", "--from-synadm", synadm, "--dir", dir, "--owner", "ada")
	if got.status != exitDone {
		t.Fatalf("%+v", got)
	}
	cfg := checkSetup(t, dir)
	if cfg.Homeserver.URL != server.URL || cfg.Homeserver.ServerName != "example.org" || !cfg.Admin.Token.IsZero() {
		t.Errorf("%+v", cfg.Homeserver)
	}
	if len(server.changes) != 1 || !strings.HasPrefix(server.changes[0], "PUT /_synapse/admin/v2/users/@caretaker:example.org") {
		t.Errorf("changes %q", server.changes)
	}
	if got := runIn(t, "", "--from-synadm=/no/such", "--owner", "@a:b"); got.status != exitFailed || !strings.Contains(got.err, "/no/such does not exist") {
		t.Errorf("%+v", got)
	}
}
