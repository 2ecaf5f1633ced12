package admin

import (
	"context"
	"encoding/json"
	"errors"
)

// verbatimKey marks a context by [Verbatim].
type verbatimKey struct{}

// Verbatim returns a context for callers who hand on the server's answer as it came and read nothing but Raw. Of long
// lists only the first row is decoded then: there can be a hundred thousand.
func Verbatim(ctx context.Context) context.Context {
	return context.WithValue(ctx, verbatimKey{}, true)
}

// IsVerbatim reports whether nobody reads the values of answers that are got with this context.
func IsVerbatim(ctx context.Context) bool { return ctx.Value(verbatimKey{}) != nil }

// DecodeVerbatim makes the checks of [Decode] on an answer whose lists end after their first row; the value is that much.
// What it accepts is valid JSON as a whole.
func DecodeVerbatim(raw []byte, value any) error {
	if !json.Valid(raw) {
		return errors.New("decode answer: not JSON")
	}
	return Decode(firstRows(raw), value)
}

// firstRows cuts the lists that stand directly in a valid JSON object down to one row each.
func firstRows(raw []byte) []byte {
	var short []byte
	from, depth := 0, 0 // what stands before from is in short, or left out
	list, cutting := false, false
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i += stringLength(raw[i:]) - 1
		case '{', '[':
			if depth++; depth == 2 {
				list = raw[i] == '['
			}
		case ',':
			if depth == 2 && list && !cutting {
				short = append(short, raw[from:i]...)
				cutting = true
			}
		case '}', ']':
			if depth--; depth == 1 && cutting {
				from, cutting = i, false
			}
		}
	}
	return append(short, raw[from:]...)
}

// stringLength is the length of the JSON string that valid begins with, quotes included.
func stringLength(valid []byte) int {
	for i := 1; ; i++ {
		switch valid[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}
