package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/mattn/go-runewidth"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"caretaker/homeserver/client"
)

// portable are the tags that every client shows alike.
var portable = []string{"p", "strong", "em", "ul", "ol", "li", "pre", "code", "a", "blockquote", "br"}

// widestLine is what fits a phone in preformatted text, in cells.
const widestLine = 32

// harmless fails the test if an answer does more than to show text: in a client, to people who may be mentioned, or to
// the layout.
func harmless(t *testing.T, command string, answer client.Answer, mayMention ...string) {
	t.Helper()
	for _, version := range append([]client.Event{answer.Message}, answer.Edits...) {
		var content struct {
			Mentions map[string]json.RawMessage `json:"m.mentions"`
		}
		raw, err := json.Marshal(version.Content)
		if err == nil {
			err = json.Unmarshal(raw, &content)
		}
		if err != nil || content.Mentions == nil || content.Mentions["room"] != nil {
			t.Errorf("%s: the mentions are not explicit: %s", command, raw)
		}
		for _, user := range version.Mentions() {
			if !slices.Contains(mayMention, user) {
				t.Errorf("%s: %s is mentioned", command, user)
			}
		}
	}
	walk(t, answer.HTML, func(tag *html.Node) {
		if !slices.Contains(portable, tag.Data) {
			t.Errorf("%s: there is a live <%s>: %s", command, tag.Data, answer.HTML)
		}
		for _, attribute := range tag.Attr {
			if attribute.Key != "href" || tag.Data != "a" || strings.Contains(attribute.Val, "matrix.to") || strings.HasPrefix(attribute.Val, "matrix:") {
				t.Errorf("%s: there is a live %s=%q", command, attribute.Key, attribute.Val)
			}
		}
		if tag.Data == "pre" && !strings.Contains(command, " -o ") {
			narrow(t, command, text(tag))
		}
	})
	if strings.Contains(strings.ToLower(answer.Plain), "@room") {
		t.Errorf("%s: old clients would alarm everybody: %q", command, answer.Plain)
	}
	for _, body := range []string{answer.Plain, textOf(t, answer.HTML)} {
		for line := range strings.Lines(body) {
			isolated(t, command, line)
		}
	}
}

// narrow fails the test if a line is wider than a phone.
func narrow(t *testing.T, command, block string) {
	t.Helper()
	for line := range strings.Lines(block) {
		if width := runewidth.StringWidth(unisolated(strings.TrimRight(line, "\n"))); width > widestLine {
			t.Errorf("%s: a line is %d cells wide: %q", command, width, line)
		}
	}
}

// isolated fails the test if a line leaves a directional isolate open, or has what turns or controls text.
func isolated(t *testing.T, command, line string) {
	t.Helper()
	open := 0
	for _, r := range line {
		switch {
		case r == '\u2068':
			open++
		case r == '\u2069':
			open--
		case r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)):
			t.Errorf("%s: there is %U in %q", command, r, line)
		}
		if open < 0 || open > 1 {
			t.Errorf("%s: a stranger opens or closes an isolate: %q", command, line)
		}
	}
	if open != 0 {
		t.Errorf("%s: an isolate stays open: %q", command, line)
	}
}

func unisolated(text string) string {
	return strings.NewReplacer("\u2068", "", "\u2069", "").Replace(text)
}

// textOf is what HTML shows.
func textOf(t *testing.T, source string) string {
	t.Helper()
	var shown strings.Builder
	for _, node := range parsed(t, source) {
		shown.WriteString(text(node))
	}
	return shown.String()
}

func text(node *html.Node) string {
	if node.Type == html.TextNode {
		return node.Data
	}
	var shown strings.Builder
	for below := range node.Descendants() {
		if below.Type == html.TextNode {
			shown.WriteString(below.Data)
		}
	}
	return shown.String()
}

// walk visits all tags of a message.
func walk(t *testing.T, source string, visit func(tag *html.Node)) {
	t.Helper()
	for _, top := range parsed(t, source) {
		if top.Type == html.ElementNode {
			visit(top)
		}
		for below := range top.Descendants() {
			if below.Type == html.ElementNode {
				visit(below)
			}
		}
	}
}

// parsed reads a message as a browser does.
func parsed(t *testing.T, source string) []*html.Node {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(source), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		t.Fatal(err)
	}
	return nodes
}
