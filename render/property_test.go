package render_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/mattn/go-runewidth"
	"pgregory.net/rapid"

	"caretaker/render"
)

// builder draws random documents. Each value that must survive begins with a marker; they are counted in order.
type builder struct {
	*rapid.T
	marks int
}

func (b *builder) marker() string {
	b.marks++
	return fmt.Sprintf("k%dx", b.marks)
}

func (b *builder) hostile() string { return rapid.SampledFrom(hostile).Draw(b.T, "hostile") }

func (b *builder) outside() render.Inline { return render.Outside(b.marker() + " " + b.hostile()) }

// value is any value that keeps its marker in every target.
func (b *builder) value() render.Inline {
	switch rapid.IntRange(0, 6).Draw(b.T, "value") {
	case 0:
		return render.Text(b.marker())
	case 1:
		return render.ID("@" + b.marker() + ":" + b.hostile())
	case 2:
		return render.Command(b.marker() + " " + b.hostile())
	case 3:
		return render.Bold{render.Text(b.marker() + " "), b.outside()}
	case 4:
		return render.Join{render.Bool(true), render.Text(" "), b.outside(), render.Text(" "), render.Unknown{}}
	case 5:
		return render.Link{URL: "https://example.org/?q=<\"&" + b.hostile(), Text: b.marker()}
	}
	return b.outside()
}

func (b *builder) para() render.Para {
	return render.Para{render.Text("is "), b.value(), render.Text(", "), b.value(), render.Text(".\n"), b.value()}
}

func (b *builder) table() render.Table {
	t := render.Table{Columns: []render.Column{
		{Name: "id"}, {Name: "n", Right: true}, {Name: "opt", Optional: true}, {Name: "some name", Free: true},
	}}
	wide := rapid.Bool().Draw(b.T, "wide")
	for range rapid.IntRange(1, 5).Draw(b.T, "rows") {
		name := b.marker()
		id := render.Inline(render.Text(name))
		if wide {
			id = render.ID("@" + name + ":" + b.hostile())
		}
		t.Rows = append(t.Rows, []render.Inline{id, render.Text(b.marker()), render.Outside(b.hostile()), b.outside()})
	}
	return t
}

func (b *builder) doc(depth int) render.Doc {
	var doc render.Doc
	for range rapid.IntRange(1, 4).Draw(b.T, "blocks") {
		switch rapid.IntRange(0, 5).Draw(b.T, "block") {
		case 0:
			doc = append(doc, b.para())
		case 1:
			doc = append(doc, render.Heading{b.value()})
		case 2:
			doc = append(doc, render.Fields{{Name: b.marker(), Value: b.value()}, {Name: b.hostile(), Value: b.value()}})
		case 3:
			doc = append(doc, render.List{b.para(), {b.value()}})
		case 4:
			doc = append(doc, b.table())
		case 5:
			if depth > 0 {
				doc = append(doc, render.Quote(b.doc(depth-1)))
			}
		}
	}
	return doc
}

// The tags that every client shows alike; nothing else may be in any HTML of ours.
var portable = regexp.MustCompile(`^</?(p|strong|em|ul|li|blockquote|pre|code)>$|^<br>$|^<a href="https://example\.org/[^"<>]*">$|^</a>$`)

var anyTag = regexp.MustCompile(`<[^>]*>?`)

// clients say what becomes of the tags: the tags they know, which break a line or do nothing; the others are removed,
// so that what stands beside them is glued together. The last client knows none.
var clients = map[string]string{
	"all tags":      "p strong em ul li blockquote pre code br a",
	"no code":       "p strong em ul li blockquote br a",
	"no lists":      "p strong em blockquote pre code br a",
	"no paragraphs": "ul li pre code br a",
	"none":          "",
}

func asShown(body, known string) string {
	text := anyTag.ReplaceAllStringFunc(body, func(tag string) string {
		name := strings.Fields(strings.Trim(tag, "</>"))[0]
		switch {
		case !strings.Contains(" "+known+" ", " "+name+" "):
			return ""
		case strings.Contains(" p ul li blockquote pre br ", " "+name+" "):
			return "\n"
		}
		return ""
	})
	return html.UnescapeString(text)
}

var markers = regexp.MustCompile(`[\pL\pN]*k(\d+)x[\pL\pN]*`)

// survives fails when one of the first n markers is missing, out of order or glued to something else.
func survives(t *rapid.T, where, text string, n int) {
	found := markers.FindAllString(text, -1)
	for i := range n {
		want := fmt.Sprintf("k%dx", i+1)
		if i >= len(found) || found[i] != want {
			t.Fatalf("%s: value %s is missing, out of place or glued: %q in\n%s", where, want, found, text)
		}
	}
}

func TestEveryValueSurvivesEveryClient(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := &builder{T: rt}
		doc := b.doc(2)
		plain, body := render.Room(doc, render.Options{Now: now, Prefix: "!admin"})
		for _, tag := range anyTag.FindAllString(body, -1) {
			if !portable.MatchString(tag) {
				rt.Fatalf("tag %q in\n%s", tag, body)
			}
		}
		nested(rt, body)
		for name, known := range clients {
			survives(rt, name, asShown(body, known), b.marks)
		}
		survives(rt, "plain", plain, b.marks)
		quiet(rt, plain)
		quiet(rt, body)
		for _, pre := range regexp.MustCompile(`(?s)<pre><code>(.*?)</code></pre>`).FindAllStringSubmatch(body, -1) {
			narrow(rt, html.UnescapeString(pre[1]))
		}
		survives(rt, "terminal", render.Terminal(doc, render.Options{}), b.marks)
		quiet(rt, render.Terminal(doc, render.Options{}))
	})
}

// nested fails when tags don't close in order.
func nested(t *rapid.T, body string) {
	var open []string
	for _, tag := range anyTag.FindAllString(body, -1) {
		name := strings.Fields(strings.Trim(tag, "</>"))[0]
		switch {
		case name == "br":
		case !strings.HasPrefix(tag, "</"):
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Fatalf("%s closes %v in\n%s", tag, open, body)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Fatalf("%v stay open in\n%s", open, body)
	}
}

// narrow fails when a line of a table is wider than phones show.
func narrow(t *rapid.T, pre string) {
	for line := range strings.Lines(pre) {
		line = strings.TrimRight(line, "\n")
		if w := runewidth.StringWidth(line); w > 32 {
			t.Fatalf("%d cells in %q", w, line)
		}
	}
}

// tester is what a test, a fuzz test and a property test have in common.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// quiet fails when text could steer a terminal, turn the direction of a line, ring a bell or mention a user.
func quiet(t tester, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		depth := 0
		for _, r := range strings.TrimRight(line, "\n") {
			switch {
			case r == '\u2068':
				depth++
			case r == '\u2069':
				depth--
			case r != '\u200d' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
				t.Fatalf("%U in %q", r, line)
			}
			if depth < 0 || depth > 1 {
				t.Fatalf("isolates out of balance in %q", line)
			}
		}
		if depth != 0 {
			t.Fatalf("isolate stays open in %q", line)
		}
	}
	if strings.Contains(text, "matrix.to") {
		t.Fatalf("mention in %q", text)
	}
}

func TestNoNameAlarmsTheRoom(t *testing.T) {
	t.Parallel()
	doc := render.Doc{
		render.Para{render.Outside("hey @ROOM!"), render.ID("@room:hs.org")},
		render.Fields{{Name: "@room", Value: render.Text("x")}},
		render.Code{Text: `{"name": "@room"}`},
	}
	plain, _ := render.Room(doc, render.Options{})
	if strings.Contains(strings.ToLower(plain), "@room") {
		t.Errorf("old clients ring for %q", plain)
	}
	if got, _ := render.Room(render.Doc{render.Para{render.ID("@roomba:hs.org")}}, render.Options{}); !strings.Contains(got, "@roomba:hs.org") {
		t.Errorf("an ordinary user was renamed: %q", got)
	}
}
