package commandtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"caretaker/admin"
)

// Log records the calls of a fake that embeds it. The zero value works; it is not
// safe for concurrent use.
type Log struct{ calls []string }

// Called notes a call with its arguments; methods of fakes begin with it.
func (l *Log) Called(method string, args ...any) {
	words := []string{method}
	for _, arg := range args {
		words = append(words, written(arg))
	}
	l.calls = append(l.calls, strings.Join(words, " "))
}

// written is an argument as JSON, with < and > as they are.
func written(arg any) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(arg); err != nil {
		return fmt.Sprint(arg)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Calls are the calls so far, in order: method and arguments as JSON.
func (l *Log) Calls() []string { return slices.Clone(l.calls) }

// Answer is a server's answer with this JSON. It panics on what the server could
// not have sent.
func Answer[T any](raw string) admin.Answer[T] {
	answer, err := admin.Parse[T]([]byte(raw))
	if err != nil {
		panic(fmt.Sprintf("commandtest: %v in %s", err, raw))
	}
	return answer
}
