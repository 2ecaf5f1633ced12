package render

import "strings"

// Terminal renders doc as text: fields in two aligned columns, tables aligned and, where o.Width is set, narrowed by
// leaving out optional columns and cutting the last free one. A table that needs more stays a table and is wider.
//
// o.Columns selects columns of the first table; unknown names are ignored here (see CheckColumns). Escape sequences
// from outside are visible text; our own are written only if o.Color is set.
func Terminal(doc Doc, o Options) string {
	if len(o.Columns) > 0 {
		if selected, err := Select(doc, o.Columns); err == nil {
			doc = selected
		}
	}
	w := terminalWriter{voice: voice{Options: o, medium: inTerminal}}
	w.doc(doc)
	return w.out.String()
}

// maxLabel is the widest name that the values of fields are aligned behind.
const maxLabel = 40

type terminalWriter struct {
	voice
	out   strings.Builder
	glued bool // the block before is a heading: no empty line after it
}

func (w *terminalWriter) doc(doc Doc) {
	for _, b := range doc {
		switch x := b.(type) {
		case Para:
			w.block(w.paint(w.line(x)))
		case Heading:
			w.block(w.paint(w.pieces(Bold(x))))
			w.glued = true
		case Fields:
			w.fields(x)
		case List:
			w.list(x)
		case Table:
			w.table(x)
		case Code:
			w.block(strings.TrimRight(scrub(x.Text), "\n"))
		case Quote:
			w.quote(Doc(x))
		}
	}
}

// block appends lines, after an empty one if something stands before them.
func (w *terminalWriter) block(lines ...string) {
	if len(lines) == 0 || len(lines) == 1 && lines[0] == "" {
		return
	}
	if w.out.Len() > 0 && !w.glued {
		w.out.WriteByte('\n')
	}
	w.glued = false
	for _, line := range lines {
		w.out.WriteString(line + "\n")
	}
}

func (w *terminalWriter) fields(fields Fields) {
	width := 0
	heads := make([]piece, len(fields))
	for i, f := range fields {
		heads[i] = w.label(f.Name)
		heads[i].strong = true
		width = max(width, min(cells(heads[i].text), maxLabel))
	}
	var lines []string
	for i, f := range fields {
		pad := blanks(max(width-cells(heads[i].text), 0) + 2)
		value := w.paint(w.pieces(f.Value))
		value = strings.ReplaceAll(value, "\n", "\n"+blanks(width+2))
		lines = append(lines, w.paint(heads[i:i+1])+pad+value)
	}
	w.block(lines...)
}

func (w *terminalWriter) list(list List) {
	var lines []string
	for _, entry := range list {
		lines = append(lines, "- "+strings.ReplaceAll(w.paint(w.line(entry)), "\n", "\n  "))
	}
	w.block(lines...)
}

func (w *terminalWriter) table(t Table) {
	if len(t.Columns) == 0 {
		return
	}
	g := w.worded(t)
	if w.Width > 0 {
		g, _ = g.fit(w.Width)
	}
	for i := range g.cols {
		g.cols[i].head.strong = true
	}
	var lines []string
	for _, line := range g.lines() {
		lines = append(lines, strings.TrimRight(w.paint(line), " "))
	}
	w.block(lines...)
}

func (w *terminalWriter) quote(doc Doc) {
	inner := terminalWriter{voice: w.voice}
	inner.Width = max(w.Width-2, 0)
	inner.doc(doc)
	text := strings.TrimRight(inner.out.String(), "\n")
	if text != "" {
		w.block(barred(text))
	}
}

// paint joins pieces, with colours where they are wanted.
func (w *terminalWriter) paint(line []piece) string {
	var b strings.Builder
	for _, p := range line {
		text := p.text
		if p.url != "" && p.url != p.text {
			text += " (" + p.url + ")"
		}
		style := p.style()
		if !w.Color || style == "" || text == "" {
			b.WriteString(text)
			continue
		}
		b.WriteString("\x1b[" + style + "m" + text + "\x1b[0m")
	}
	return b.String()
}

// style is the SGR parameter that sets the piece off; the words alone say everything, too.
func (p piece) style() string {
	switch {
	case p.strong:
		return "1"
	case p.mark:
		return "2"
	case p.code && !p.foreign:
		return "36"
	}
	return ""
}
