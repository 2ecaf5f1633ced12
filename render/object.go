package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// deepest is how far nested values are taken apart; what lies deeper is shown as JSON.
const deepest = 6

// Object lists all keys of a JSON object as fields, in the server's order but for those named in first. Nested values
// become fields of their own: "content.topic", "threepids[0].address"; a list of scalars is one field.
//
// Values are typed by what they are called and look like: numbers under keys that end in _ts are times in milliseconds
// (small ones seconds, as Synapse has them in places), under size and keys that end in _length or _size bytes; strings
// are identifiers if they begin like one, else text from outside. Anything but an object gives no fields.
func Object(raw json.RawMessage, first ...string) Fields {
	keys, err := members(raw)
	if err != nil {
		return nil
	}
	rank := func(m member) int {
		if i := slices.Index(first, m.key); i >= 0 {
			return i
		}
		return len(first)
	}
	slices.SortStableFunc(keys, func(a, b member) int { return rank(a) - rank(b) })
	var fields Fields
	for _, m := range keys {
		fields = appendFields(fields, m.key, m.key, m.raw, 1)
	}
	return fields
}

// appendFields adds the fields that a value needs: path is its name, key the last part of it that is a key.
func appendFields(fields Fields, path, key string, raw json.RawMessage, depth int) Fields {
	switch kind(raw) {
	case '{':
		keys, err := members(raw)
		if err != nil || len(keys) == 0 || depth > deepest {
			break
		}
		for _, m := range keys {
			fields = appendFields(fields, path+"."+m.key, m.key, m.raw, depth+1)
		}
		return fields
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil || len(list) == 0 || depth > deepest || !slices.ContainsFunc(list, nested) {
			break
		}
		for i, entry := range list {
			fields = appendFields(fields, path+"["+strconv.Itoa(i)+"]", key, entry, depth+1)
		}
		return fields
	}
	return append(fields, Field{Name: path, Value: value(key, raw)})
}

// Rows makes a table of the objects in the list at key of a JSON object, or of raw itself if key is empty. A column's
// Name is the key it shows. Without columns, the keys of the first row are the columns. Entries that are no objects
// stand in the first column. Values are typed as by Object, nested ones shown as JSON.
func Rows(raw json.RawMessage, key string, columns ...Column) Table {
	t := Table{Columns: columns}
	for _, entry := range listAt(raw, key) {
		keys, err := members(entry)
		if err != nil {
			keys = []member{{raw: entry}}
		}
		if len(t.Columns) == 0 {
			t.Columns = columnsOf(keys)
		}
		if len(t.Columns) == 0 {
			continue
		}
		row := make([]Inline, len(t.Columns))
		for _, m := range keys {
			i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == m.key })
			if err != nil {
				i = 0
			}
			if i >= 0 {
				row[i] = value(m.key, m.raw)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func listAt(raw json.RawMessage, key string) []json.RawMessage {
	if key != "" {
		keys, _ := members(raw)
		at := slices.IndexFunc(keys, func(m member) bool { return m.key == key })
		if at < 0 {
			return nil
		}
		raw = keys[at].raw
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}

func columnsOf(keys []member) []Column {
	var columns []Column
	for _, m := range keys {
		c := Column{Name: m.key}
		if m.key == "" {
			c.Name = "value"
		}
		switch value(m.key, m.raw).(type) {
		case Outside:
			c.Free = true
		case Int, Bytes:
			c.Right = true
		}
		columns = append(columns, c)
	}
	return columns
}

// value types one JSON value.
func value(key string, raw json.RawMessage) Inline {
	switch kind(raw) {
	case 'n', 0:
		return Unknown{}
	case 't':
		return Bool(true)
	case 'f':
		return Bool(false)
	case '"':
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return Unknown{}
		}
		return text(s)
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil && !slices.ContainsFunc(list, nested) {
			return joined(key, list)
		}
		return Outside(compact(raw))
	case '{':
		if keys, err := members(raw); err == nil && len(keys) == 0 {
			return Text("none")
		}
		return Outside(compact(raw))
	}
	return number(key, raw)
}

func joined(key string, list []json.RawMessage) Inline {
	if len(list) == 0 {
		return Text("none")
	}
	var parts Join
	for i, entry := range list {
		if i > 0 {
			parts = append(parts, Text(", "))
		}
		parts = append(parts, value(key, entry))
	}
	return parts
}

func number(key string, raw json.RawMessage) Inline {
	n, err := strconv.ParseInt(string(bytes.TrimSpace(raw)), 10, 64)
	if err != nil {
		return Text(raw)
	}
	const firstMillis = 100_000_000_000 // as milliseconds the year 1973, as seconds the year 5138
	switch {
	case strings.HasSuffix(key, "_ms") && n < firstMillis: // a duration
		return Int(n)
	case strings.HasSuffix(key, "_ts") && n < firstMillis:
		return Millis(n * 1000)
	case strings.HasSuffix(key, "_ts"), strings.HasSuffix(key, "_ms"), key == "expiry_time":
		return Millis(n)
	case key == "size", strings.HasSuffix(key, "_size"), strings.HasSuffix(key, "_length"):
		return Bytes(n)
	}
	return Int(n)
}

// text tells identifiers from other text, by their looks: "@room" and "!admin user list" are none.
func text(s string) Inline {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return blankRune(r) || lineBreak(r) }) {
		return Outside(s)
	}
	switch s[0] {
	case '@', '#':
		if strings.Contains(s, ":") {
			return ID(s)
		}
	case '!', '$':
		if len(s) > 1 {
			return ID(s)
		}
	}
	if strings.HasPrefix(s, "mxc://") {
		return ID(s)
	}
	return Outside(s)
}

func nested(raw json.RawMessage) bool { return kind(raw) == '{' || kind(raw) == '[' }

func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}

// member is one key of a JSON object with its value.
type member struct {
	key string
	raw json.RawMessage
}

// members reads the keys of a JSON object in their order.
func members(raw json.RawMessage) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("not a JSON object: %.20s", raw)
	}
	var keys []member
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("read key: %w", err)
		}
		m := member{}
		m.key, _ = key.(string)
		if err := dec.Decode(&m.raw); err != nil {
			return nil, fmt.Errorf("read value of %s: %w", m.key, err)
		}
		keys = append(keys, m)
	}
	return keys, nil
}
