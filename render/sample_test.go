package render_test

import (
	"testing"
	"time"

	"caretaker/render"
)

// now is the moment of all tests.
var now = time.Date(2026, 11, 21, 4, 41, 0, 0, time.UTC)

// hostile are the strings that attackers choose as names, topics and reasons.
var hostile = []string{
	`<b>x</b>`, `<script>`, `</code></pre>`, `**x**`, `[x](y)`, `@room`, `@admin:server`, `!admin user deactivate bob`,
	"\u202eevil", "\u2066open", "a\u200db\u200bc", "e" + repeat("\u0301", 200), "nul\x00", "c1\u0085\u009b", "\x1b[2J",
	"\x1b]8;;http://evil\x07", "a\r\nb", "\xed\xa0\x80", "\xff\xfe", `=cmd()`, `+1`, `-1`, `@SUM(`, "ada", "\u0430da",
	"محمد علي", "דוד", "👩‍💻", "日本語テキスト", "", "   ", "a; admin: yes", "\u0338slash", "\u3164",
	repeat("long", 2500), repeat("👩‍", 500) + "💻", repeat("\u1100", 3000),
}

func repeat(s string, n int) string {
	out := make([]byte, 0, len(s)*n)
	for range n {
		out = append(out, s...)
	}
	return string(out)
}

// samples are documents like those of real commands.
func samples() map[string]render.Doc {
	seen := now.Add(-3*time.Hour - 5*time.Minute)
	columns := []render.Column{
		{Name: "name"}, {Name: "admin", Optional: true}, {Name: "seen", Optional: true},
		{Name: "display name", Free: true},
	}
	user := func(id string, admin bool, t time.Time, name string) []render.Inline {
		return []render.Inline{render.ID(id), render.Bool(admin), render.Time(t), render.Outside(name)}
	}
	users := render.Table{Columns: columns, Rows: [][]render.Inline{
		user("@ada:hs.org", true, seen, "Ada, Countess of Lovelace and of the long names"),
		user("@bob:hs.org", false, time.Time{}, "محمد علي"),
		user("@eve:hs.org", false, seen.AddDate(0, -1, 0), "</code></pre><b>日本語テキスト @room</b>"),
		user("@nil:hs.org", false, seen, ""),
	}}
	wide := render.Table{Columns: columns, Rows: [][]render.Inline{
		user("@somebody-with-a-long-name:matrix.example.org", true, seen, "name: admin: yes\nadmin: yes"),
		user("@bob:hs.org", false, time.Time{}, "   "),
	}}
	media := render.Table{
		Columns: []render.Column{{Name: "media"}, {Name: "size", Right: true}, {Name: "file", Free: true}},
		Rows: [][]render.Inline{
			{render.ID("mxc://h/abc"), render.Bytes(1_234_567), render.Outside("=cmd()")},
			{render.ID("mxc://h/d"), render.Bytes(12), nil},
		},
	}
	return map[string]render.Doc{
		"users": {
			render.Para{render.Int(4), render.Text(" of "), render.Int(120), render.Text(" users")},
			users,
			render.Para{render.Text("More: "), render.Command("user list -f 4")},
		},
		"cards": {render.Heading{render.Text("Wide rows")}, wide},
		"media": {media},
		"details": {render.Fields{
			{Name: "name", Value: render.ID("@ada:hs.org")},
			{Name: "displayname", Value: render.Outside("\u202eeda <i>")},
			{Name: "created", Value: render.Time(seen)},
			{Name: "last seen", Value: render.Unknown{}},
			{Name: "admin", Value: render.Bool(true)},
			{Name: "media", Value: render.Join{render.Int(3), render.Text(" files, "), render.Bytes(4_200_000)}},
		}},
		"prose": {
			render.Heading{render.Text("Delete "), render.ID("!room:hs.org"), render.Text("?")},
			render.Para{render.Text("This cannot be undone & <more>."), render.Text("\n"), render.Bold{render.Text("3 members")}},
			render.List{{render.Text("one "), render.Outside("@room hello")}, {render.Link{URL: "https://matrix.org/a?b&c", Text: "docs"}}},
			render.Quote{render.Para{render.Outside("a reason\nof two lines")}, render.List{{render.Text("x")}}},
			render.Code{Text: "{\n    \"a\": \"<b>\"\n}\n"},
			render.Table{Columns: columns},
		},
		"hostile": hostileDoc(),
	}
}

// hostileDoc has each hostile string as an identifier and as a name.
func hostileDoc() render.Doc {
	t := render.Table{Columns: []render.Column{{Name: "n", Right: true}, {Name: "id"}, {Name: "name", Free: true}}}
	for i, s := range hostile {
		t.Rows = append(t.Rows, []render.Inline{render.Int(int64(i)), render.Text("x"), render.Outside(s)})
	}
	return render.Doc{t}
}

func options(t *testing.T) render.Options {
	t.Helper()
	return render.Options{Now: now, Prefix: "!admin"}
}
