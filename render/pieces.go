package render

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// piece is a part of a line whose wording is final for its target; how it is set off is left to the writer.
type piece struct {
	text    string
	foreign bool   // from outside: isolated in rooms
	code    bool   // an identifier or a command line
	strong  bool   // bold
	mark    bool   // stands for a value that is not there
	url     string // link target
}

// medium is the kind of target that a voice speaks for.
type medium int

const (
	inRoom medium = iota
	inTerminal
	inCSV
)

// voice words values for one target.
type voice struct {
	Options
	medium medium
	cell   bool // within a table, where room is scarce
	limit  int  // cells that one text from outside may take, 0 for any number
}

// The longest texts from outside: in a line of its own, in a table. Identifiers end at 255 bytes by specification.
const (
	longText = 1000
	longCell = 200
	longID   = 255
)

// pieces words one value.
func (v voice) pieces(in Inline) []piece {
	switch x := in.(type) {
	case Text:
		return []piece{{text: v.literal(string(x))}}
	case Outside:
		return []piece{v.outside(string(x), v.limit)}
	case ID:
		p := v.outside(string(x), v.idLimit())
		p.code = !p.mark
		return []piece{p}
	case Command:
		return []piece{{text: v.command(string(x)), code: true}}
	case Time:
		if time.Time(x).IsZero() {
			return []piece{v.unknown()}
		}
		return []piece{{text: v.moment(time.Time(x))}}
	case Bytes:
		return []piece{{text: v.size(int64(x))}}
	case Int:
		return []piece{{text: strconv.FormatInt(int64(x), 10)}}
	case Bool:
		if x {
			return []piece{{text: "yes"}}
		}
		return []piece{{text: "no"}}
	case Link:
		return []piece{v.link(x)}
	case Bold:
		parts := v.line(x)
		for i := range parts {
			parts[i].strong = true
		}
		return parts
	case Join:
		return v.line(x)
	}
	return []piece{v.unknown()}
}

// line words several values, one after the other.
func (v voice) line(ins []Inline) []piece {
	var parts []piece
	for _, in := range ins {
		parts = append(parts, v.pieces(in)...)
	}
	return parts
}

// label words the name of a field or column. Most are ours, but keys of a server's answer may be anybody's.
func (v voice) label(name string) piece {
	p := v.outside(name, 64)
	p.foreign = !plainASCII(name)
	return p
}

func (v voice) literal(s string) string {
	s = scrub(s)
	if v.cell {
		return strings.Join(strings.Fields(s), " ")
	}
	return s
}

func (v voice) outside(s string, limit int) piece {
	s = clean(s)
	if s == "" && v.medium != inCSV {
		return piece{text: "(empty)", mark: true}
	}
	if limit > 0 {
		s = cut(s, limit)
	}
	if v.medium == inRoom {
		s = unping(s)
	}
	return piece{text: s, foreign: true}
}

func (v voice) idLimit() int {
	if v.medium == inCSV {
		return 0
	}
	return longID
}

func (v voice) command(s string) string {
	s = clean(s)
	if v.Prefix != "" && v.medium != inCSV {
		s = scrub(v.Prefix) + " " + s
	}
	return s
}

func (v voice) unknown() piece {
	switch {
	case v.medium == inCSV:
		return piece{}
	case v.cell:
		return piece{text: "–", mark: true}
	}
	return piece{text: "unknown", mark: true}
}

func (v voice) size(n int64) string {
	if v.medium == inCSV {
		return strconv.FormatInt(n, 10)
	}
	if -1000 < n && n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	f, unit := float64(n)/1000, 0
	for (f >= 999.95 || f <= -999.95) && unit < 5 {
		f, unit = f/1000, unit+1
	}
	return strconv.FormatFloat(f, 'f', 1, 64) + " " + []string{"kB", "MB", "GB", "TB", "PB", "EB"}[unit]
}

// link drops links that are not for people's browsers, and those that clients turn into a mention of somebody.
func (v voice) link(l Link) piece {
	text := v.literal(l.Text)
	if text == "" {
		text = clean(l.URL)
	}
	u, err := url.Parse(l.URL)
	if err != nil || clean(l.URL) != l.URL || strings.Contains(l.URL, " ") {
		return piece{text: text}
	}
	switch u.Scheme {
	case "http", "https", "mailto":
	default:
		return piece{text: text}
	}
	if strings.EqualFold(u.Hostname(), "matrix.to") && strings.HasPrefix(strings.TrimPrefix(u.Fragment, "/"), "@") {
		return piece{text: text}
	}
	if v.medium == inCSV {
		return piece{text: l.URL}
	}
	return piece{text: text, url: l.URL}
}
