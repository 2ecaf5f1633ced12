package e2e

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"caretaker/e2e/harness"
	"caretaker/homeserver/client"
)

// Whatever people type, make or use, no secret is anywhere but where it belongs.
func TestNoSecretGetsOut(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	w.typeThem()
	w.typeWhereItStays()
	w.makeThem()
	w.useThemInTerminal()
	w.readInRoom()
	w.readInTerminal()
	w.look("the log", w.bot.Log())
	w.lookAtProcesses()
	w.lookAtFiles("while the bot runs")
	w.bot.Stop()
	w.lookAtFiles("after the bot stopped")
	for _, room := range w.ada.Rooms() {
		w.lookAtRoom(room)
	}
	t.Logf("looked for %d secrets in %d places", len(w.secrets), w.places)
}

// A backup that reads the database while a password is typed keeps the password in it only until the backup has ended.
func TestSecretIsWipedAfterBackup(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	ctx := harness.Step(t)
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(w.bot.Dir, "caretaker.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	backup, err := db.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := backup.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(new(int)); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("!admin user password %s -p %s", w.victim.UserID, w.secret("typed during a backup"))
	w.refused(w.room, "during a backup", text, w.ada.Say(w.room, text))
	w.ada.Ask(w.room, probe)
	if err := backup.Rollback(); err != nil {
		t.Fatal(err)
	}
	w.bot.WaitLog("database was wiped")
	w.lookAtFiles("after the backup")
}

// typed are the ways to type a password into a room, %[1]s being a user and %[2]s the password.
var typed = map[string]string{
	"an argument":              `!admin user password %[1]s -p %[2]s`,
	"a long option":            `!admin user password %[1]s --password %[2]s`,
	"behind an equals sign":    `!admin user password %[1]s --password=%[2]s`,
	"joined to its letter":     `!admin user password %[1]s -p%[2]s`,
	"quoted":                   `!admin user password %[1]s -p "%[2]s with blanks"`,
	"in typographic quotes":    `!admin user password %[1]s —password “%[2]s”`,
	"in quotes left open":      `!admin user password %[1]s -p "%[2]s`,
	"a typo in the option":     `!admin user password %[1]s --pasword %[2]s`,
	"a typo before the equals": `!admin user password %[1]s --passwrod=%[2]s`,
	"a typo in the command":    `!admin user pasword %[1]s -p %[2]s`,
	"a typo in the group":      `!admin usr password %[1]s %[2]s`,
	"a typo in both":           `!admin usr pasword %[1]s --pasword %[2]s`,
	"a surplus word":           `!admin user password %[1]s %[2]s`,
	"the next line":            "!admin user password %[1]s\n%[2]s",
	"of another command":       `!admin user modify %[1]s -P %[2]s`,
	"misspelt, of another":     `!admin user modify %[1]s --passwort %[2]s`,
	"where none is taken":      `!admin user lock %[1]s --password %[2]s`,
	"of a new account":         `!admin user register new-account -p %[2]s`,
	"of a dry run":             `!admin user password %[1]s -p %[2]s --dry-run`,
	"before a wrong format":    `!admin user password %[1]s -p %[2]s -o xml`,
	"of a login":               `!admin matrix login %[1]s -p %[2]s`,
	"of a misspelt login":      `!admin matrx login %[1]s --pasword %[2]s`,
	"in a request's body":      `!admin raw v2/users/%[1]s -m put -d '{"password": "%[2]s"}'`,
	"below a request":          "!admin raw v1/reset_password/%[1]s -m post\n{\"new_password\": \"%[2]s\"}",
	"with help":                `!admin user password %[1]s -p %[2]s --help`,
}

// typeThem types passwords into the room; each is refused, not repeated and removed.
func (w *watch) typeThem() {
	w.t.Helper()
	events, texts := map[string]string{}, map[string]string{}
	for how, form := range typed {
		texts[how] = fmt.Sprintf(form, w.victim.UserID, w.secret(how))
		events[how] = w.ada.Say(w.room, texts[how])
	}
	how := "in a code block"
	texts[how] = fmt.Sprintf("!admin user password %s -p %s", w.victim.UserID, w.secret(how))
	code := "<pre><code>" + texts[how] + "\n</code></pre>"
	events[how] = w.must(w.ada.SendHTML(harness.Step(w.t), w.room, "```\n"+texts[how]+"\n```", code))
	for how, event := range events {
		w.refused(w.room, how, texts[how], event)
	}
}

// refused expects that a typed password is refused, and that its message is removed where the bot may.
func (w *watch) refused(room, how, text, event string) client.Answer {
	w.t.Helper()
	w.written[event] = true
	answer := w.ada.Final(room, event)
	if answer.Status != "usage" {
		w.t.Errorf("%s: got %s, want usage: %s", how, answer.Status, answer.Plain)
	}
	if room == w.room {
		_, err := w.ada.Wait(harness.Step(w.t), room, "the removal of "+text, func(e client.Event) bool { return e.Redacts() == event })
		w.must("", err)
	}
	return answer
}

// typeWhereItStays types a password where the bot may not remove it.
func (w *watch) typeWhereItStays() {
	w.t.Helper()
	room := w.ada.NewRoom(w.bot)
	text := fmt.Sprintf("!admin user password %s -p %s", w.victim.UserID, w.secret("where the bot may not remove it"))
	answer := w.refused(room, "where the bot may not remove it", text, w.ada.Say(room, text))
	if !strings.Contains(answer.Plain, "delete") {
		w.t.Errorf("nobody was told to delete the message: %s", answer.Plain)
	}
	w.must("", w.ada.Leave(harness.Step(w.t), room)) // what is written there is not the bot's
}

// makeThem has passwords made. They come in a direct message, work, and go when they were read.
func (w *watch) makeThem() {
	w.t.Helper()
	w.ask("!admin user password " + w.victim.UserID)
	w.logIn(w.victim.Localpart, w.delivered("made", w.victim.Localpart, "✅"))
	w.ask("!admin user login " + w.victim.UserID)
	token := w.delivered("made to log in", w.victim.Localpart, "✅")
	session := client.New(w.bot.Synapse.URL, w.victim.UserID, token)
	w.must("", session.Do(harness.Step(w.t), "GET", "/_matrix/client/v3/account/whoami", nil, nil))
	newcomer := "newcomer-" + w.victim.Localpart
	w.ask("!admin user register " + newcomer)
	w.logIn(newcomer, w.delivered("made for a new account", newcomer, "✅\ufe0f"))
}

// ask gives a command, confirms it where it asks, and expects it to be done.
func (w *watch) ask(command string) {
	w.t.Helper()
	answer := w.ada.Ask(w.room, command)
	if answer.Status == "confirm" {
		w.ada.Say(w.room, "!admin confirm "+answer.Code)
		answer = w.ada.Final(w.room, answer.Event)
	}
	if answer.Status != "ok" {
		w.t.Fatalf("%s got %s: %s", command, answer.Status, answer.Plain)
	}
}

// useThemInTerminal sets passwords in a terminal, rightly and wrongly.
func (w *watch) useThemInTerminal() {
	w.t.Helper()
	user := w.victim.UserID
	for _, call := range []struct {
		what string
		code int
		args []string
	}{
		{"in a terminal", 0, []string{"user", "password", user, "--yes", "-p"}},
		{"of another command in a terminal", 0, []string{"user", "modify", user, "--yes", "-P"}},
		{"of a new account in a terminal", 0, []string{"user", "register", "terminal-" + w.victim.Localpart, "-p"}},
		{"of a dry run in a terminal", 0, []string{"user", "password", user, "--dry-run", "-p"}},
		{"of a dry run for programs", 0, []string{"user", "password", user, "--dry-run", "-o", "json", "-p"}},
		{"of an unknown user", 1, []string{"user", "password", "nobody-at-all", "--yes", "-vvv", "-p"}},
		{"without an answer", 2, []string{"user", "password", user, "-p"}},
		{"misspelt in a terminal", 2, []string{"user", "password", user, "--pasword"}},
		{"of a misspelt command", 2, []string{"user", "pasword", user, "-p"}},
		{"surplus in a terminal", 2, []string{"user", "password", user}},
	} {
		out := w.bot.CLI(append(call.args, w.secret(call.what))...)
		w.look("the output of "+strings.Join(call.args, " "), out.Stdout+out.Stderr)
		if out.Code != call.code {
			w.t.Errorf("%s: exit status %d, want %d: %s", call.what, out.Code, call.code, out.Stderr)
		}
	}
	out := w.bot.CLI("user", "password", user, "--generate", "--yes", "-o", "json")
	made, _ := decode(w.t, out.Stdout)["password"].(string)
	if len(made) < 16 {
		w.t.Fatalf("--generate printed no password: %s%s", out.Stdout, out.Stderr)
	}
	w.secrets["generated in a terminal"] = made
	w.look("standard error of --generate", out.Stderr)
}

// readers are the commands that show what was done or how things are.
var readers = []string{
	"status", "check", "check -o json", "audit list -l 500", "audit list -l 500 -o csv", "audit list -l 500 -o json", "audit export",
	"audit export -o json", "audit verify", "help user password", "bot rooms",
}

func (w *watch) readInRoom() {
	w.t.Helper()
	for _, command := range readers {
		if answer := w.ada.Ask(w.room, "!admin "+command); answer.Status != "ok" {
			w.t.Errorf("%s got %s: %s", command, answer.Status, answer.Plain)
		}
	}
	w.bot.Proxy.Disturb(1, harness.On("GET", "/users/"), harness.WebPage)
	w.ada.Ask(w.room, "!admin user details "+w.victim.UserID)
}

func (w *watch) readInTerminal() {
	w.t.Helper()
	for _, command := range readers {
		out := w.bot.CLI(append(strings.Fields(command), "-vvv")...)
		w.look("the output of "+command, out.Stdout+out.Stderr)
		if out.Code != 0 {
			w.t.Errorf("%s: exit status %d: %s", command, out.Code, out.Stderr)
		}
	}
	var list struct {
		Entries []struct{ Ref, Command string }
	}
	if err := json.Unmarshal([]byte(w.bot.CLI("audit", "list", "--command", "user password", "-o", "json").Stdout), &list); err != nil || len(list.Entries) == 0 {
		w.t.Fatalf("there are no audit records: %v %v", err, list)
	}
	for _, entry := range list.Entries {
		w.look("the audit record of "+entry.Command, w.bot.CLI("audit", "details", entry.Ref).Stdout)
	}
	w.bot.Proxy.Disturb(1, harness.OnAdmin, harness.WebPage)
	out := w.bot.CLI("user", "list", "-vvv")
	w.look("an error text", out.Stderr)
}
