package config

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with a configuration file.
type Problem struct {
	Key  string // such as bot.management_rooms[0]; empty for the file as a whole
	Line int    // in the file, 0 if it is nowhere in particular
	Text string // what is wrong and what to write instead
}

// String gives the problem in one line.
func (p Problem) String() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", p.Line)
	}
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Text)
	return b.String()
}

// Invalid is the error of a configuration that was read but cannot be used. It
// names all problems at once.
type Invalid struct {
	Path     string // of the file, may be empty
	Problems []Problem
}

// Error gives a first line for the whole and one line for each problem.
func (e *Invalid) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "configuration %s has %s:", e.name(), count(len(e.Problems)))
	for _, p := range e.Problems {
		b.WriteString("\n  " + p.String())
	}
	return b.String()
}

func (e *Invalid) name() string {
	if e.Path == "" {
		return "(none)"
	}
	return e.Path
}

func count(n int) string {
	if n == 1 {
		return "a problem"
	}
	return fmt.Sprintf("%d problems", n)
}
