package render

import (
	"bytes"
	"errors"
)

// errTorn says that a document ends in the middle, or closes what was never opened.
var errTorn = errors.New("not a JSON document")

// indentJSON lays out a JSON document like [encoding/json.Indent] with four spaces. It relies on what marshalled the
// document for everything but brackets and quotes, and takes a fifth of the time: answers of a server, which were
// checked when they came, can have thousands of rows.
func indentJSON(raw []byte) ([]byte, error) {
	l := layout{out: make([]byte, 0, 2*len(raw)+1)} // what rows of an answer need
	for len(raw) > 0 {
		end := tokenEnd(raw)
		if end < 0 || !l.add(raw[:end]) {
			return nil, errTorn
		}
		raw = raw[end:]
	}
	if l.depth != 0 || len(l.out) == 0 {
		return nil, errTorn
	}
	return l.out, nil
}

// tokenEnd is where the first token of raw ends, -1 for a string that does not.
func tokenEnd(raw []byte) int {
	switch raw[0] {
	case '"':
		return stringEnd(raw)
	case '{', '}', '[', ']', ',', ':', ' ', '\t', '\r', '\n':
		return 1
	}
	for i, c := range raw { // a number, true, false or null
		switch c {
		case '}', ']', ',', ' ', '\t', '\r', '\n':
			return i
		}
	}
	return len(raw)
}

// stringEnd is where the string ends that raw begins with.
func stringEnd(raw []byte) int {
	for i := 1; i < len(raw); i++ {
		next := bytes.IndexByte(raw[i:], '"')
		if next < 0 {
			return -1
		}
		escape := bytes.IndexByte(raw[i:i+next], '\\')
		if escape < 0 {
			return i + next + 1
		}
		i += escape + 1 // what follows a backslash ends nothing
	}
	return -1
}

// layout is a document in the making.
type layout struct {
	out   []byte
	depth int
	empty bool // nothing came yet after the last opening bracket
}

// add writes one token, and reports false for a bracket too many.
func (l *layout) add(token []byte) bool {
	switch token[0] {
	case ' ', '\t', '\r', '\n':
	case '{', '[':
		l.begin()
		l.out = append(l.out, token[0])
		l.depth++
		l.empty = true
	case '}', ']':
		if l.depth--; l.depth < 0 {
			return false
		}
		if !l.empty {
			l.line()
		}
		l.empty = false
		l.out = append(l.out, token[0])
	case ',':
		l.out = append(l.out, ',')
		l.line()
	case ':':
		l.out = append(l.out, ": "...)
	default:
		l.begin()
		l.out = append(l.out, token...)
	}
	return true
}

// begin starts the first line within brackets.
func (l *layout) begin() {
	if l.empty {
		l.empty = false
		l.line()
	}
}

func (l *layout) line() {
	l.out = append(l.out, '\n')
	for range l.depth {
		l.out = append(l.out, "    "...)
	}
}
