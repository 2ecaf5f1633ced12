package admin

import (
	"errors"
	"fmt"
	"time"
)

// Code says what kind of failure an [Error] is; doors turn it into marks and exit codes.
type Code string

// The codes of failed admin operations. Usage errors belong to the commands.
const (
	CodeFailed      Code = "failed"      // the server refused: a bad value, a conflict
	CodeNotFound    Code = "not_found"   // what was named does not exist
	CodeDenied      Code = "denied"      // no valid token, or no right
	CodeUnsupported Code = "unsupported" // this server does not have the operation
	CodeUnavailable Code = "unavailable" // no usable answer
)

// String returns the code as it appears in machine-readable output.
func (c Code) String() string { return string(c) }

// Error is a failed operation as people see it.
type Error struct {
	Code Code
	// Message is one sentence of at most 160 characters without a full stop: lower-case start, names what was acted
	// on, holds neither Go nor JSON.
	Message string
	// Hint is a command line without prefix or program that works when pasted; it may be empty.
	Hint string
	// Sent says that a changing request left us and no usable answer came: its outcome is unknown.
	Sent bool
	// RetryAfter is how long the server asked us to wait; zero when it did not.
	RetryAfter time.Duration
	// Cause is for the log; it may be nil.
	Cause error
}

// Error returns the message for people.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause, which may be nil.
func (e *Error) Unwrap() error { return e.Cause }

// Failed returns an error for what the server, or we in its place, refuse.
func Failed(format string, args ...any) *Error { return newError(CodeFailed, format, args) }

// NotFound returns an error for something that does not exist.
func NotFound(format string, args ...any) *Error { return newError(CodeNotFound, format, args) }

// Denied returns an error for a missing right.
func Denied(format string, args ...any) *Error { return newError(CodeDenied, format, args) }

// Unavailable returns an error for a server that gives no usable answer.
func Unavailable(format string, args ...any) *Error { return newError(CodeUnavailable, format, args) }

// Unsupported returns the error for an operation that this server does not have. It is returned before anything is
// sent. Nearest is the command that comes closest and becomes the hint; it may be empty.
func Unsupported(operation, nearest string) *Error {
	return &Error{
		Code:    CodeUnsupported,
		Message: shorten(fmt.Sprintf("this server does not support %q", operation)),
		Hint:    nearest,
	}
}

// CodeOf returns the code of the [Error] in err's chain, or the empty code when there is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// IsNotFound reports whether err says that what was named does not exist.
func IsNotFound(err error) bool { return CodeOf(err) == CodeNotFound }

// OutcomeUnknown reports whether err leaves open if a change was made.
func OutcomeUnknown(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Sent
}

func newError(code Code, format string, args []any) *Error {
	return &Error{Code: code, Message: shorten(fmt.Sprintf(format, args...))}
}

// maxMessage is how many characters a message may have, so that it fits on a phone's screen.
const maxMessage = 160

// shorten cuts a message that grew too long because of what it names.
func shorten(message string) string {
	runes := []rune(message)
	if len(runes) <= maxMessage {
		return message
	}
	return string(runes[:maxMessage-1]) + "…"
}
