package e2e

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"

	"caretaker/e2e/harness"
	"caretaker/homeserver/client"
)

// hostile are texts that attackers choose as names, topics and reasons, and what people see of them.
var hostile = []struct{ text, shown string }{
	{"<b>x</b>", "<b>x</b>"},
	{"<script>alert(1)</script>", "<script>alert(1)</script>"},
	{"</code></pre><h1>y</h1>", "</code></pre><h1>y</h1>"},
	{"&lt;img src=x&gt;", "&lt;img src=x&gt;"},
	{"**x**", "**x**"},
	{"[x](https://matrix.to/#/@admin:server)", "[x](https://matrix.to/#/@admin:server)"},
	{"@room wake up", "＠room wake up"},
	{"@admin:server", "@admin:server"},
	{"!admin user deactivate bob", "!admin user deactivate bob"},
	{"```\n!admin user list\n```", "```⏎!admin user list⏎```"},
	{"\u202eright to left", "right to left"},
	{"open\u2066isolate", "openisolate"},
	{"zero\u200bwidth\u200d", "zerowidth"},
	{"Z" + strings.Repeat("\u0300", 200) + "algo", "Z" + strings.Repeat("\u0300", 8) + "algo"},
	{"nul\x00byte", "nul\ufffdbyte"},
	{"c1\u009b2Jcontrol", "c1\ufffd2Jcontrol"},
	{"\x1b[2Jcleared", "\ufffd[2Jcleared"},
	{"\x1b]8;;https://example.org\x07link", "8;;https://example.org\ufffdlink"},
	{"two\r\nlines", "two⏎lines"},
	{"=cmd()", "=cmd()"},
	{"+1", "+1"},
	{"-1", "-1"},
	{"@SUM(A1)", "@SUM(A1)"},
	{"οwner", "οwner"}, // begins with a Greek letter
	{"مدير الخادم", "مدير الخادم"},
	{"מנהל השרת", "מנהל השרת"},
	{"👩\u200d💻 at work", "👩\u200d💻 at work"},
	{"管理者の部屋", "管理者の部屋"},
	{strings.Repeat("long ", 40) + "end", strings.Repeat("long ", 40) + "end"},
	{"   ", ""},
	{"", ""},
}

// Nothing that strangers write becomes more than text: no tag, no mention, no command, no escape sequence, no cell of
// somebody else.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{})
	h := &hostility{t: t, bot: bot, root: bot.Synapse.NewAdmin(t, "root")}
	h.room = bot.Owner.NewRoom(bot)
	t.Run("names of users", h.users)
	t.Run("names and topics of rooms", h.rooms)
	t.Run("reasons", h.reasons)
	t.Run("names of files", h.files)
}

type hostility struct {
	t    *testing.T
	bot  *harness.Bot
	root *harness.User
	room string
}

// ask gives a command and checks that its answer is harmless, and shows some things in this order.
func (h *hostility) ask(t *testing.T, command string, shown ...string) client.Answer {
	t.Helper()
	answer := h.bot.Owner.Ask(h.room, "!admin "+command)
	if answer.Status != "ok" && answer.Status != "confirm" {
		t.Errorf("%s got %s: %s", command, answer.Status, answer.Plain)
	}
	harmless(t, command, answer, h.bot.Owner.UserID)
	for body, content := range map[string]string{"plain": answer.Plain, "HTML": textOf(t, answer.HTML)} {
		rest := unisolated(content)
		for _, text := range shown {
			_, after, ok := strings.Cut(rest, text)
			if !ok {
				t.Errorf("%s: the %s body lacks %q in %.300q", command, body, text, rest)
				break
			}
			rest = after
		}
	}
	return answer
}

// cli runs a command in a terminal and checks that nothing in its output controls the terminal.
func (h *hostility) cli(t *testing.T, args ...string) string {
	t.Helper()
	out := h.bot.CLI(args...)
	if out.Code != 0 {
		t.Errorf("%s: exit status %d: %s", strings.Join(args, " "), out.Code, out.Stderr)
	}
	for _, text := range []string{out.Stdout, out.Stderr} {
		if i := strings.IndexFunc(text, controls); i >= 0 {
			t.Errorf("%s prints a control character: %q", strings.Join(args, " "), text[i:min(len(text), i+40)])
		}
	}
	return out.Stdout
}

// controls reports whether a character does something to a terminal beside being there.
func controls(r rune) bool {
	return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u200b')
}

func (h *hostility) users(t *testing.T) {
	t.Parallel()
	ids := make([]string, len(hostile))
	var shown []string
	for i, name := range hostile {
		localpart := fmt.Sprintf("hostile-name-%02d", i)
		ids[i] = "@" + localpart + ":" + h.bot.Synapse.ServerName
		h.named(t, localpart, name.text)
		shown = append(shown, ids[i], clip(name.shown, 190))
	}
	h.ask(t, "user list -n hostile-name- -l 20", shown[:40]...)
	h.ask(t, "user list -n hostile-name- --from 20", shown[40:]...)
	for _, i := range []int{1, 2, 6, 10, 16, 18, 26} {
		h.ask(t, "user details "+ids[i], ids[i], hostile[i].shown)
	}
	for i, name := range hostile[:5] {
		h.named(t, fmt.Sprintf("hx%d", i), name.text)
	}
	if table := h.ask(t, "user list -n hx", "@hx0:", "@hx4:"); !strings.Contains(table.HTML, "<pre><code>") {
		t.Errorf("the list is no table: %s", table.HTML)
	}
	h.userTerminal(t, ids)
}

func (h *hostility) userTerminal(t *testing.T, ids []string) {
	human := h.cli(t, "user", "list", "-n", "hostile-name-")
	table := h.cli(t, "user", "list", "-n", "hostile-name-", "-o", "table")
	for i, name := range hostile {
		for format, text := range map[string]string{"human": human, "table": table} {
			row := rowOf(text, ids[i])
			if !strings.Contains(strings.ReplaceAll(row, "@room", "＠room"), strings.TrimSpace(clip(name.shown, 60))) {
				t.Errorf("%s: the row of %q is %q", format, name.text, row)
			}
		}
	}
	rows, err := csv.NewReader(strings.NewReader(h.cli(t, "user", "list", "-n", "hostile-name-", "-o", "csv"))).ReadAll()
	if err != nil || len(rows) != len(hostile)+1 {
		t.Fatalf("the CSV has %d rows, want %d: %v", len(rows), len(hostile)+1, err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+") || strings.HasPrefix(cell, "-") || strings.HasPrefix(cell, "@") {
				t.Errorf("a spreadsheet would calculate %q", cell)
			}
		}
	}
	var page struct {
		Users []struct{ Name, Displayname string }
	}
	if err := json.Unmarshal([]byte(h.bot.CLI("user", "list", "-n", "hostile-name-", "-o", "json").Stdout), &page); err != nil {
		t.Fatal(err)
	}
	for i, name := range hostile {
		if got := page.Users[i].Displayname; got != name.text && strings.TrimSpace(name.text) != "" {
			t.Errorf("programs get %q for %q", got, name.text)
		}
	}
}

// rowOf is the line of a table that begins with an id; no other line may hold it.
func rowOf(table, id string) string {
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, id) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// named makes an account with a display name.
func (h *hostility) named(t *testing.T, localpart, name string) {
	t.Helper()
	account, err := h.bot.Synapse.RegisterUser(harness.Step(t), localpart, "password", false)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.New(h.bot.Synapse.URL, account.UserID, account.AccessToken).SetDisplayName(harness.Step(t), name); err != nil {
		t.Fatal(err)
	}
}

func (h *hostility) rooms(t *testing.T) {
	t.Parallel()
	room, err := h.root.CreateRoom(harness.Step(t), client.Room{Name: "victim"})
	if err != nil {
		t.Fatal(err)
	}
	half := len(hostile) / 2
	for i, name := range hostile[:half] {
		topic := hostile[i+half]
		if strings.Contains(name.text+topic.text, "\x00") { // the server forgets rooms' names with that
			continue
		}
		h.dress(t, room, name.text, topic.text)
		h.ask(t, "room details "+room, room, name.shown, topic.shown)
		h.ask(t, "room delete "+room, room, name.shown)
	}
	for _, name := range []string{"<b>@room</b>", "\u202e\x1b[2J\r\n@" + h.bot.Owner.Localpart, strings.Repeat("<", 10_000)} {
		h.dress(t, room, name, strings.Repeat(name, 3))
		h.ask(t, "room details "+room, room)
		h.ask(t, "room delete "+room, room)
		h.ask(t, "room search "+room, room)
		h.cli(t, "room", "list", "-n", room, "-o", "table")
		h.cli(t, "room", "details", room)
	}
}

// dress gives a room a name and a topic.
func (h *hostility) dress(t *testing.T, room, name, topic string) {
	t.Helper()
	for kind, content := range map[string]any{"m.room.name": map[string]string{"name": name}, "m.room.topic": map[string]string{"topic": topic}} {
		if err := h.root.SetState(harness.Step(t), room, kind, "", content); err != nil {
			t.Fatal(err)
		}
	}
}

func (h *hostility) reasons(t *testing.T) {
	t.Parallel()
	victim := h.bot.Synapse.NewUser(t, "victim")
	var shown []string
	for _, i := range []int{0, 1, 2, 5, 6, 7, 8, 10, 11, 13, 15, 16, 19, 24, 26} {
		reason := hostile[i]
		answer := h.ask(t, "user suspend "+victim.UserID+` --reason "`+reason.text+`"`)
		h.ask(t, "audit details "+answer.Ref, reason.shown)
		shown = append(shown, reason.shown)
	}
	slices.Reverse(shown) // newest first
	h.ask(t, "audit list --target "+victim.UserID, shown...)
	h.ask(t, "audit list -o csv", victim.UserID)
	printed := h.cli(t, "audit", "list", "--target", victim.UserID)
	for _, text := range shown {
		if !strings.Contains(strings.ReplaceAll(printed, "@room", "＠room"), text) {
			t.Errorf("the terminal's list lacks the reason %q", text)
		}
	}
	h.cli(t, "audit", "export", "-o", "csv")
}

func (h *hostility) files(t *testing.T) {
	t.Parallel()
	for _, name := range hostile[:8] {
		uri, err := h.root.Upload(harness.Step(t), url.QueryEscape(name.text), "image/png", []byte("no image"))
		if err != nil {
			t.Fatal(err)
		}
		h.ask(t, "media details "+uri, strings.TrimPrefix(uri, "mxc://"+h.bot.Synapse.ServerName+"/"))
		h.cli(t, "media", "details", uri)
	}
}

func clip(text string, most int) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), most)])
}
