package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"gopkg.in/yaml.v3"
	"maunium.net/go/mautrix/id"

	"caretaker/config"
)

func TestSecretsNeverPrint(t *testing.T) {
	t.Parallel()
	const canary = "canary"
	cfg := config.Default()
	cfg.Admin.Token = config.NewSecret(canary)
	hidden := struct{ inner config.Admin }{cfg.Admin}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
		fmt.Fprintf(&out, verb+verb+verb+"\n", cfg, cfg.Admin.Token, hidden)
	}
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, yaml.Marshal} {
		text, err := marshal(cfg)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
	}
	log := zerolog.New(&out)
	log.Info().Any("config", cfg).Any("token", cfg.Admin.Token).Stringer("as", cfg.Admin.Token).Interface("field", hidden).Msg("started")
	for _, bad := range []string{canary, fmt.Sprintf("%x", canary), "99 97 110"} {
		if strings.Contains(out.String(), bad) {
			t.Errorf("printed %q in:\n%s", bad, out.String())
		}
	}
	if !strings.Contains(out.String(), "***") {
		t.Error("nothing shows that there is a secret")
	}
}

func TestRelativePaths(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	text := minimal + "appservice: {registration: r.yaml}\n"
	tests := map[string]struct{ state, dataDir, want string }{
		"the configuration's folder": {want: dir},
		"systemd's":                  {state: "/var/lib/caretaker:/other", want: "/var/lib/caretaker"},
		"configured":                 {state: "/var/lib/caretaker", dataDir: "data", want: filepath.Join(dir, "data")},
		"configured, absolute":       {dataDir: "/srv/c", want: "/srv/c"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("STATE_DIRECTORY", test.state)
			if err := os.WriteFile(path, []byte(text+"data_dir: "+test.dataDir+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			cfg, err := config.Load(path, config.ForDaemon)
			if err != nil {
				t.Fatal(err)
			}
			for want, got := range map[string]string{
				test.want:                                  cfg.DataFolder(),
				filepath.Join(test.want, "caretaker.db"):   cfg.DatabaseFile(),
				filepath.Join(test.want, "caretaker.lock"): cfg.LockFile(),
				filepath.Join(test.want, "admin.token"):    cfg.AdminTokenFile(),
				filepath.Join(dir, "r.yaml"):               cfg.RegistrationFile(),
				filepath.Join(dir, "avatar.png"):           cfg.File("avatar.png"),
			} {
				if got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		})
	}
}

func TestFind(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("CARETAKER_CONFIG", "")
	t.Chdir(t.TempDir())
	find := func(flag, want string) {
		t.Helper()
		if got, err := config.Find(flag); err != nil || got != want {
			t.Errorf("Find(%q) = %q, %v, want %q", flag, got, err, want)
		}
	}
	if _, err := config.Find(""); err == nil || !strings.Contains(err.Error(), "config.yaml") {
		t.Errorf("without any file: %v", err)
	}
	own := filepath.Join(os.Getenv("HOME"), ".config/caretaker/config.yaml")
	if err := config.Write(own, nil); err != nil {
		t.Fatal(err)
	}
	find("", own)
	if err := config.Write("config.yaml", nil); err != nil {
		t.Fatal(err)
	}
	find("", "config.yaml")
	t.Setenv("CARETAKER_CONFIG", "/from/environment.yaml")
	find("", "/from/environment.yaml")
	find("given.yaml", "given.yaml")
}

func TestRoles(t *testing.T) {
	t.Parallel()
	cfg := load(t, `
homeserver: {url: "http://127.0.0.1:8008", server_name: "example.org:8448"}
permissions:
  "example.org:8448": operator
  "@ada:example.org:8448": owner
  "@low:example.org:8448": viewer
`)
	for user, want := range map[string]config.Role{
		"@ada:example.org:8448": config.RoleOwner,
		"@low:example.org:8448": config.RoleViewer,
		"@bob:example.org:8448": config.RoleOperator,
		"@bob:example.org":      "",
		"@ada:evil.org":         "",
		"bob:example.org:8448":  "",
		"":                      "",
	} {
		if got := cfg.Permissions.Role(id.UserID(user)); got != want {
			t.Errorf("role of %q = %q, want %q", user, got, want)
		}
	}
	if owners := cfg.Permissions.Owners(); len(owners) != 1 || owners[0] != "@ada:example.org:8448" {
		t.Errorf("owners = %v", owners)
	}
}

func TestWhoMayHaveARole(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]string{
		`"@eve:evil.org": admin`:          "permissions.@eve:evil.org: is a user of another server",
		`"evil.org": viewer`:              "permissions.evil.org: is neither a user of this server nor its name",
		`ada: viewer`:                     "permissions.ada: is neither a user of this server nor its name",
		`"@caretaker:example.org": admin`: "is the bot itself",
		`"@bob:example.org": root`:        `"root" is not known here; want viewer, operator, admin, owner`,
		`"@bob:example.org":`:             `"" is not known here`,
	} {
		path := write(t, strings.Replace(minimal, "{\"@ada:example.org\": owner}", "\n  \"@ada:example.org\": owner\n  "+entry, 1))
		if _, err := config.Load(path, config.ForDaemon); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", entry, err, want)
		}
	}
}

func TestWriteReplacesInOneStep(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "config.yaml")
	for _, text := range []string{"a: 1\n", "b: 2\n"} {
		if err := config.Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(path); string(got) != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestDocumentKeepsWhatItDoesNotChange(t *testing.T) {
	t.Parallel()
	path := write(t, `# mine
homeserver:
  url: http://old:8008 # the URL
bridges: [a, b]
admin: {token: old, token_file: x}
`)
	doc, err := config.OpenDocument(path)
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]any{"homeserver.url": "http://new:8008", "terminal.verify_tls": false, "admin.token": "1234"} {
		if err := doc.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	doc.Delete("admin.token_file")
	doc.Delete("nothing.there")
	if got := doc.Get("homeserver.url"); got != "http://new:8008" {
		t.Errorf("Get = %q", got)
	}
	if err := doc.Save(); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(path)
	for _, want := range []string{"# mine", "url: http://new:8008 # the URL", "bridges: [a, b]", `token: "1234"`, "verify_tls: false"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "token_file") {
		t.Errorf("token_file is still there:\n%s", text)
	}
}

func TestLogger(t *testing.T) {
	t.Parallel()
	cfg := load(t, minimal+`
logging:
  min_level: debug
  writers:
    - {type: stderr, format: json, min_level: warn}
    - {type: file, format: pretty, filename: bot.log}
`)
	var stdout, stderr bytes.Buffer
	log, files, err := cfg.Logger(&stdout, &stderr)
	if err != nil {
		t.Fatal(err)
	}
	log.Debug().Msg("quiet")
	log.Warn().Msg("loud")
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	file, _ := os.ReadFile(cfg.File("bot.log"))
	if got := stderr.String(); strings.Contains(got, "quiet") || !strings.Contains(got, `"message":"loud"`) {
		t.Errorf("stderr: %s", got)
	}
	if !strings.Contains(string(file), "quiet") || !strings.Contains(string(file), "loud") || stdout.Len() > 0 {
		t.Errorf("file: %s, stdout: %s", file, &stdout)
	}
}
