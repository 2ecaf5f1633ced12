// Package render turns the result of a command into what each medium can show: an answer in a room (plain text and the
// HTML that every client understands), text for a terminal, CSV, and the machine formats.
//
// A command's View returns a Doc: data without any formatting decision. Its typed values (ID, Time, Bytes …) let each
// target choose: a room shows "3 hours ago" where CSV has RFC 3339. Only this package writes HTML. Whatever was chosen
// by others travels as Outside or ID and is cleaned, isolated and escaped for every target; names, topics and reasons
// are written by attackers.
package render

import "time"

// Doc is the result of a command for people: blocks from top to bottom.
type Doc []Block

// Block is one of Para, Heading, Fields, Table, List, Code and Quote.
type Block interface{ block() }

// Para is a paragraph.
type Para []Inline

// Heading is a short line that names what follows.
type Heading []Inline

// Fields are the facts about one thing, in order.
type Fields []Field

// Field is one fact. Name is the label people read and the column's key in CSV.
type Field struct {
	Name  string
	Value Inline
}

// Table is a list of things with the same facts. Each row has one cell per column; missing cells count as Unknown.
type Table struct {
	Columns []Column
	Rows    [][]Inline
}

// Column describes one column of a Table.
type Column struct {
	// Name is the heading, the name for --columns and the key in CSV.
	Name string
	// Optional columns are left out where there is no room for them, the last one first.
	Optional bool
	// Free columns hold free text from outside: they are shown last, and the last of them is cut to the room there is.
	Free bool
	// Right aligns to the right, for numbers.
	Right bool
}

// List is a bulleted list.
type List []Para

// Code is preformatted text, shown as it is but for control characters.
type Code struct{ Text string }

// Quote is a document that somebody else wrote or that is shown as a sample.
type Quote Doc

func (Para) block()    {}
func (Heading) block() {}
func (Fields) block()  {}
func (Table) block()   {}
func (List) block()    {}
func (Code) block()    {}
func (Quote) block()   {}

// Inline is a value within a line: one of Text, Outside, ID, Command, Time, Bytes, Int, Bool, Bold, Link, Unknown and
// Join. A nil Inline counts as Unknown.
type Inline interface{ inline() }

// Text is our own wording, taken literally. A line feed in it breaks the line (in tables: a blank).
type Text string

// Outside is text that others chose: names, topics, reasons, file names.
type Outside string

// ID is an identifier: user, room, alias, event, media, token. It is never shortened in rooms and terminals before it
// is longer than the specification allows.
type ID string

// Command is a command line meant to be pasted, without prefix or program: "user list -f 25". See Options.Prefix.
type Command string

// Time is a moment; the zero time counts as Unknown.
type Time time.Time

// Millis is the moment ms milliseconds after 1970, as Matrix counts; 0 counts as Unknown.
func Millis(ms int64) Time {
	if ms == 0 {
		return Time{}
	}
	return Time(time.UnixMilli(ms))
}

// Bytes is a size in bytes.
type Bytes int64

// Int is a whole number.
type Int int64

// Bool is shown as yes or no.
type Bool bool

// Bold stresses its parts.
type Bold []Inline

// Link is a web link of ours. Anything but http, https and mailto, and a link that would mention a user, is shown as
// its text. An empty Text shows the URL.
type Link struct{ URL, Text string }

// Unknown is a value that the server does not have.
type Unknown struct{}

// Join is its parts one after the other.
type Join []Inline

func (Text) inline()    {}
func (Outside) inline() {}
func (ID) inline()      {}
func (Command) inline() {}
func (Time) inline()    {}
func (Bytes) inline()   {}
func (Int) inline()     {}
func (Bool) inline()    {}
func (Bold) inline()    {}
func (Link) inline()    {}
func (Unknown) inline() {}
func (Join) inline()    {}

// Options are what a target needs to know beside the document. The zero value works everywhere.
type Options struct {
	// Now is the moment that relative times refer to; zero leaves them out.
	Now time.Time
	// Zone is the zone times are shown in; nil is UTC.
	Zone *time.Location
	// Width is the number of cells per line for tables. 0 is the target's default: 32 in rooms, unlimited in terminals.
	Width int
	// Color allows escape sequences in terminals. No meaning depends on them.
	Color bool
	// Columns selects and orders the columns of the first table, in terminals. See Select.
	Columns []string
	// Prefix is put in front of each Command with a blank, in rooms and terminals: "!admin", "caretaker".
	Prefix string
}

// zone is where times are shown.
func (o Options) zone() *time.Location {
	if o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}
