package commands

import "caretaker/render"

// Result is what a command gives back. Its JSON is the machine-readable answer.
type Result interface {
	// View shows the result to people. It is pure: no clock, no network.
	View() render.Doc
}

// Paged is a [Result] that is one page of a longer list.
type Paged interface {
	// NextFrom is the value of --from for the page after this one, "" on the last.
	NextFrom() string
}

// Graded is a [Result] that says itself how well it went: a report with failed
// checks, an export that found only a part. Without it, a result means ok.
type Graded interface {
	Status() Status
}

// Secretive is a [Result] that carries a secret. In a room, View is shown there
// and SecretView goes to the caller in a direct message; a terminal prints both.
type Secretive interface {
	SecretView() render.Doc
}

// Instead is a [Result] that asks the room to run another line in its place, as
// "next" does. It is never shown.
type Instead struct {
	Line string // as of Call.Line
}

// View implements [Result].
func (Instead) View() render.Doc { return nil }

// Silent is a [Result] without words: the mark says it all.
type Silent struct{}

// View implements [Result].
func (Silent) View() render.Doc { return nil }
