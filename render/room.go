package render

import (
	"html"
	"strings"
)

// roomWidth is the widest preformatted line that fits a phone in the clients that were measured.
const roomWidth = 32

// Directional isolates: whatever direction a text from outside has, it stays within its place.
const (
	isolate = "\u2068"
	release = "\u2069"
)

// Room renders doc for a room. The HTML uses only what every client shows alike: paragraphs, lists, bold, italics,
// links, quotes, inline code, preformatted text and line breaks. The plain body has the same content, reads well alone
// and contains no markup.
//
// A table becomes preformatted text of at most o.Width cells (0: 32) or, where a row does not fit, one entry of a list
// per row. Text from outside stands between directional isolates, cannot become a tag and mentions nobody: identifiers
// are never links, and "@room" is written with another at sign. The caller still sets m.mentions.
func Room(doc Doc, o Options) (plain, html string) {
	if o.Width <= 0 {
		o.Width = roomWidth
	}
	w := roomWriter{voice: voice{Options: o, medium: inRoom, limit: longText}}
	w.doc(doc)
	return unping(strings.TrimRight(w.plain.String(), "\n")), strings.TrimRight(w.html.String(), "\n")
}

// roomWriter writes both bodies side by side.
type roomWriter struct {
	voice
	plain, html strings.Builder
	glued       bool // the block before is a heading: no empty line after it
}

func (w *roomWriter) doc(doc Doc) {
	for _, b := range doc {
		switch x := b.(type) {
		case Para:
			w.para(w.line(x))
		case Heading:
			w.para(w.pieces(Bold(x)))
			w.glued = true
		case Fields:
			w.fields(x)
		case List:
			w.list(x)
		case Table:
			w.table(x)
		case Code:
			text := strings.TrimRight(scrub(x.Text), "\n")
			w.block(text, "<pre><code>"+html.EscapeString(text)+"</code></pre>")
		case Quote:
			w.quote(Doc(x))
		}
	}
}

// block appends one finished block to each body.
func (w *roomWriter) block(plain, html string) {
	if w.plain.Len() > 0 {
		w.plain.WriteString("\n")
		if !w.glued {
			w.plain.WriteString("\n")
		}
	}
	w.glued = false
	w.plain.WriteString(plain)
	w.html.WriteString(html + "\n")
}

func (w *roomWriter) para(line []piece) {
	if len(line) > 0 {
		w.block(plainLine(line), "<p>"+htmlLine(line)+"</p>")
	}
}

func (w *roomWriter) fields(fields Fields) {
	var items [][]piece
	for _, f := range fields {
		head := w.label(f.Name)
		head.text, head.strong = head.text+":", true
		items = append(items, append([]piece{head, {text: " "}}, w.pieces(f.Value)...))
	}
	w.items(items, "")
}

func (w *roomWriter) list(list List) {
	var items [][]piece
	for _, entry := range list {
		items = append(items, w.line(entry))
	}
	w.items(items, "• ")
}

// items writes one entry of a list per line of pieces; bullet goes before each line of the plain body.
func (w *roomWriter) items(items [][]piece, bullet string) {
	if len(items) == 0 {
		return
	}
	var plain, tags []string
	for _, item := range items {
		// Further lines of an entry stand below its first word, also where the bullet is no character of ours.
		plain = append(plain, bullet+strings.ReplaceAll(plainLine(item), "\n", "\n  "))
		tags = append(tags, "<li>"+htmlLine(item)+"</li>")
	}
	w.block(strings.Join(plain, "\n"), "<ul>\n"+strings.Join(tags, "\n")+"\n</ul>")
}

func (w *roomWriter) table(t Table) {
	if len(t.Rows) == 0 || len(t.Columns) == 0 {
		w.para([]piece{{text: "(none)", mark: true}})
		return
	}
	all := w.worded(t)
	fitted, ok := all.fit(w.Width)
	if !ok {
		w.items(all.cards(), "• ")
		return
	}
	var plain, tagged []string
	for _, line := range fitted.lines() {
		for i := range line { // no tags within preformatted text
			line[i] = piece{text: line[i].text, foreign: line[i].foreign}
		}
		plain = append(plain, strings.TrimRight(plainLine(line), " "))
		tagged = append(tagged, strings.TrimRight(htmlLine(line), " "))
	}
	w.block(strings.Join(plain, "\n"), "<pre><code>"+strings.Join(tagged, "\n")+"</code></pre>")
}

// quote indents the plain body; "> " would be taken for the fallback of a reply, which clients remove.
func (w *roomWriter) quote(doc Doc) {
	inner := roomWriter{voice: w.voice}
	inner.doc(doc)
	if inner.plain.Len() == 0 {
		return
	}
	text := strings.TrimRight(inner.plain.String(), "\n")
	w.block(barred(text), "<blockquote>\n"+inner.html.String()+"</blockquote>")
}

// barred is text with a bar before each line.
func barred(text string) string {
	return strings.ReplaceAll("| "+strings.ReplaceAll(text, "\n", "\n| "), "| \n", "|\n")
}

// htmlLine is the only place where pieces become HTML.
func htmlLine(line []piece) string {
	var b strings.Builder
	bold := false
	for _, p := range line {
		if p.text == "" {
			continue
		}
		if p.strong != bold {
			b.WriteString(map[bool]string{true: "<strong>", false: "</strong>"}[p.strong])
			bold = p.strong
		}
		b.WriteString(p.html())
	}
	if bold {
		b.WriteString("</strong>")
	}
	return b.String()
}

// html is one piece without its boldness. The blank keeps lines apart where a client knows no <br>; isolates stand
// outside the tags, so that an identifier is copied without them.
func (p piece) html() string {
	text := strings.ReplaceAll(html.EscapeString(p.text), "\n", " <br>")
	switch {
	case p.code:
		text = "<code>" + text + "</code>"
	case p.mark:
		text = "<em>" + text + "</em>"
	}
	if p.foreign {
		text = isolate + text + release
	}
	if p.url != "" {
		text = `<a href="` + html.EscapeString(p.url) + `">` + text + "</a>"
	}
	return text
}

// plainLine is a line of the plain body.
func plainLine(line []piece) string {
	var b strings.Builder
	for _, p := range line {
		switch {
		case p.foreign && p.text != "":
			b.WriteString(isolate + p.text + release)
		case p.url != "" && p.url != p.text:
			b.WriteString(p.text + " (" + p.url + ")")
		default:
			b.WriteString(p.text)
		}
	}
	return b.String()
}
