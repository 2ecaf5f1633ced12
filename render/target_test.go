package render_test

import (
	"strings"
	"testing"
	"time"

	"caretaker/render"
)

func TestTimes(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("CET", 3600)
	for _, test := range []struct {
		away               time.Duration // before now
		room, cell, inTerm string
	}{
		{30 * time.Second, "2026-11-21 05:40 CET (just now)", "just now", "2026-11-21 05:40:30"},
		{time.Minute, "2026-11-21 05:40 CET (1 minute ago)", "1 min ago", "2026-11-21 05:40:00"},
		{3 * time.Hour, "2026-11-21 02:41 CET (3 hours ago)", "3 h ago", "2026-11-21 02:41:00"},
		{72 * time.Hour, "2026-11-18 05:41 CET (3 days ago)", "2026-11-18", "2026-11-18 05:41:00"},
		{-2 * time.Hour, "2026-11-21 07:41 CET (in 2 hours)", "in 2 h", "2026-11-21 07:41:00"},
		{100 * 24 * time.Hour, "2026-08-13 05:41 CET (3 months ago)", "2026-08-13", "2026-08-13 05:41:00"},
		{800 * 24 * time.Hour, "2024-09-12 05:41 CET (2 years ago)", "2024-09-12", "2024-09-12 05:41:00"},
	} {
		at := render.Time(now.Add(-test.away))
		o := render.Options{Now: now, Zone: berlin}
		if got, _ := render.Room(render.Doc{render.Para{at}}, o); got != test.room {
			t.Errorf("room: got %q, want %q", got, test.room)
		}
		table := render.Doc{render.Table{Columns: []render.Column{{Name: "t"}}, Rows: [][]render.Inline{{at}}}}
		if got, _ := render.Room(table, o); !strings.HasSuffix(got, "\n"+test.cell) {
			t.Errorf("cell: got %q, want %q", got, test.cell)
		}
		if got := render.Terminal(render.Doc{render.Para{at}}, o); got != test.inTerm+"\n" {
			t.Errorf("terminal: got %q, want %q", got, test.inTerm)
		}
	}
	if got, _ := render.Room(render.Doc{render.Para{render.Millis(0)}}, render.Options{}); got != "unknown" {
		t.Errorf("zero time: %q", got)
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for n, want := range map[render.Bytes]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 1_234_567: "1.2 MB", 999_999: "1.0 MB", 5_000_000_000: "5.0 GB", -2000: "-2.0 kB",
	} {
		if got, _ := render.Room(render.Doc{render.Para{n}}, render.Options{}); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestLinksMentionNobody(t *testing.T) {
	t.Parallel()
	for url, live := range map[string]bool{
		"https://example.org/a?b=c":                     true,
		"https://matrix.to/#/!room:hs.org/$event":       true,
		"https://matrix.to/#/@ada:hs.org":               false,
		"https://MATRIX.to/#/%40ada:hs.org":             false,
		"https://matrix.to/#@ada:hs.org":                false,
		"javascript:alert(1)":                           false,
		"data:text/html,x":                              false,
		"https://example.org/\" onclick=\"x\n":          false,
		"https://example.org/\u202eevil":                false,
		"mailto:admin@example.org":                      true,
		"matrix:u/ada:hs.org":                           false,
		"https://example.org/<script>alert(1)</script>": true,
	} {
		_, html := render.Room(render.Doc{render.Para{render.Link{URL: url, Text: "here"}}}, render.Options{})
		if got := strings.Contains(html, "<a "); got != live {
			t.Errorf("%q: link is %v, want %v", url, got, live)
		}
		if strings.Contains(html, "<script") || strings.Contains(html, `" onclick`) {
			t.Errorf("%q breaks out: %s", url, html)
		}
	}
}

func TestTerminalColours(t *testing.T) {
	t.Parallel()
	for name, doc := range samples() {
		o := options(t)
		plain := render.Terminal(doc, o)
		o.Color = true
		coloured := render.Terminal(doc, o)
		if strings.Contains(plain, "\x1b") {
			t.Errorf("%s: colours without being asked: %q", name, plain)
		}
		if got := strings.NewReplacer("\x1b[1m", "", "\x1b[2m", "", "\x1b[36m", "", "\x1b[0m", "").Replace(coloured); got != plain {
			t.Errorf("%s: colours change the text:\n%s\nwant\n%s", name, got, plain)
		}
	}
}

func TestTerminalFitsWidth(t *testing.T) {
	t.Parallel()
	doc := samples()["users"]
	for _, width := range []int{40, 60, 80, 120} {
		for line := range strings.Lines(render.Terminal(doc, render.Options{Now: now, Width: width})) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > width {
				t.Errorf("width %d: %d in %q", width, n, line)
			}
		}
	}
	if got := render.Terminal(doc, render.Options{}); !strings.Contains(got, "and of the long names") {
		t.Errorf("cut without a width:\n%s", got)
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	doc := samples()["users"]
	got := render.Terminal(doc, render.Options{Columns: []string{"Display Name", " name"}, Width: 200})
	if !strings.Contains(got, "\ndisplay name ") || !strings.Contains(got, "  name\n") || strings.Contains(got, "admin") {
		t.Errorf("got\n%s", got)
	}
	picked, err := render.Select(doc, []string{"admin"})
	if err != nil || string(render.CSV(picked)) != "admin\nyes\nno\nno\nno\n" {
		t.Errorf("got %v\n%s", err, render.CSV(picked))
	}
	if err := render.CheckColumns(doc, nil); err != nil {
		t.Error(err)
	}
	err = render.CheckColumns(doc, []string{"name", "nmae"})
	if err == nil || err.Error() != `there is no column "nmae"; the columns are name, admin, seen, display name` {
		t.Errorf("got %v", err)
	}
	if err := render.CheckColumns(render.Doc{}, []string{"x"}); err == nil {
		t.Error("columns of nothing")
	}
}

func TestCSVNumbersStayNumbers(t *testing.T) {
	t.Parallel()
	doc := render.Doc{render.Fields{
		{Name: "n", Value: render.Int(-5)}, {Name: "=x", Value: render.Outside("-5")}, {Name: "full", Value: render.Outside("＝1")},
		{Name: "c", Value: render.Command("user list")}, {Name: "long", Value: render.Outside(strings.Repeat("x", 10_000))},
	}}
	want := "n,'=x,full,c,long\n-5,'-5,'＝1,user list," + strings.Repeat("x", 10_000) + "\n"
	if got := string(render.CSV(doc)); got != want {
		t.Errorf("got %.200s", got)
	}
	if got := render.CSV(render.Doc{render.Para{render.Text("x")}}); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}

func TestRoomCutsWhatNobodyReads(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 10_000)
	plain, html := render.Room(render.Doc{
		render.Fields{{Name: "topic", Value: render.Outside(long)}},
		render.Table{Columns: []render.Column{{Name: "a"}}, Rows: [][]render.Inline{{render.Outside(long)}}},
	}, render.Options{})
	if len(plain) > 1300 || len(html) > 1400 || strings.Count(plain, "…") != 2 {
		t.Errorf("%d and %d bytes", len(plain), len(html))
	}
}

func TestNilAndMissingCellsAreUnknown(t *testing.T) {
	t.Parallel()
	doc := render.Doc{render.Table{Columns: []render.Column{{Name: "a"}, {Name: "b"}}, Rows: [][]render.Inline{{nil}, {}}}}
	if got, _ := render.Room(doc, render.Options{}); got != "a  b\n-  -\n–  –\n–  –" {
		t.Errorf("got\n%s", got)
	}
	if got := string(render.CSV(doc)); got != "a,b\n,\n,\n" {
		t.Errorf("got %q", got)
	}
}
