package commands

import (
	"slices"
	"strings"

	"caretaker/render"
)

// Candidate is one way in which a command line can go on.
type Candidate struct {
	Text string // the whole word
	Help string // what it means; may be empty
}

// Complete lists how the last of the words can go on; the words are what stands
// behind the program's name, the last one unfinished or empty. Where anything
// could stand, such as a user, there are no candidates.
func (r *Registry) Complete(words []string, door Door) []Candidate {
	if len(words) == 0 {
		words = []string{""}
	}
	c := completion{registry: r, door: door, given: map[*field]bool{}}
	for _, word := range words[:len(words)-1] {
		c.read(word)
	}
	return withPrefix(c.next(words[len(words)-1]), words[len(words)-1])
}

// completion is what is known about the words before the last one.
type completion struct {
	registry *Registry
	door     Door
	name     []string // words of the command's name
	command  *Command
	waiting  *field // the option whose value comes next
	given    map[*field]bool
	ended    bool // after "--"
}

// read takes a finished word.
func (c *completion) read(word string) {
	switch {
	case c.waiting != nil:
		c.waiting = nil
	case word == "--":
		c.ended = true
	case !c.ended && isOption(Word{Text: word}):
		c.readOption(word)
	case c.command == nil || c.command.Name == "help":
		c.name = append(c.name, strings.ToLower(word))
		if found, used := c.registry.Find(c.name); c.command == nil && found != nil && used == len(c.name) && found.At(c.door) {
			c.command, c.name = found, nil
		}
	}
}

func (c *completion) readOption(word string) {
	name, _, hasValue := strings.Cut(word, "=")
	if !strings.HasPrefix(word, "--") { // the last letter of a cluster may wait for a value
		letters := []rune(name)
		name = "-" + string(letters[len(letters)-1])
	}
	f := c.find(name)
	if f == nil {
		return
	}
	c.given[f] = true
	if !hasValue && !f.flag() && f != verboseField {
		c.waiting = f
	}
}

func (c *completion) find(name string) *field { return findOption(c.command.allFields(), name, c.door) }

// next lists all that can stand where the word begins.
func (c *completion) next(word string) []Candidate {
	option, _, hasValue := strings.Cut(word, "=")
	switch {
	case c.waiting != nil:
		return c.waiting.choices("")
	case !c.ended && hasValue && strings.HasPrefix(word, "--"):
		if f := c.find(option); f != nil {
			return f.choices(option + "=")
		}
		return nil
	case !c.ended && strings.HasPrefix(word, "-"):
		return c.options()
	case c.command == nil || c.command.Name == "help":
		return c.registry.continued(c.name, c.door)
	}
	return nil
}

// options lists what is not given yet.
func (c *completion) options() []Candidate {
	var all []Candidate
	for _, f := range c.command.allFields() {
		if f.positional || !f.at(c.door) || c.given[f] && !f.list {
			continue
		}
		all = append(all, Candidate{"--" + f.name, f.help})
		if f.off != "" {
			all = append(all, Candidate{"--" + f.off, f.help})
		}
	}
	return all
}

// choices are the values of an option, each after the given text.
func (f *field) choices(before string) []Candidate {
	values := f.enum
	if f.isGlobal() && f.name == "output" {
		values = nil
		for _, format := range render.Formats() {
			values = append(values, string(format))
		}
	}
	all := make([]Candidate, len(values))
	for i, value := range values {
		all[i] = Candidate{Text: before + value}
	}
	return all
}

// continued lists the words that follow these at the beginning of commands' names.
func (r *Registry) continued(words []string, door Door) []Candidate {
	var all []Candidate
	for _, group := range r.groups {
		for _, c := range group.Commands {
			name := strings.Split(c.Name, " ")
			if !c.At(door) || len(name) <= len(words) || !slices.Equal(name[:len(words)], words) {
				continue
			}
			next := Candidate{name[len(words)], c.Summary}
			if len(name) > len(words)+1 {
				next.Help = group.Summary
			}
			if !slices.ContainsFunc(all, func(c Candidate) bool { return c.Text == next.Text }) {
				all = append(all, next)
			}
		}
	}
	return all
}

// withPrefix keeps the candidates that the unfinished word can become.
func withPrefix(all []Candidate, word string) []Candidate {
	return slices.DeleteFunc(all, func(c Candidate) bool { return !strings.HasPrefix(c.Text, word) })
}
