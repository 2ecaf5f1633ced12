package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Cursor is where the next page of a list begins. Servers send it as a string or as a number; the empty cursor means
// that there is no next page.
type Cursor string

// UnmarshalJSON accepts a string, a number or null.
func (c *Cursor) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		*c = ""
		return nil
	}
	var text string
	if json.Unmarshal(data, &text) == nil {
		*c = Cursor(text)
		return nil
	}
	number, err := strconv.ParseInt(string(data), 10, 64)
	if err != nil {
		return errors.New("cursor is neither a string nor a whole number")
	}
	*c = Cursor(strconv.FormatInt(number, 10))
	return nil
}

// Offset returns the cursor of a list that is paged by offset, and whether there is a next page.
func (c Cursor) Offset() (from int, more bool) {
	from, err := strconv.Atoi(string(c))
	return from, err == nil
}

// Flag is true or false. Synapse sends some as 1 or 0, depending on its database.
type Flag bool

// UnmarshalJSON accepts true, false, 1, 0 and null.
func (f *Flag) UnmarshalJSON(data []byte) error {
	switch string(data) {
	case "true", "1":
		*f = true
	case "false", "0", "null":
		*f = false
	default:
		return errors.New("flag is neither true nor false")
	}
	return nil
}

// Millis returns the time of a timestamp in milliseconds since 1970, in UTC; the zero time for 0, which stands for
// "never" or "not known".
func Millis(ts int64) time.Time {
	if ts == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ts).UTC()
}

// Secret is a password or an access token. It prints as "***" wherever it is formatted or encoded.
type Secret string

// Reveal returns the secret itself, for the one place that sends it.
func (s Secret) Reveal() string { return string(s) }

// String returns a mask.
func (s Secret) String() string { return mask }

// GoString returns a mask.
func (s Secret) GoString() string { return mask }

// Format writes a mask, whatever the verb.
func (s Secret) Format(state fmt.State, _ rune) { _, _ = state.Write([]byte(mask)) }

// MarshalText returns a mask, so that no encoder gives the secret away.
func (s Secret) MarshalText() ([]byte, error) { return []byte(mask), nil }

// Change is a field of an update: its zero value keeps what the server has, [Set] replaces it, [Clear] sends null.
type Change[T any] struct {
	value *T
	sent  bool
}

// Set returns a change to value.
func Set[T any](value T) Change[T] { return Change[T]{value: &value, sent: true} }

// Clear returns a change to null: no limit, no expiry, no type.
func Clear[T any]() Change[T] { return Change[T]{sent: true} }

// IsZero reports whether the field is kept as it is; with omitzero it is then left out of the JSON.
func (c Change[T]) IsZero() bool { return !c.sent }

// Get returns the new value, and whether there is one; neither kept nor cleared fields have one.
func (c Change[T]) Get() (value T, ok bool) {
	if c.value == nil {
		return value, false
	}
	return *c.value, true
}

// MarshalJSON returns the new value, or null.
func (c Change[T]) MarshalJSON() ([]byte, error) { return json.Marshal(c.value) }
