package render_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"caretaker/render"
)

func TestCanonicalSize(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		content any
		want    string // the canonical JSON
	}{
		"sorted without blanks": {json.RawMessage(`{ "b" : 1,  "a": [1, 2] }`), `{"a":[1,2],"b":1}`},
		"UTF-8 as it is":        {map[string]string{"é": "<&>\u2028\u2029"}, "{\"é\":\"<&>\u2028\u2029\"}"},
		"needless escapes":      {json.RawMessage(`{"a":"\u00e9\u002f"}`), `{"a":"é/"}`},
		"backslashes":           {map[string]string{"a": `\u2028`}, `{"a":"\\u2028"}`},
		"big numbers":           {map[string]int64{"n": 1<<53 - 1}, `{"n":9007199254740991}`},
	} {
		if got := render.CanonicalSize(test.content); got != len(test.want) {
			t.Errorf("%s: got %d, want %d", name, got, len(test.want))
		}
	}
	if got := render.CanonicalSize(math.Inf(1)); got != math.MaxInt {
		t.Errorf("what is no JSON fits: %d", got)
	}
}

// event is the content of an answer; edit the one of an edit, which has its text twice.
func event(plain, html string) any {
	return map[string]any{"msgtype": "m.notice", "body": plain, "format": "org.matrix.custom.html", "formatted_body": html}
}

func edit(plain, html string) any {
	return map[string]any{"m.new_content": event(plain, html), "body": "* " + plain, "formatted_body": html}
}

func TestShrinkFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := &builder{T: rt}
		doc := append(b.doc(2), render.Para{render.Text(strings.Repeat("<&> ", rapid.IntRange(0, 9000).Draw(rt, "text")))})
		budget := rapid.IntRange(400, 40_000).Draw(rt, "budget")
		short, cut := render.Shrink(doc, render.Options{Now: now}, budget, edit)
		size := render.CanonicalSize(edit(render.Room(short, render.Options{Now: now})))
		if size > budget {
			rt.Fatalf("%d bytes, budget %d", size, budget)
		}
		if whole := render.CanonicalSize(edit(render.Room(doc, render.Options{Now: now}))); cut != (whole > budget) {
			rt.Fatalf("cut is %v for %d bytes, budget %d", cut, whole, budget)
		}
	})
}

func TestShrinkDropsRowsFromTheEnd(t *testing.T) {
	t.Parallel()
	table := render.Table{Columns: []render.Column{{Name: "n"}}}
	for i := range 5000 {
		table.Rows = append(table.Rows, []render.Inline{render.Int(int64(1000 + i))})
	}
	doc := render.Doc{render.Para{render.Text("5000 rows")}, table, render.Para{render.Text("the end")}}
	short, cut := render.Shrink(doc, render.Options{}, 10_000, event)
	plain, _ := render.Room(short, render.Options{})
	rows := strings.Count(plain, "\n1") + strings.Count(plain, "\n2")
	if !cut || rows < 500 || !strings.HasPrefix(plain, "5000 rows") || !strings.HasSuffix(plain, "the end") {
		t.Errorf("cut %v, %d rows: %.40q … %q", cut, rows, plain, plain[len(plain)-20:])
	}
	if size := render.CanonicalSize(event(render.Room(short, render.Options{}))); size < 9_900 {
		t.Errorf("only %d bytes of 10000 used", size)
	}
	if len(doc[1].(render.Table).Rows) != 5000 {
		t.Error("the caller's document was changed")
	}
}

func TestShrinkLeavesWhatFits(t *testing.T) {
	t.Parallel()
	for name, doc := range samples() {
		short, cut := render.Shrink(doc, options(t), render.EditBudget, edit)
		if cut || len(short) != len(doc) {
			t.Errorf("%s was cut", name)
		}
	}
}

func TestShrinkCutsOneLongText(t *testing.T) {
	t.Parallel()
	doc := render.Doc{
		render.Fields{{Name: "name", Value: render.ID("@ada:hs.org")}},
		render.Code{Text: strings.Repeat("0123456789\n", 10_000)},
	}
	short, cut := render.Shrink(doc, render.Options{}, render.EventBudget, event)
	plain, _ := render.Room(short, render.Options{})
	if !cut || !strings.Contains(plain, "@ada:hs.org") || !strings.HasSuffix(plain, "…") || len(plain) < 10_000 {
		t.Errorf("cut %v, %d bytes: %.60q", cut, len(plain), plain)
	}
}
