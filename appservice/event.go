package appservice

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"maunium.net/go/mautrix/id"
)

// maxIDLength is what the specification allows for identifiers and types, in bytes.
const maxIDLength = 255

// Event is a room event, read by the exact names of its fields.
//
// encoding/json matches names whatever their case, and homeservers pass unknown top-level fields of remote events on: an
// event with a second field "Sender" would otherwise speak for somebody else.
type Event struct {
	ID        id.EventID
	RoomID    id.RoomID
	Sender    id.UserID
	Type      string
	StateKey  *string // nil for what is not state
	Timestamp int64   // origin_server_ts in milliseconds; 0 when absent or unreadable
	Content   json.RawMessage
	Unsigned  json.RawMessage // nil when absent
}

// ParseEvent reads one event of the client-server format. On an error the fields that could be read are filled all the
// same. Content and Unsigned are parts of raw.
func ParseEvent(raw []byte) (Event, error) {
	s := scanner{data: raw}
	evt, err := s.event()
	if err == nil && !s.end() {
		err = errMalformed
	}
	return evt, err
}

var (
	errNoObject  = errors.New("the event is not an object")
	errMalformed = errors.New("the event is not JSON, or nested too deeply")
)

// event reads the event that comes next. After an error the scanner may be anywhere.
func (s *scanner) event() (Event, error) {
	var evt Event
	var problems fieldErrors
	if s.peek() != '{' {
		return evt, errNoObject
	}
	ok := s.members(func(key string) bool {
		value, ok := s.value()
		if ok {
			problems.add(evt.set(key, value))
		}
		return ok
	})
	if !ok {
		return evt, errMalformed
	}
	evt.check(&problems)
	return evt, problems.err()
}

// set takes over one member. As in the homeservers' own parsers, the last of equal names counts.
func (e *Event) set(key string, value []byte) error {
	switch key {
	case "event_id":
		return setString(&e.ID, key, value)
	case "room_id":
		return setString(&e.RoomID, key, value)
	case "sender":
		return setString(&e.Sender, key, value)
	case "type":
		return setString(&e.Type, key, value)
	case "state_key":
		return e.setStateKey(value)
	case "origin_server_ts":
		e.Timestamp = timestamp(value)
	case "content":
		e.Content = value
	case "unsigned":
		if value[0] == '{' {
			e.Unsigned = value
		}
	}
	return nil
}

func (e *Event) setStateKey(value []byte) error {
	e.StateKey = nil
	if string(value) == "null" {
		return nil
	}
	e.StateKey = new(string)
	return setString(e.StateKey, "state_key", value)
}

// check looks at the fields without which nothing can be done with an event.
func (e *Event) check(problems *fieldErrors) {
	problems.add(checkID("event_id", string(e.ID), '$'))
	problems.add(checkID("room_id", string(e.RoomID), '!'))
	problems.add(checkID("sender", string(e.Sender), '@'))
	if e.Type == "" || len(e.Type) > maxIDLength || !plain(e.Type) {
		problems.add(errors.New("type is not a type"))
	}
	if len(e.Content) == 0 || e.Content[0] != '{' {
		problems.add(errors.New("content is not an object"))
	}
}

// JSON is the event with these fields and no others, each name once, so that every later reader sees the same.
func (e *Event) JSON() []byte {
	size := 160 + len(e.ID) + len(e.RoomID) + len(e.Sender) + len(e.Type) + len(e.Content) + len(e.Unsigned)
	out := make([]byte, 0, size)
	out = appendField(out, `{"type":`, e.Type)
	if e.StateKey != nil {
		out = appendField(out, `,"state_key":`, *e.StateKey)
	}
	out = appendField(out, `,"event_id":`, string(e.ID))
	out = appendField(out, `,"room_id":`, string(e.RoomID))
	out = appendField(out, `,"sender":`, string(e.Sender))
	out = strconv.AppendInt(append(out, `,"origin_server_ts":`...), e.Timestamp, 10)
	out = append(append(out, `,"content":`...), e.Content...)
	if e.Unsigned != nil {
		out = append(append(out, `,"unsigned":`...), e.Unsigned...)
	}
	return append(out, '}')
}

func appendField(out []byte, name, value string) []byte {
	out = append(out, name...)
	if needsEscape(value) {
		quoted, _ := json.Marshal(value) // a string can always be marshalled
		return append(out, quoted...)
	}
	out = append(out, '"')
	out = append(out, value...)
	return append(out, '"')
}

func needsEscape(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// fieldErrors collects what is wrong with an event, for the log and the inbox.
type fieldErrors []string

func (f *fieldErrors) add(err error) {
	if err != nil {
		*f = append(*f, err.Error())
	}
}

func (f fieldErrors) err() error {
	if len(f) == 0 {
		return nil
	}
	return errors.New(strings.Join(f, ", "))
}

func setString[S ~string](target *S, key string, value []byte) error {
	s, ok := unquote(value)
	if !ok {
		*target = ""
		return fmt.Errorf("%s is not a string", key)
	}
	*target = S(s)
	return nil
}

// timestamp reads milliseconds however they are written, and gives 0 for what is no possible time.
func timestamp(value []byte) int64 {
	if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
		return min(max(n, 0), 1<<53)
	}
	f, err := strconv.ParseFloat(string(value), 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > 1<<53 {
		return 0
	}
	return int64(f)
}

func checkID(field, value string, sigil byte) error {
	switch {
	case value == "":
		return fmt.Errorf("%s is missing", field)
	case value[0] != sigil || len(value) < 2 || len(value) > maxIDLength || !plain(value):
		return fmt.Errorf("%s is not an identifier", field)
	}
	return nil
}

// plain tells whether s is valid UTF-8 without control characters.
func plain(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, unicode.IsControl) < 0
}
