package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"caretaker/config"
)

// minimal is the least that run accepts.
const minimal = `
homeserver: {url: "http://127.0.0.1:8008", server_name: example.org}
permissions: {"@ada:example.org": owner}
`

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Load(write(t, text), config.ForDaemon)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// sections leaves out what only Load fills in.
func sections(c *config.Config) []any {
	var all []any
	for _, field := range reflect.VisibleFields(reflect.TypeOf(*c)) {
		if field.IsExported() {
			all = append(all, reflect.ValueOf(*c).FieldByIndex(field.Index).Interface())
		}
	}
	return all
}

func TestSilentFileMeansDefaults(t *testing.T) {
	t.Parallel()
	want := config.Default()
	want.Homeserver.URL, want.Homeserver.ServerName = "http://127.0.0.1:8008", "example.org"
	want.Permissions = config.Permissions{"@ada:example.org": config.RoleOwner}
	if got := load(t, minimal); !reflect.DeepEqual(sections(got), sections(want)) {
		t.Errorf("got  %+v\nwant %+v", sections(got), sections(want))
	}
}

func TestExampleFileShowsTheDefaults(t *testing.T) {
	t.Parallel()
	got, err := config.Load("../config.example.yaml", config.ForDaemon)
	if err != nil {
		t.Fatal(err)
	}
	want := load(t, minimal)
	for _, c := range []*config.Config{got, want} { // nothing and an empty list are the same
		c.Bot.ManagementRooms, c.Bridges, c.Hooks = append([]string{}, c.Bot.ManagementRooms...), append([]string{}, c.Bridges...), nil
	}
	if !reflect.DeepEqual(sections(got), sections(want)) {
		t.Errorf("got  %+v\nwant %+v", sections(got), sections(want))
	}
}

func TestExampleFileShowsEveryKey(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[config.Config]()) {
		if key := field.Tag.Get("yaml"); key != "" && !strings.Contains(string(text), "\n"+key+":") {
			t.Errorf("config.example.yaml lacks %s", key)
		}
	}
}

func TestValuesFromEnvironment(t *testing.T) {
	t.Setenv("TEST_HOST", "matrix.example.org")
	t.Setenv("TEST_TOKEN", "1234567890")
	t.Setenv("TEST_LIMIT", "7")
	cfg := load(t, `
homeserver: {url: "https://${TEST_HOST}:8448", server_name: example.org}
admin: {token: "${TEST_TOKEN}"}
limits: {unattended: "${TEST_LIMIT}"}
bridges: ['^@irc_.*${lower}$']
permissions: {"@ada:example.org": owner}
`)
	if cfg.Homeserver.URL != "https://matrix.example.org:8448" {
		t.Errorf("homeserver.url = %q", cfg.Homeserver.URL)
	}
	if got := cfg.Admin.Token.Reveal(); got != "1234567890" {
		t.Errorf("admin.token = %q", got)
	}
	if cfg.Limits.Unattended != 7 {
		t.Errorf("limits.unattended = %d", cfg.Limits.Unattended)
	}
	if cfg.Bridges[0] != "^@irc_.*${lower}$" {
		t.Errorf("bridges[0] = %q, want it as written", cfg.Bridges[0])
	}
}

func TestSecretsFromFiles(t *testing.T) {
	t.Parallel()
	path := write(t, minimal+`
admin: {token_file: secrets/admin}
api: {listen: "127.0.0.1:1", token_file: secrets/api}
hooks: {deploys: {secret_file: secrets/hook, room: "!a:example.org"}}
`)
	dir := filepath.Join(filepath.Dir(path), "secrets")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"admin": "syt_1\n", "api": "long\r\n", "hook": "whsec_c2VjcmV0"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Load(path, config.ForDaemon)
	if err != nil {
		t.Fatal(err)
	}
	for want, got := range map[string]config.Secret{"syt_1": cfg.Admin.Token, "long": cfg.API.Token, "whsec_c2VjcmV0": cfg.Hooks["deploys"].Secret} {
		if got.Reveal() != want {
			t.Errorf("got %q, want %q", got.Reveal(), want)
		}
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	path := write(t, `
homeserver: {url: "127.0.0.1:8008", server_name: "https://example.org", softwear: synapse}
admin: {token: a, token_file: b, timeout: 30, url: "${TEST_UNSET_VARIABLE}"}
bot:
  management_rooms: [admin]
  timezone: Mars/Olympus
  prefix: "admin please"
  prefix: "!a"
api: {listen: 29341, token_file: missing.txt}
bridges: ["("]
limits: {unattended: many}
hooks: {x: {room: "!a", user: "@b:c"}}
permissions:
  "@ada:example.org": ownr
terminal: {output: jsn}
logging: [a]
`)
	_, err := config.Load(path, config.ForDaemon)
	var invalid *config.Invalid
	if !errors.As(err, &invalid) {
		t.Fatalf("got %v, want *Invalid", err)
	}
	for _, want := range []string{
		`line 2: homeserver.url: "127.0.0.1:8008" is no web address; write one such as http://127.0.0.1:8008`,
		`homeserver.server_name: "https://example.org" is no server name`,
		`line 2: homeserver.softwear: is no known key; did you mean homeserver.software?`,
		`line 3: admin.timeout: "30" is not a duration (want a number with unit: 30s, 10m or 168h)`,
		`line 3: admin.token_file: admin.token is set as well; keep one of the two`,
		`line 3: admin.url: the environment variable TEST_UNSET_VARIABLE is not set`,
		`line 5: bot.management_rooms[0]: "admin" is neither a room ID nor an alias (want !… or #…)`,
		`line 6: bot.timezone: "Mars/Olympus" is no known time zone`,
		`line 8: bot.prefix: stands here for the second time, first in line 7; keep one`,
		`line 9: api.listen: "29341" is no address to listen on; write HOST:PORT`,
		`line 9: api.token_file: file ` + filepath.Join(filepath.Dir(path), "missing.txt") + ` does not exist`,
		`line 10: bridges[0]: "(" is no regular expression`,
		`line 11: limits.unattended: "many" is not a whole number`,
		`line 12: hooks.x: needs exactly one of secret (signed) and token (bearer)`,
		`line 12: hooks.x: needs exactly one of room, user and segment`,
		`permissions.@ada:example.org: "ownr" is not known here; did you mean owner?`,
		`permissions: nobody is an owner; add a line such as`,
		`line 15: terminal.output: "jsn" is not known here; did you mean json?`,
		`line 16: logging: want keys with values below it`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(err.Error(), "api.token: is missing") {
		t.Error("the same mistake is reported twice")
	}
	if t.Failed() {
		t.Log(err)
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	if !strings.HasSuffix(first, "problems:") {
		t.Errorf("first line: %q", first)
	}
}

func TestTerminalNeedsAHomeserverOnly(t *testing.T) {
	t.Parallel()
	path := write(t, "homeserver: {url: 'http://127.0.0.1:8008'}\n")
	if _, err := config.Load(path, config.ForTerminal); err != nil {
		t.Errorf("for the terminal: %v", err)
	}
	_, err := config.Load(path, config.ForDaemon)
	for _, want := range []string{"homeserver.server_name: is missing", "permissions: nobody is an owner"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("for the daemon: got %v, want %q", err, want)
		}
	}
	if _, err := config.Load(write(t, ""), config.ForTerminal); err == nil || !strings.Contains(err.Error(), "homeserver.url: is missing") {
		t.Errorf("empty file: got %v", err)
	}
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"not YAML": "homeserver: [", "a tab": "bot:\n\tprefix: x"} {
		if _, err := config.Load(write(t, text), config.ForTerminal); err == nil || !strings.Contains(err.Error(), "is not YAML") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := config.Load(filepath.Join(t.TempDir(), "none.yaml"), config.ForTerminal); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: got %v", err)
	}
	if _, err := config.Load(write(t, minimal+"---\na: b\n"), config.ForDaemon); err == nil || !strings.Contains(err.Error(), "second document") {
		t.Errorf("two documents: got %v", err)
	}
}

func TestDurations(t *testing.T) {
	t.Parallel()
	cfg := load(t, minimal+"appservice: {setup_grace: 1h30m}\n")
	if cfg.Appservice.SetupGrace != 90*time.Minute {
		t.Errorf("setup_grace = %s", cfg.Appservice.SetupGrace)
	}
}
