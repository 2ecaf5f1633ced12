package render

import (
	"bytes"
	"math"
	"slices"
)

// The canonical JSON bytes that the content of an event may have: a new one (the server's limit is 65,536 for the whole
// event), and an edit, which carries its text twice.
const (
	EventBudget = 60_000
	EditBudget  = 29_000
)

// CanonicalSize is the number of bytes that content takes as canonical JSON (specification, appendix "Canonical JSON"):
// no blanks, UTF-8 as it is. Content that is no JSON never fits anywhere: math.MaxInt.
func CanonicalSize(content any) int {
	raw, err := encode(content)
	if err != nil {
		return math.MaxInt
	}
	v, err := decode(raw) // also undoes the escapes of a json.RawMessage
	if err != nil {
		return math.MaxInt
	}
	if raw, err = encode(v); err != nil {
		return math.MaxInt
	}
	return len(raw) - unneeded(raw)
}

// unneeded counts the bytes of escapes that Go writes and canonical JSON does not: U+2028 and U+2029 have six instead
// of three.
func unneeded(raw []byte) int {
	n := 0
	for i := 0; i+6 <= len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		if bytes.HasPrefix(raw[i:], []byte(`\u2028`)) || bytes.HasPrefix(raw[i:], []byte(`\u2029`)) {
			n += 3
		}
		i++ // an escaped backslash is no start of an escape
	}
	return n
}

// Shrink shortens doc until the event content that wrap builds from its two bodies has at most budget bytes: first rows
// of tables and entries of lists go, from the end, but for the first of each; then the longest texts are cut; at last
// whole blocks go, from the end. It reports whether anything is missing; the result is doc itself if not. Only a wrap
// that needs more than budget for empty bodies gets an empty doc that still does not fit.
func Shrink(doc Doc, o Options, budget int, wrap func(plain, html string) any) (Doc, bool) {
	fits := func(d Doc) bool { return CanonicalSize(wrap(Room(d, o))) <= budget }
	if fits(doc) {
		return doc, false
	}
	for longest := 1 << 15; longest >= 16; longest /= 2 {
		short := shorten(doc, longest)
		if least := keep(short, 0); !fits(least) {
			continue
		}
		return longestFit(short, fits), true
	}
	short := keep(shorten(doc, 16), 0)
	for len(short) > 0 && !fits(short) {
		short = short[:len(short)-1]
	}
	return short, true
}

// longestFit keeps as many rows and entries of doc as fit. More rows can be fewer bytes, where one too wide for a table
// goes; so the search is followed by steps.
func longestFit(doc Doc, fits func(Doc) bool) Doc {
	low, high := 0, entries(doc)
	for low < high {
		middle := (low + high + 1) / 2
		if fits(keep(doc, middle)) {
			low = middle
		} else {
			high = middle - 1
		}
	}
	for low > 0 && !fits(keep(doc, low)) {
		low--
	}
	return keep(doc, low)
}

// entries counts the rows and list entries of doc.
func entries(doc Doc) int {
	n := 0
	for _, b := range doc {
		switch x := b.(type) {
		case Table:
			n += len(x.Rows)
		case List:
			n += len(x)
		case Quote:
			n += entries(Doc(x))
		}
	}
	return n
}

// keep is doc with its first n rows and entries, and at least one in each table and list.
func keep(doc Doc, n int) Doc {
	short, _ := keepUpTo(doc, n)
	return short
}

func keepUpTo(doc Doc, n int) (Doc, int) {
	take := func(have int) int {
		some := min(have, max(n, 1))
		n = max(n-some, 0)
		return some
	}
	short := slices.Clone(doc)
	for i, b := range short {
		switch x := b.(type) {
		case Table:
			x.Rows = x.Rows[:take(len(x.Rows))]
			short[i] = x
		case List:
			short[i] = x[:take(len(x))]
		case Quote:
			var inner Doc
			inner, n = keepUpTo(Doc(x), n)
			short[i] = Quote(inner)
		}
	}
	return short, n
}

// shorten is doc with every text cut to n cells.
func shorten(doc Doc, n int) Doc {
	short := make(Doc, len(doc))
	for i, b := range doc {
		switch x := b.(type) {
		case Para:
			short[i] = Para(shortenAll(x, n))
		case Heading:
			short[i] = Heading(shortenAll(x, n))
		case Fields:
			fields := slices.Clone(x)
			for j := range fields {
				fields[j].Value = shortenInline(fields[j].Value, n)
			}
			short[i] = fields
		case Table:
			rows := make([][]Inline, len(x.Rows))
			for j, row := range x.Rows {
				rows[j] = shortenAll(row, n)
			}
			short[i] = Table{Columns: x.Columns, Rows: rows}
		case List:
			list := make(List, len(x))
			for j, entry := range x {
				list[j] = Para(shortenAll(entry, n))
			}
			short[i] = list
		case Code:
			short[i] = Code{Text: cut(x.Text, n)}
		case Quote:
			short[i] = Quote(shorten(Doc(x), n))
		}
	}
	return short
}

func shortenAll(ins []Inline, n int) []Inline {
	short := make([]Inline, len(ins))
	for i, in := range ins {
		short[i] = shortenInline(in, n)
	}
	return short
}

func shortenInline(in Inline, n int) Inline {
	switch x := in.(type) {
	case Text:
		return Text(cut(string(x), n))
	case Outside:
		return Outside(cut(string(x), n))
	case ID:
		return ID(cut(string(x), max(n, longID)))
	case Command:
		return Command(cut(string(x), n))
	case Link:
		return Link{URL: x.URL, Text: cut(x.Text, n)}
	case Bold:
		return Bold(shortenAll(x, n))
	case Join:
		return Join(shortenAll(x, n))
	}
	return in
}
