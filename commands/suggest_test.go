package commands_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"caretaker/commands"
	"caretaker/commands/all"
)

// typist makes the slips that people make, the same ones in every run.
type typist struct {
	*rand.Rand
	registry *commands.Registry
}

func newTypist() typist { return typist{rand.New(rand.NewPCG(1, 2)), all.Registry()} }

const letters = "abcdefghijklmnopqrstuvwxyz"

// slip leaves out a letter, types one too many or a wrong one, or swaps two neighbours.
func (p typist) slip(word string) string {
	at, letter := p.IntN(len(word)), string(letters[p.IntN(len(letters))])
	switch p.IntN(4) {
	case 0:
		return word[:at] + word[at+1:]
	case 1:
		return word[:at] + letter + word[at:]
	case 2:
		return word[:at] + letter + word[at+1:]
	}
	at = min(at, len(word)-2)
	return word[:at] + word[at+1:at+2] + word[at:at+1] + word[at+2:]
}

func swapped(name string) string {
	words := strings.Fields(name)
	slices.Reverse(words)
	return strings.Join(words, " ")
}

// means reports whether words name a command or a group as they are.
func (p typist) means(typed string) bool {
	words := strings.Fields(typed)
	if len(words) == 0 {
		return true
	}
	found, _ := p.registry.Find(words)
	_, group := p.registry.Group(words[0])
	return found != nil || group && len(words) == 1
}

// choices are what a line that means nothing may have meant.
func (p typist) choices(t *testing.T, line string) []string {
	t.Helper()
	call, err := p.registry.ParseText(line, roomEnv())
	if err == nil {
		t.Fatalf("%q is run as %q: nothing may be run by suggestion", line, call.Line())
	}
	usage, ok := errors.AsType[*commands.UsageError](err)
	if !ok {
		t.Fatalf("%q: got %v, want a usage error", line, err)
	}
	return usage.Choices
}

// inRooms are the names of the commands that a room knows.
func (p typist) inRooms() []string {
	var names []string
	for _, c := range p.registry.All() {
		if c.At(commands.DoorRoom) {
			names = append(names, c.Name)
		}
	}
	return names
}

var behind = []string{"", " bob", " #spam:example.org --block", " -l 5 -n bob", " @bob:example.org --reason “no good”", " here"}

// tally counts how often the right suggestion came first, and within three.
type tally struct {
	tried, first, three int
	missed              []string
}

func (c *tally) add(typed, want string, choices []string) {
	c.tried++
	at := slices.Index(choices, want)
	if at == 0 {
		c.first++
	}
	if at >= 0 && at < 3 {
		c.three++
	}
	if at != 0 {
		c.missed = append(c.missed, typed+" (want "+want+", got "+strings.Join(choices, ", ")+")")
	}
}

func (c *tally) check(t *testing.T, first, three float64) {
	t.Helper()
	t.Logf("%d tried, first %d, within three %d", c.tried, c.first, c.three)
	if c.tried == 0 || float64(c.first) < first*float64(c.tried) || float64(c.three) < three*float64(c.tried) {
		t.Errorf("of %d the right suggestion came first %d times and within three %d times, want %g and %g; missed:\n%s",
			c.tried, c.first, c.three, first, three, strings.Join(c.missed, "\n"))
	}
}

// One slip, or the two words in the wrong order: the right command is suggested first.
func TestSuggestionsForOneSlip(t *testing.T) {
	t.Parallel()
	p, count := newTypist(), tally{}
	for _, name := range p.inRooms() {
		typed := map[string]bool{swapped(name): true, strings.ReplaceAll(name, " ", ""): true}
		for range 20 {
			typed[p.slip(name)] = true
		}
		for line := range typed {
			if !p.means(line) {
				line += behind[p.IntN(len(behind))]
				count.add(line, name, p.choices(t, line))
			}
		}
	}
	count.check(t, 0.99, 1)
}

// Two slips and more behind them: the right command is among the first three.
func TestSuggestionsForTwoSlips(t *testing.T) {
	t.Parallel()
	p, count := newTypist(), tally{}
	names := p.inRooms()
	for count.tried < 2000 {
		name := names[p.IntN(len(names))]
		typed := p.slip(name)
		if p.IntN(2) == 0 {
			typed = p.slip(typed)
		}
		if !p.means(typed) {
			typed += behind[p.IntN(len(behind))]
			count.add(typed, name, p.choices(t, typed))
		}
	}
	count.check(t, 0.95, 1)
}

// One slip in an option: the right one is suggested first.
func TestSuggestionsForOptions(t *testing.T) {
	t.Parallel()
	p, count := newTypist(), tally{}
	for _, name := range p.inRooms() {
		options := p.registry.Complete(append(strings.Fields(name), "--"), commands.DoorRoom)
		isOption := func(text string) bool {
			return slices.ContainsFunc(options, func(c commands.Candidate) bool { return c.Text == text })
		}
		for _, option := range options {
			for range 10 {
				typed := "--" + p.slip(strings.TrimPrefix(option.Text, "--"))
				if !isOption(typed) && !strings.HasPrefix(typed, "---") && len(typed) > 3 {
					count.add(name+" "+typed, option.Text, p.choices(t, name+" "+typed+" x"))
				}
			}
		}
	}
	count.check(t, 0.95, 0.98)
}

// What people type in place of our words.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	p := newTypist()
	for line, want := range map[string]string{
		"user lsit":         "user list",
		"USER LSIT":         "user list",
		"list user":         "user list",
		"userlist":          "user list",
		"us er list":        "user list",
		"lock bob":          "user lock",
		"rooms delete #a":   "room delete",
		"room dlete here":   "room delete",
		"sattus":            "status",
		"hepl room":         "help",
		"regtoken list":     "regtok list",
		"user list --limt":  "--limit",
		"user list --LIMIT": "--limit",
		"user list --sort":  "--sort-by",
		"user list -D":      "-d",
	} {
		if got := p.choices(t, line); len(got) == 0 || got[0] != want {
			t.Errorf("%q: got %q, want %q first", line, got, want)
		}
	}
	for _, line := range []string{"xyzzy", "user list --xyzzy", "qqq qqq qqq", strings.Repeat("long", 5000), "user list --" + strings.Repeat("x", 5000)} {
		if got := p.choices(t, line); len(got) > 0 {
			t.Errorf("%.20q: got %q, want nothing", line, got)
		}
	}
}
