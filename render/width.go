package render

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// longestCluster is the number of runes from which on a character is believed no more: a family with skin tones has
// eleven, a name that joins thousands is meant to break tables.
const longestCluster = 12

// cells is the number of terminal cells that s takes, counted by characters as people see them: CJK and emoji take two.
func cells(s string) int {
	n := 0
	for s != "" {
		var w int
		_, s, w = nextCluster(s)
		n += w
	}
	return n
}

// nextCluster splits the first character off s and measures it.
func nextCluster(s string) (cluster, rest string, width int) {
	if s[0] < utf8.RuneSelf && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		return s[:1], s[1:], 1
	}
	cluster, _, width, _ = uniseg.FirstGraphemeClusterInString(prefix(s, longestCluster+1), -1)
	if utf8.RuneCountInString(cluster) > longestCluster {
		_, size := utf8.DecodeRuneInString(s)
		return s[:size], s[size:], 2
	}
	return cluster, s[len(cluster):], width
}

// prefix is the first n runes of s, so that the search for the end of a character ends early.
func prefix(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// cut shortens s to at most width cells, the last of them "…" when something is missing. It never splits a character.
func cut(s string, width int) string {
	if len(s) <= width || cells(s) <= width {
		return s
	}
	if width < 1 {
		return ""
	}
	var b strings.Builder
	for room := width - 1; s != ""; {
		cluster, rest, w := nextCluster(s)
		if w > room {
			break
		}
		b.WriteString(cluster)
		s, room = rest, room-w
	}
	return strings.TrimRight(b.String(), " ") + "…"
}

// blanks are n spaces, none for n < 0.
func blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }
