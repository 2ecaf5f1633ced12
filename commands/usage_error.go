package commands

import "fmt"

// UsageError says what is wrong with what was typed. It is the caller's to mend;
// nothing was sent and nothing changed.
type UsageError struct {
	Message string   // one sentence for people, names what was typed
	Hint    string   // a command line without prefix that works when pasted
	Command *Command // nil when it is not known which one was meant
	// Secret says that what was typed may hold a password: it must be redacted
	// and not repeated.
	Secret bool
	// Choices are the suggestions for an unknown command or option, best first.
	Choices []string
}

// Error implements error.
func (e *UsageError) Error() string { return e.Message }

// HintLine is what to type next: the hint, or the help.
func (e *UsageError) HintLine() string {
	switch {
	case e.Hint != "":
		return e.Hint
	case e.Command != nil:
		return helpFor(e.Command)
	}
	return "help"
}

func usagef(c *Command, format string, args ...any) *UsageError {
	return &UsageError{Command: c, Message: clip(fmt.Sprintf(format, args...), 160)}
}

// DeniedError says that the caller may not do this, with the way out.
type DeniedError struct {
	Message string
	Hint    string
}

// Error implements error.
func (e *DeniedError) Error() string { return e.Message }

// clip cuts a sentence that quotes something long.
func clip(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most-1]) + "…"
}
