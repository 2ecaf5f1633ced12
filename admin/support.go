package admin

// Support says what a homeserver has of what a provider can ask of it.
type Support struct {
	Version   string
	Delegated bool // Matrix Authentication Service keeps the accounts
	Methods   map[string]Verdict
}

// Verdict is whether the server has what one method of the provider asks of it.
type Verdict struct {
	Level   Level
	Reason  string // a part of a sentence; empty where all is there
	Changes bool   // the method changes something
}

// Level is how much of something there is.
type Level int

// The levels, from all to nothing.
const (
	Full Level = iota
	Partly
	Lacking
)

// String is the word that people and programs get.
func (l Level) String() string { return [...]string{"yes", "partly", "no"}[l] }

// MarshalText writes the word.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }
