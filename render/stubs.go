package render

import (
	"encoding/json"
	"errors"
	"fmt"
)

// EventBudget and EditBudget are the canonical JSON bytes an event's content may have, new or as an edit.
const (
	EventBudget = 60_000
	EditBudget  = 29_000
)

// Room renders doc for a room: a plain body that reads well alone, and HTML in the portable subset.
func Room(doc Doc, o Options) (plain, html string) { return fmt.Sprint(doc), "<p>to be done</p>" }

// Terminal renders doc as text.
func Terminal(doc Doc, o Options) string { return fmt.Sprint(doc) }

// CSV renders the first Table of doc, else its first Fields.
func CSV(doc Doc) []byte { return nil }

// Select keeps the named columns of the first table, in that order.
func Select(doc Doc, names []string) (Doc, error) { return doc, nil }

// CheckColumns reports the first name that no column of the first table has.
func CheckColumns(doc Doc, names []string) error { _, err := Select(doc, names); return err }

// Machine renders a value in one of the machine formats.
func Machine(format Format, v any) ([]byte, error) {
	if format != JSON {
		return nil, errors.New("to be done")
	}
	return json.MarshalIndent(v, "", "    ")
}

// CanonicalSize is the number of bytes of content as canonical JSON.
func CanonicalSize(content any) int { b, _ := json.Marshal(content); return len(b) }

// Shrink shortens doc until the event content that wrap builds fits the budget.
func Shrink(doc Doc, o Options, budget int, wrap func(plain, html string) any) (Doc, bool) {
	return doc, false
}

// Object lists the keys of a JSON object as fields in the server's order, those in first before the others.
func Object(raw json.RawMessage, first ...string) Fields { return nil }

// Rows makes a table of the array at key in a JSON object.
func Rows(raw json.RawMessage, key string, columns ...Column) Table { return Table{Columns: columns} }
