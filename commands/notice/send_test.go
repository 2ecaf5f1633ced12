package notice_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/notice"
)

var send = notice.Group.Commands[0]

// server takes notices. Transaction ids that are random do not reach the golden file.
type server struct {
	commandtest.Log
	err     error
	txnID   string
	content admin.NoticeContent
}

var derived = regexp.MustCompile(`^caretaker-[0-9a-f]{32}$`)

func (s *server) SendServerNotice(_ context.Context, txnID string, user id.UserID, content any) (admin.Answer[admin.SentNotice], error) {
	s.txnID, s.content = txnID, content.(admin.NoticeContent)
	if !derived.MatchString(txnID) {
		txnID = "random"
	}
	s.Called("SendServerNotice", txnID, user, content)
	return commandtest.Answer[admin.SentNotice](`{"event_id": "$notice"}`), s.err
}

func TestExamples(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, notice.Group)
}

func TestSend(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line    string
		err     error
		options []commandtest.Option
		want    commands.Status
	}{
		"text":              {line: `notice send bob "Restart at <b>noon</b>"`, want: commands.StatusOK},
		"both forms":        {line: `notice send bob “Restart at noon” “Restart at <b>noon</b>”`, want: commands.StatusOK},
		"lines":             {line: "notice send bob\nDear Bob,\n\nthe server restarts at **noon** <script>.", want: commands.StatusOK},
		"author":            {line: "notice send author hello", options: []commandtest.Option{commandtest.Replying("@eve:example.org")}, want: commands.StatusOK},
		"terminal":          {line: "notice send bob hello", options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusOK},
		"markdown":          {line: `notice send bob --markdown "at *noon*"`, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusOK},
		"no text":           {line: "notice send bob", want: commands.StatusUsage},
		"two texts":         {line: "notice send bob hello\nhello", want: commands.StatusUsage},
		"no quotes":         {line: "notice send bob Hello Bob", want: commands.StatusUsage},
		"four words":        {line: "notice send bob Hello dear Bob", want: commands.StatusUsage},
		"room file":         {line: "notice send bob secret.txt -f", want: commands.StatusUsage},
		"switched off":      {line: "notice send bob hello", err: admin.Failed("cannot send a notice to user @bob:example.org: Server notices are not enabled on this server"), want: commands.StatusFailed},
		"missing file":      {line: "notice send bob nowhere.txt -f", options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusFailed},
		"operator":          {line: "notice send bob hello", options: []commandtest.Option{commandtest.As(commands.Operator)}, want: commands.StatusOK},
		"viewer":            {line: "notice send bob hello", options: []commandtest.Option{commandtest.As(commands.Viewer)}, want: commands.StatusDenied},
		"to the last owner": {line: "notice send grace hello", options: []commandtest.Option{commandtest.As(commands.Operator)}, want: commands.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := commandtest.Run(t, send, test.line, &server{err: test.err}, test.options...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

func TestFromFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain, formatted := write("plain.txt", "line 1\nline 2\n"), write("formatted.html", "<p>line 1</p>")
	for name, test := range map[string]struct {
		line       string
		text, html string
		want       commands.Status
	}{
		"one":       {"notice send bob -f " + plain, "line 1\nline 2\n", "line 1<br>line 2", commands.StatusOK},
		"both":      {"notice send bob -f " + plain + " " + formatted, "line 1\nline 2\n", "<p>line 1</p>", commands.StatusOK},
		"too large": {"notice send bob -f " + write("large.txt", strings.Repeat("x", 70_000)), "", "", commands.StatusFailed},
		"empty":     {"notice send bob -f " + write("empty.txt", "\n"), "", "", commands.StatusFailed},
		"directory": {"notice send bob -f " + dir, "", "", commands.StatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := &server{}
			status := commandtest.Try(t, send, test.line, fake, commandtest.Terminal()).Outcome.Status
			if status != test.want || fake.content.Body != test.text || fake.content.FormattedBody != test.html {
				t.Errorf("got %s with %+v, want %s with %q and %q", status, fake.content, test.want, test.text, test.html)
			}
		})
	}
}

// The server takes a second notice with the same transaction id for the first.
func TestTransactions(t *testing.T) {
	t.Parallel()
	transaction := func(line string, options ...commandtest.Option) string {
		fake := &server{}
		commandtest.Try(t, send, line, fake, options...)
		return fake.txnID
	}
	first := transaction("notice send bob hello")
	if again := transaction("notice send bob hello"); again != first {
		t.Errorf("the same command has the transactions %s and %s", first, again)
	}
	if other := transaction("notice send eve hello"); other == first {
		t.Errorf("two recipients share the transaction %s", first)
	}
	if a, b := transaction("notice send bob hello", commandtest.Terminal()), transaction("notice send bob hello", commandtest.Terminal()); a == b || len(a) < 20 {
		t.Errorf("two commands on a terminal have the transactions %q and %q", a, b)
	}
}

func TestMarkdownCannotHoldHTML(t *testing.T) {
	t.Parallel()
	fake := &server{}
	commandtest.Try(t, send, "notice send bob\n<b>x</b> **y** <script>alert(1)</script>", fake)
	content, _ := json.Marshal(fake.content)
	if strings.Contains(fake.content.FormattedBody, "<script") || strings.Contains(fake.content.FormattedBody, "<b>") || !strings.Contains(fake.content.FormattedBody, "<strong>y</strong>") {
		t.Errorf("sent %s, want only what Markdown means", content)
	}
}
