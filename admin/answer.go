// Package admin holds what a homeserver's administration is about: users, rooms, media, registration tokens and
// notices as Go types, the answers of the server, and the errors that people see. It talks to no server itself;
// the packages below it do, one per kind of server.
package admin

import (
	"encoding/json"
	"errors"
	"fmt"
)

// ErrIncomplete is wrapped by [Parse] when an answer lacks something that every such answer has.
var ErrIncomplete = errors.New("incomplete answer")

// Answer is a server's answer: Value is typed for us, Raw is unabridged for scripts. Its JSON is Raw.
type Answer[T any] struct {
	Value T
	Raw   json.RawMessage
}

// MarshalJSON returns the server's own answer, unknown fields included. An answer that was composed here and has no
// Raw is encoded from its Value.
func (a Answer[T]) MarshalJSON() ([]byte, error) {
	if len(a.Raw) == 0 {
		return json.Marshal(a.Value)
	}
	return a.Raw, nil
}

// checked is implemented by values that cannot be used when something is missing from the answer.
type checked interface {
	// missing names the key that is absent, null or empty although it must not be; empty when all is there.
	missing() string
}

// Parse decodes a server's answer; see [Decode]. The answer keeps raw; the caller must not change it.
func Parse[T any](raw []byte) (Answer[T], error) {
	answer := Answer[T]{Raw: raw}
	if err := Decode(raw, &answer.Value); err != nil {
		return Answer[T]{}, err
	}
	return answer, nil
}

// Decode decodes a server's answer into the value that a pointer points to. It refuses what is not JSON, has other types
// than expected, or lacks what every such answer has (a null where a list is due, for instance).
func Decode(raw []byte, value any) error {
	if err := DecodeLoosely(raw, value); err != nil {
		return err
	}
	if value, ok := value.(checked); ok {
		if key := value.missing(); key != "" {
			return fmt.Errorf("%w: no %q", ErrIncomplete, key)
		}
	}
	return nil
}

// DecodeLoosely decodes like [Decode] but accepts answers with missing keys, such as the empty ones of a dry run.
func DecodeLoosely(raw []byte, value any) error {
	if err := json.Unmarshal(raw, value); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return nil
}

// Compose makes an answer of a value that no single call of the server gave.
func Compose[T any](value T) (Answer[T], error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return Answer[T]{}, fmt.Errorf("encode answer: %w", err)
	}
	return Answer[T]{Value: value, Raw: raw}, nil
}
