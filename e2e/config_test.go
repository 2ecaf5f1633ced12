package e2e

import (
	"database/sql"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3" // to make databases that are not as they should be

	"caretaker/e2e/harness"
	"caretaker/homeserver"
)

// A daemon that cannot run says why and what to do about it, and ends.
func TestDaemonRefusesToRun(t *testing.T) {
	t.Parallel()
	good := harness.NewBot(t, harness.BotOptions{})
	good.CLI("regtok", "new", "--uses-allowed", "1") // makes the database
	other := harness.NewBot(t, harness.BotOptions{})
	for _, test := range []struct {
		name  string
		spoil func(t *testing.T, dir string)
		words []string
	}{
		{"many problems", func(t *testing.T, dir string) {
			write(t, dir, "config.yaml", `
homeserver: {url: "ftp://example.org", server_name: example.org, softwear: synapse}
admin: {timeout: soon, token_file: nowhere.txt}
bot: {timezone: Mars/Olympus, management_rooms: [admin]}
permissions: {"@ada:elsewhere.org": owner}
logging: {min_level: loud}
`)
		}, []string{
			"problems", "homeserver.url", "homeserver.softwear", "did you mean homeserver.software", "admin.timeout", "soon", "admin.token_file",
			"nowhere.txt", "bot.timezone", "Mars/Olympus", "bot.management_rooms[0]", "permissions", "elsewhere.org", "logging.min_level", "line 2",
		}},
		{"no YAML", func(t *testing.T, dir string) { write(t, dir, "config.yaml", "homeserver: {url: [\n") }, []string{"config.yaml", "YAML"}},
		{"no configuration", func(t *testing.T, dir string) { remove(t, dir, "config.yaml") }, []string{"config.yaml", "init"}},
		{"no owner", func(t *testing.T, dir string) { replace(t, dir, "config.yaml", ": owner", ": admin") }, []string{"permissions", "owner"}},
		{"no registration", func(t *testing.T, dir string) { remove(t, dir, "registration.yaml") }, []string{"registration.yaml", "caretaker init"}},
		{"registration of another bot", func(t *testing.T, dir string) {
			write(t, dir, "registration.yaml", read(t, other.Dir, "registration.yaml"))
		}, []string{"registration.yaml", "another bot", "appservice.registration"}},
		{"damaged registration", func(t *testing.T, dir string) { write(t, dir, "registration.yaml", "id: [") }, []string{"registration.yaml", "YAML"}},
		{"port in use", func(t *testing.T, dir string) {
			replace(t, dir, "config.yaml", strings.TrimPrefix(good.URL, "http://"), occupied(t))
		}, []string{"appservice.listen", "in use"}},
		{"no database", func(t *testing.T, dir string) { write(t, dir, "caretaker.db", strings.Repeat("no database ", 500)) },
			[]string{"caretaker.db", "is not a database", "database.uri"}},
		{"damaged database", func(t *testing.T, dir string) {
			write(t, dir, "caretaker.db", overwritten(read(t, dir, "caretaker.db")))
		},
			[]string{"caretaker.db", "damaged", "backup"}},
		{"newer database", func(t *testing.T, dir string) { execute(t, dir, "UPDATE version SET version = 999, compat = 999") },
			[]string{"caretaker.db", "newer version"}},
		{"database of another program", func(t *testing.T, dir string) {
			remove(t, dir, "caretaker.db")
			execute(t, dir, "CREATE TABLE pets (name TEXT)")
		}, []string{"caretaker.db", "another program"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := copyOf(t, good.Dir)
			test.spoil(t, dir)
			out := good.CLI("run", "-c", filepath.Join(dir, "config.yaml"))
			if out.Code != 1 || out.Stdout != "" || !strings.HasPrefix(out.Stderr, "caretaker: ") {
				t.Errorf("exit status %d, want 1: %s", out.Code, out.Stderr)
			}
			for _, word := range test.words {
				if !strings.Contains(out.Stderr, word) {
					t.Errorf("%q is not said: %s", word, out.Stderr)
				}
			}
			if strings.Contains(out.Stderr, good.Registration.ASToken) || strings.Contains(out.Stderr, "goroutine") {
				t.Errorf("too much is said: %s", out.Stderr)
			}
		})
	}
}

// A homeserver that does not know the bot yet is waited for. Whoever asks is told why.
func TestWaitsForRegistration(t *testing.T) {
	t.Parallel()
	port, err := homeserver.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	health := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	bot := harness.NewBot(t, harness.BotOptions{Config: map[string]any{"monitoring": map[string]any{"listen": health}}})
	known := read(t, bot.Dir, "registration.yaml")
	replace(t, bot.Dir, "registration.yaml", bot.Registration.ASToken, strings.Repeat("unknown", 8))
	bot.Run()
	bot.WaitLog("registration")
	if status, said := get(t, "http://"+health+"/readyz?verbose"); status != http.StatusServiceUnavailable || !strings.Contains(said, "registration") {
		t.Errorf("/readyz answers %d: %s", status, said)
	}
	if status, _ := get(t, "http://"+health+"/livez"); status != http.StatusOK {
		t.Errorf("/livez answers %d, want 200", status)
	}
	if code := bot.Stop(); code != 0 {
		t.Errorf("stopped while it waited: exit status %d, want 0", code)
	}
	write(t, bot.Dir, "registration.yaml", known)
	bot.Run()
	room := bot.Owner.NewRoom(bot)
	if answer := bot.Owner.Ask(room, "!admin whoami"); answer.Status != "ok" {
		t.Errorf("after the registration is right: %s", answer.Plain)
	}
	if status, said := get(t, "http://"+health+"/readyz?verbose"); status != http.StatusOK {
		t.Errorf("/readyz answers %d: %s", status, said)
	}
}

// copyOf is a bot's directory with a database that a daemon made.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	copied := t.TempDir()
	for _, name := range []string{"config.yaml", "registration.yaml", "admin.token", "shared-secret", "caretaker.db"} {
		write(t, copied, name, read(t, dir, name))
	}
	return copied
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func replace(t *testing.T, dir, name, old, with string) {
	t.Helper()
	before := read(t, dir, name)
	after := strings.ReplaceAll(before, old, with)
	if before == after {
		t.Fatalf("%s does not contain %q", name, old)
	}
	write(t, dir, name, after)
}

// occupied is the address of a port that somebody else has for the time of the test.
func occupied(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

// execute changes a copied database.
func execute(t *testing.T, dir, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(dir, "caretaker.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// overwritten is a database whose first page has its header and nothing else that makes sense.
func overwritten(database string) string {
	const header, page = 100, 4096
	return database[:header] + strings.Repeat("\xff", page-header) + database[page:]
}

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(harness.Step(t), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(content)
}
