package render_test

import (
	"encoding/csv"
	"html"
	"strings"
	"testing"
	"unicode/utf8"

	"caretaker/render"
)

// FuzzOutside holds what every target promises about text from outside, whatever it is.
func FuzzOutside(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		doc := render.Doc{render.Para{render.Outside(s)}}
		plain, body := render.Room(doc, render.Options{})
		if !utf8.ValidString(plain) || !utf8.ValidString(body) {
			t.Fatalf("not UTF-8: %q", plain)
		}
		quietButLinks(t, plain)
		inner := strings.TrimSuffix(strings.TrimPrefix(body, "<p>"), "</p>")
		if inner = strings.NewReplacer("<em>", "", "</em>", "").Replace(inner); strings.ContainsAny(inner, "<>\"") {
			t.Fatalf("live HTML in %q", body)
		}
		if html.UnescapeString(inner) != plain {
			t.Fatalf("bodies differ: %q, %q", plain, body)
		}
		if strings.Contains(plain, "\n") || plain == "" || len([]rune(plain)) > 20_000 {
			t.Fatalf("not one line: %q", plain)
		}
		again, _ := render.Room(render.Doc{render.Para{render.Outside(plain)}}, render.Options{})
		if again != plain && plain != "(empty)" {
			t.Fatalf("cleaned twice: %q, once: %q", again, plain)
		}
		quietButLinks(t, render.Terminal(doc, render.Options{}))
		inTable(t, s)
	})
}

// inTable puts s into each column of a table between two plain rows.
func inTable(t *testing.T, s string) {
	t.Helper()
	doc := render.Doc{render.Table{
		Columns: []render.Column{{Name: "a"}, {Name: "b", Free: true}},
		Rows: [][]render.Inline{
			{render.Text("x"), render.Text("y")},
			{render.Outside(s), render.Outside(s)},
			{render.Text("x"), render.Text("y")},
		},
	}}
	plain, _ := render.Room(doc, render.Options{})
	if lines := strings.Count(plain, "\n") + 1; strings.HasPrefix(plain, "a ") && lines != 5 {
		t.Fatalf("%d lines in\n%s", lines, plain)
	}
	rows, err := csv.NewReader(strings.NewReader(string(render.CSV(doc)))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("CSV has %d rows, %v", len(rows), err)
	}
	if cell := rows[2][0]; cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
		t.Fatalf("formula %q", cell)
	}
}

// quietButLinks is quiet for text that may itself name a matrix.to address, which we don't make a link of.
func quietButLinks(t tester, text string) {
	t.Helper()
	quiet(t, strings.ReplaceAll(text, "matrix.to", ""))
}
