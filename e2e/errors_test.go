package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"caretaker/e2e/harness"
	"caretaker/homeserver/client"
)

// mishap is one class of errors: what is typed, what happens to it, and how it ends.
type mishap struct {
	name    string
	line    string // %s is an account that exists
	typed   string // what the first line must name
	status  string // in a room
	code    int    // of a terminal
	changed string // a part of the second line
	// admin says what becomes of requests to the admin API, if anything.
	method, path string
	fault        *harness.Fault
}

const (
	untouched = "Nothing was changed."
	unknown   = "unknown whether anything was changed"
)

var mishaps = []mishap{
	{name: "misspelt group", line: "usr list", typed: "usr", status: "usage", code: 2, changed: untouched},
	{name: "misspelt command", line: "user lst", typed: "user lst", status: "usage", code: 2, changed: untouched},
	{name: "nothing like it", line: "frobnicate it all", typed: "frobnicate", status: "usage", code: 2, changed: untouched},
	{name: "group alone", line: "user", typed: "user", status: "usage", code: 2, changed: untouched},
	{name: "unknown option", line: "user list --lmit 5", typed: "--lmit", status: "usage", code: 2, changed: untouched},
	{name: "unknown letter", line: "user list -Z", typed: "-Z", status: "usage", code: 2, changed: untouched},
	{name: "missing word", line: "user details", typed: "user details", status: "usage", code: 2, changed: untouched},
	{name: "surplus word", line: "user details bob and alice", typed: "and", status: "usage", code: 2, changed: untouched},
	{name: "no value", line: "user list --limit", typed: "--limit", status: "usage", code: 2, changed: untouched},
	{name: "not a number", line: "user list --limit many", typed: "many", status: "usage", code: 2, changed: untouched},
	{name: "not a user", line: "user details #room:example.org", typed: "#room:example.org", status: "usage", code: 2, changed: untouched},
	{name: "not a date", line: "audit list --since yesteryear", typed: "yesteryear", status: "usage", code: 2, changed: untouched},
	{name: "very long word", line: "user details bob " + strings.Repeat("x", 3000), typed: "xxx", status: "usage", code: 2, changed: untouched},
	{name: "unknown user", line: "user details nobody-at-all", typed: "nobody-at-all", status: "failed", code: 1, changed: untouched},
	{name: "unknown user to change", line: "user suspend nobody-at-all", typed: "nobody-at-all", status: "failed", code: 1, changed: untouched},
	{name: "unknown room", line: "room details !nowhere:test.localhost", typed: "!nowhere:test.localhost", status: "failed", code: 1, changed: untouched},
	{name: "unknown alias", line: "room details #nowhere:test.localhost", typed: "#nowhere:test.localhost", status: "failed", code: 1, changed: untouched},
	{name: "unknown record", line: "audit details 987654", typed: "987654", status: "failed", code: 1, changed: untouched},
	{name: "unknown token", line: "regtok details nosuchtoken", typed: "nosuchtoken", status: "failed", code: 1, changed: untouched},
	{name: "too busy", line: "user details %s", typed: "%s", status: "unavailable", code: 6, changed: untouched,
		method: "GET", path: "/users/", fault: &harness.TooMany},
	{name: "proxy's page", line: "user details %s", typed: "%s", status: "unavailable", code: 6, changed: untouched,
		method: "GET", path: "/users/", fault: &harness.WebPage},
	{name: "page that is fine", line: "user details %s", typed: "%s", status: "unavailable", code: 6, changed: untouched,
		method: "GET", path: "/users/", fault: &harness.Fault{Header: map[string]string{"Content-Type": "text/html"}, Body: "<html><body>Hello</body></html>"}},
	{name: "not forwarded", line: "user details %s", typed: "%s", status: "unavailable", code: 6, changed: untouched,
		method: "GET", path: "/users/", fault: &harness.Fault{Status: 404, Header: map[string]string{"Content-Type": "text/html"}, Body: "<html>404 Not Found</html>"}},
	{name: "server error", line: "user details %s", typed: "%s", status: "unavailable", code: 6, changed: untouched,
		method: "GET", path: "/users/", fault: &harness.ServerError},
	{name: "no right", line: "user details %s", typed: "%s", status: "denied", code: 4, changed: untouched,
		method: "GET", path: "/users/", fault: matrixError(403, "M_FORBIDDEN", "You are not a server admin")},
	{name: "expired token", line: "user details %s", typed: "%s", status: "denied", code: 4, changed: untouched,
		method: "GET", path: "/users/", fault: matrixError(401, "M_UNKNOWN_TOKEN", "Access token has expired")},
	{name: "older server", line: "user details %s", typed: "%s", status: "unsupported", code: 5, changed: untouched,
		method: "GET", path: "/users/", fault: matrixError(404, "M_UNRECOGNIZED", "Unrecognized request")},
	{name: "no answer", line: "user details %s", typed: "%s", status: "unavailable", code: 6, changed: untouched,
		method: "GET", path: "/users/", fault: &harness.Hang},
	{name: "refused value", line: "user suspend %s", typed: "%s", status: "failed", code: 1, changed: untouched,
		method: "PUT", path: "/suspend/", fault: matrixError(400, "M_INVALID_PARAM", `{"loc": ["body"], "msg": "bad <b>value</b>"}`)},
	{name: "no answer to a change", line: "user suspend %s", typed: "%s", status: "unavailable", code: 6, changed: unknown,
		method: "PUT", path: "/suspend/", fault: &harness.Hang},
	{name: "lost answer to a change", line: "user suspend %s", typed: "%s", status: "unavailable", code: 6, changed: unknown,
		method: "PUT", path: "/suspend/", fault: &harness.LostAnswer},
	{name: "page after a change", line: "user suspend %s", typed: "%s", status: "unavailable", code: 6, changed: unknown,
		method: "PUT", path: "/suspend/", fault: &harness.WebPage},
	{name: "lost answer, nobody named", line: "regtok new", typed: "registration token", status: "unavailable", code: 6, changed: unknown,
		method: "POST", path: "/registration_tokens/new", fault: &harness.LostAnswer},
}

func matrixError(status int, code, text string) *harness.Fault {
	return &harness.Fault{Status: status, Header: map[string]string{"Content-Type": "application/json"},
		Body: fmt.Sprintf(`{"errcode":%q,"error":%q}`, code, text)}
}

// Whatever goes wrong, people read one sentence that names what they typed, what was changed, and a command that works.
func TestErrors(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{Config: map[string]any{"admin": map[string]any{"timeout": "700ms"}}})
	proxy := harness.NewProxy(t, bot.Synapse.URL) // before the admin API only, so that the room goes on
	bot.Configure(map[string]any{"admin": map[string]any{"url": proxy.URL}})
	bot.Run()
	user := bot.Synapse.NewUser(t, "somebody").UserID
	h := newHints(t, bot, bot.Owner, bot.Owner.NewRoom(bot))
	for _, m := range mishaps {
		m.line, m.typed = strings.Replace(m.line, "%s", user, 1), strings.Replace(m.typed, "%s", user, 1)
		disturb(proxy, m)
		answer := bot.Owner.Ask(h.room, "!admin "+m.line)
		proxy.Calm()
		disturb(proxy, m)
		out := bot.CLI(strings.Fields(m.line)...)
		proxy.Calm()
		m.expectAnswer(t, h, answer)
		m.expectOutput(t, h, out)
	}

	proxy.Down()
	m := mishap{name: "no server", typed: user, status: "unavailable", code: 6, changed: untouched}
	answer, out := bot.Owner.Ask(h.room, "!admin user details "+user), bot.CLI("user", "details", user)
	proxy.Up()
	m.expectAnswer(t, h, answer)
	m.expectOutput(t, h, out)
}

// A right that is missing is said in words, with the way out.
func TestErrorOfMissingRole(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{})
	bob, victim := bot.Synapse.NewUser(t, "bob"), bot.Synapse.NewUser(t, "victim")
	bot.Grant(bob.UserID, "viewer")
	bot.Run()
	h := newHints(t, bot, bob, bot.Owner.NewRoom(bot, bob))
	for _, m := range []mishap{
		{name: "role too low", line: "user suspend " + victim.UserID, typed: "user suspend"},
		{name: "role too low to destroy", line: "user deactivate " + victim.UserID, typed: "user deactivate"},
		{name: "role too low to read", line: "audit list", typed: "audit list"},
	} {
		m.status, m.changed = "denied", untouched
		m.expectAnswer(t, h, bob.Ask(h.room, "!admin "+m.line))
	}
	h.who = bot.Owner
	for _, m := range []mishap{
		{name: "protected account", line: "user suspend " + bot.UserID, typed: bot.UserID},
		{name: "protected room", line: "room delete here", typed: h.room},
	} {
		m.status, m.changed = "denied", untouched
		m.expectAnswer(t, h, bot.Owner.Ask(h.room, "!admin "+m.line))
	}
}

func disturb(proxy *harness.Proxy, m mishap) {
	if m.fault != nil {
		proxy.Disturb(-1, harness.On(m.method, m.path), *m.fault)
	}
}

// The hint of an answer, and the example that usage errors have.
var (
	tried    = regexp.MustCompile(`(?m)^Try (!admin .+)$`)
	exampled = regexp.MustCompile(`(?m)^For example: (!admin .+)$`)
)

// expectAnswer checks what a room reads, and that the hint is no usage error.
func (m mishap) expectAnswer(t *testing.T, h *hints, answer client.Answer) {
	t.Helper()
	plain := unisolated(answer.Plain)
	if answer.Status != m.status {
		t.Errorf("%s: got %s, want %s: %s", m.name, answer.Status, m.status, plain)
	}
	harmless(t, m.name, answer)
	lines := strings.Split(plain, "\n\n")
	m.expectWords(t, lines)
	hint := tried.FindStringSubmatch(plain)
	if hint == nil {
		t.Errorf("%s: there is no hint: %s", m.name, plain)
		return
	}
	h.inRoom(hint[1])
	if example := exampled.FindStringSubmatch(plain); example != nil {
		h.inRoom(example[1] + " --dry-run")
	}
}

// expectOutput checks what a terminal prints, and that the hint works in a shell.
func (m mishap) expectOutput(t *testing.T, h *hints, out harness.Output) {
	t.Helper()
	if out.Code != m.code || out.Stdout != "" {
		t.Errorf("%s: exit status %d, want %d; standard output: %q; %s", m.name, out.Code, m.code, out.Stdout, out.Stderr)
	}
	lines := strings.Split(strings.TrimRight(out.Stderr, "\n"), "\n")
	first, ok := strings.CutPrefix(lines[0], "caretaker: ")
	if len(lines) == 4 { // a usage error
		example, has := strings.CutPrefix(lines[2], "example: ")
		ok = ok && has
		h.inShell(example + " --dry-run")
		lines = slices.Delete(lines, 2, 3)
	}
	if !ok || len(lines) != 3 {
		t.Errorf("%s: standard error is not what happened, what was changed, and a hint: %s", m.name, out.Stderr)
		return
	}
	lines[0] = first
	m.expectWords(t, lines)
	hint, ok := strings.CutPrefix(lines[2], "hint: ")
	if !ok || !strings.HasPrefix(hint, "caretaker ") {
		t.Errorf("%s: there is no hint: %s", m.name, out.Stderr)
		return
	}
	h.inShell(hint)
}

// machinery is what programs say to each other.
var machinery = regexp.MustCompile(`[{}]|<|>|&lt;|\\u|\\"|%!|0x[0-9a-f]|(?i)goroutine|\bnil\b|panic|dial tcp|EOF|connection reset|i/o timeout|` +
	`context (deadline|canceled)|unexpected|unmarshal|json|errcode|M_[A-Z]|Get "|Put "|Post "|http://[^ ]*/_`)

// sentences finds where one sentence ends and another begins.
var sentences = regexp.MustCompile(`[.!?]\s+[A-Z]`)

func (m mishap) expectWords(t *testing.T, lines []string) {
	t.Helper()
	first := lines[0]
	if n := utf8.RuneCountInString(first); n > 160 || n < 10 {
		t.Errorf("%s: the first line has %d characters: %s", m.name, n, first)
	}
	if strings.Contains(first, "\n") || sentences.MatchString(first) {
		t.Errorf("%s: more than one sentence: %s", m.name, first)
	}
	if !strings.Contains(strings.ToLower(first), strings.ToLower(m.typed)) {
		t.Errorf("%s: %q is not named: %s", m.name, m.typed, first)
	}
	if found := machinery.FindString(first); found != "" {
		t.Errorf("%s: %q is for programs: %s", m.name, found, first)
	}
	if len(lines) < 2 || !strings.Contains(lines[1], m.changed) {
		t.Errorf("%s: it is not said what was changed, want %q: %q", m.name, m.changed, lines)
	}
}
