package commands

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Word is one word of a command line.
type Word struct {
	Text   string
	Pos    int  // where it starts in the line, in characters
	Quoted bool // it was quoted, and is never an option
}

// Line is a command as it came in: the words of its first line and the lines below.
type Line struct {
	Words []Word
	Body  string
}

// Words makes a line of a terminal's arguments, which the shell has split.
func Words(argv []string) Line {
	line := Line{Words: make([]Word, len(argv))}
	pos := 0
	for i, arg := range argv {
		line.Words[i] = Word{Text: arg, Pos: pos}
		pos += utf8.RuneCountInString(arg) + 1
	}
	return line
}

const (
	openQuotes  = "\"“„”«»" // all of them begin a quote where a word begins
	closeQuotes = "\"“”«»"  // a typographic quote ends with any of them, a straight one with its like
	openSingle  = "'‘‚’"
	closeSingle = "'’‘"
	longDashes  = "–—−‐‑" // what phones make of one or two hyphens
)

// Tokenise splits what a person typed, on a phone perhaps: typographic quotes and
// dashes, no-break spaces and doubled blanks are read as they were meant. The
// first line becomes words, the rest the body. The error is a [UsageError]; with
// it come the words before the one that is wrong.
func Tokenise(text string) (Line, error) {
	first, body, _ := strings.Cut(pasted.Replace(text), "\n")
	if strings.TrimFunc(body, blank) == "" {
		body = ""
	}
	t := tokeniser{runes: []rune(first)}
	err := t.read()
	return Line{Words: t.words, Body: strings.Trim(body, "\n")}, err
}

// pasted undoes what our own answers put around text from outside.
var pasted = strings.NewReplacer("\r\n", "\n", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "", "＠", "@")

type tokeniser struct {
	runes []rune
	pos   int
	words []Word
}

func (t *tokeniser) read() error {
	for t.skipBlank(); t.pos < len(t.runes); t.skipBlank() {
		if err := t.word(); err != nil {
			return err
		}
	}
	return nil
}

func (t *tokeniser) skipBlank() {
	for t.pos < len(t.runes) && blank(t.runes[t.pos]) {
		t.pos++
	}
}

// word reads one word; quotes open where it begins or after the = of an option.
func (t *tokeniser) word() error {
	var b strings.Builder
	word := Word{Pos: t.pos}
	for t.pos < len(t.runes) && !blank(t.runes[t.pos]) {
		r := t.runes[t.pos]
		start := t.pos == word.Pos
		if start || t.afterOption(word.Pos, b.String()) {
			if closers := closersOf(r); closers != "" {
				text, err := t.quoted(closers)
				if err != nil {
					return err
				}
				b.WriteString(text)
				word.Quoted = word.Quoted || start
				continue
			}
		}
		b.WriteRune(r)
		t.pos++
	}
	word.Text = b.String()
	if !word.Quoted {
		word.Text = dashes(word.Text)
	}
	t.words = append(t.words, word)
	return nil
}

// afterOption reports whether the text so far is "--option=".
func (t *tokeniser) afterOption(start int, text string) bool {
	return t.runes[t.pos-1] == '=' && strings.Count(text, "=") == 1 && strings.ContainsRune("-"+longDashes, t.runes[start])
}

func closersOf(r rune) string {
	switch {
	case r == '"':
		return `"`
	case strings.ContainsRune(openQuotes, r):
		return closeQuotes
	case strings.ContainsRune(openSingle, r):
		return closeSingle
	}
	return ""
}

// quoted reads from an opening quote to its end. A single quote ends only before
// a blank, so that 'it isn't' is one word. After any other there must be one: in
// "say "hi" now" nobody can tell which quote was meant to be the last.
func (t *tokeniser) quoted(closers string) (string, error) {
	opened := t.pos
	var b strings.Builder
	for t.pos++; t.pos < len(t.runes); t.pos++ {
		r := t.runes[t.pos]
		switch {
		case r == '\\' && t.pos+1 < len(t.runes) && (t.runes[t.pos+1] == '\\' || strings.ContainsRune(closers, t.runes[t.pos+1])):
			t.pos++
			b.WriteRune(t.runes[t.pos])
		case strings.ContainsRune(closers, r) && t.endsHere():
			t.pos++
			return b.String(), nil
		case strings.ContainsRune(closers, r) && closers != closeSingle:
			return "", &UsageError{
				Message: fmt.Sprintf(`the quote at character %d ends within a word; a quote inside quotes is written \"`, t.pos+1),
			}
		default:
			b.WriteRune(r)
		}
	}
	return "", &UsageError{
		Message: fmt.Sprintf("the quote that opens at character %d is not closed on its line", opened+1),
	}
}

func (t *tokeniser) endsHere() bool { return t.pos+1 == len(t.runes) || blank(t.runes[t.pos+1]) }

// dashes undoes what phones make of "--block" and "-b": a dash of any length in
// front of one letter or a number was one hyphen, unless it is the long one that
// two hyphens become.
func dashes(word string) string {
	rest := strings.TrimLeft(word, "-"+longDashes)
	front := []rune(word[:len(word)-len(rest)])
	if !strings.ContainsAny(string(front), longDashes) {
		return word
	}
	name, _, _ := strings.Cut(rest, "=")
	single := utf8.RuneCountInString(name) == 1 || rest != "" && unicode.IsDigit([]rune(rest)[0])
	if len(front) == 1 && front[0] != '—' && single {
		return "-" + rest
	}
	return "--" + rest
}

// blank includes the no-break and other spaces that phones put in, and the marks
// of nothing that some keyboards leave behind.
func blank(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' }

// quote writes a word so that Tokenise and a shell read it back.
func quote(word string) string {
	plain := word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return blank(r) || strings.ContainsRune(openQuotes+openSingle+"\\$`|&;<>()*?[]{}~", r)
	}) && dashes(word) == word
	if plain {
		return word
	}
	return `"` + quoteEscaper.Replace(word) + `"`
}

// A word never holds a line break when it comes from a room; from a terminal it may, and is only shown.
var quoteEscaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ")
