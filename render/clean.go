package render

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks may follow each other; no written language needs more.
const maxMarks = 8

// Characters that stand for what was there.
const (
	lineMark = '⏎' // U+23CE, a line break within a value
	noBase   = '◌' // U+25CC, the base of a combining mark that had none
)

// Clean makes text from outside harmless on a single line of a terminal or log.
func Clean(s string) string { return clean(s) }

// clean makes text from outside fit for one line of any target: control characters become visible, line breaks become
// ⏎, what has no width and what turns the direction of text disappears, blanks are single. Blank text becomes "".
func clean(s string) string {
	if plainASCII(s) {
		return s
	}
	c := cleaner{in: s}
	c.run()
	return c.out.String()
}

// scrub is clean for text of ours, which may have several lines and more than one blank.
func scrub(s string) string {
	c := cleaner{in: s, ours: true}
	c.run()
	return c.out.String()
}

// plainASCII reports whether clean would change nothing, for the common case.
func plainASCII(s string) bool {
	if strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") || strings.Contains(s, "  ") {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// cleaner copies in to out, rune by rune.
type cleaner struct {
	in    string
	ours  bool
	out   strings.Builder
	last  rune // written last, 0 at the start
	blank bool // a blank is due before the next rune
	marks int  // combining marks since the last base
}

func (c *cleaner) run() {
	for i := 0; i < len(c.in); {
		r, size := utf8.DecodeRuneInString(c.in[i:])
		i += size
		if r == '\r' && strings.HasPrefix(c.in[i:], "\n") {
			continue
		}
		c.take(r, c.in[i:])
	}
}

// take handles one rune; rest is what follows it.
func (c *cleaner) take(r rune, rest string) {
	switch {
	case lineBreak(r):
		c.line()
	case blankRune(r):
		c.space(r)
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Noncharacter_Code_Point, r), r == utf8.RuneError:
		// U+FFFD for all: clients have no glyphs for the pictures of control characters.
		if c.last != utf8.RuneError || c.blank {
			c.write(utf8.RuneError)
		}
	case r == zeroWidthJoiner:
		next, _ := utf8.DecodeRuneInString(rest)
		if !c.blank && pictograph(c.last) && pictograph(next) {
			c.write(r)
		}
	case hiddenRune(r):
	case unicode.Is(unicode.M, r):
		c.mark(r)
	default:
		c.write(r)
	}
}

func (c *cleaner) line() {
	if c.ours {
		c.out.WriteByte('\n')
		c.last, c.marks = 0, 0
		return
	}
	c.write(lineMark)
}

func (c *cleaner) space(r rune) {
	switch {
	case c.ours && r == '\t':
		c.write(' ', ' ', ' ', ' ')
	case c.ours:
		c.write(' ')
	default:
		c.blank = c.last != 0
	}
}

// mark writes a combining mark. Without a base it would change the character before this value.
func (c *cleaner) mark(r rune) {
	if emojiVariation(r) && (c.blank || c.last == 0 || unicode.IsLetter(c.last)) {
		return
	}
	if c.marks++; c.marks > maxMarks {
		return
	}
	marks := c.marks
	if c.blank || c.last == 0 || c.last == ' ' {
		c.write(noBase)
		marks = 1
	}
	c.out.WriteRune(r)
	c.last, c.marks = r, marks
}

func (c *cleaner) write(runes ...rune) {
	if c.blank {
		c.out.WriteByte(' ')
		c.blank = false
	}
	for _, r := range runes {
		c.out.WriteRune(r)
		c.last = r
	}
	c.marks = 0
}

const zeroWidthJoiner = '\u200d'

func lineBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

// blankRune is whatever looks like a blank: also the Braille blank and the Hangul fillers.
func blankRune(r rune) bool {
	switch r {
	case 0x2800, 0x115f, 0x1160, 0x3164, 0xffa0:
		return true
	}
	return unicode.IsSpace(r)
}

// hiddenRune is a character without a shape of its own: bidirectional controls, zero-width characters, tags,
// variation selectors other than the two of emoji.
func hiddenRune(r rune) bool {
	switch {
	case emojiVariation(r):
		return false
	case r == 0x34f, r == 0x17b4, r == 0x17b5:
		return true
	case unicode.Is(unicode.Variation_Selector, r):
		return true
	}
	return unicode.Is(unicode.Cf, r)
}

func emojiVariation(r rune) bool { return r == 0xfe0e || r == 0xfe0f }

// pictograph reports whether a zero-width joiner beside r may belong to an emoji.
func pictograph(r rune) bool {
	return r == 0xfe0f || 0x2190 <= r && r <= 0x2bff || 0x1f000 <= r && r <= 0x1faff
}

var roomPing = regexp.MustCompile(`(?i)@(room)\b`)

// unping takes the alarm out of "@room". Clients from before m.mentions look for these five characters in the plain
// body; with the fullwidth commercial at, they don't find them, and people still read the same word. A zero-width
// character in the middle would do as well, but it is just what this package removes.
func unping(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	return roomPing.ReplaceAllString(s, "＠$1")
}
