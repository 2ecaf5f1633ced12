package synapse

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"caretaker/admin"
)

const (
	maxMessage = 160 // characters of a message
	maxWords   = 110 // characters of the server's own words in a message
	maxHost    = 50  // characters of a host name in a message
	minSubject = 30  // characters that a subject may have in any case
)

// sentence joins the parts of a message. When it grows too long, what was acted on is cut, not what happened to it.
func sentence(before, subject, after string) *admin.Error {
	if before != "" {
		before += " "
	}
	room := maxMessage - utf8.RuneCountInString(before) - utf8.RuneCountInString(after)
	return admin.Failed("%s", before+clip(subject, max(room, minSubject))+after)
}

// words cleans what the server says for use in a sentence of ours: one line, no closing stop, cut. It returns nothing
// for what is not written for people.
func words(text string) string {
	text = strings.TrimRight(clip(text, maxWords), ". ")
	if strings.ContainsAny(text, "{}<>`") {
		return ""
	}
	return text
}

// clip makes text from outside fit into a message: control and formatting characters go, blanks are joined, and what
// is longer than n characters is cut.
func clip(text string, n int) string {
	text = strings.Join(strings.FieldsFunc(text, unprintable), " ")
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}

func unprintable(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
}

// isPlain reports whether a word can be pasted into a command line as it is.
func isPlain(word string) bool {
	for _, r := range word {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-/=+", r) {
			return false
		}
	}
	return !strings.HasPrefix(word, "-")
}
