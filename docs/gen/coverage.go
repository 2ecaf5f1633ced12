package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"caretaker/admin/synapse"
	"caretaker/commands"
)

// everything is the name of the command that reaches all operations, none of which is its own.
const everything = "raw"

//go:embed operations.txt
var operationsFile string

// chapter is a part of the admin API.
type chapter struct {
	name       string
	operations []string // with brackets, where there are two forms
}

// chapters reads the list of operations: paragraphs, the first line of each its name. The first paragraph is about the
// list itself.
func chapters(file string) []chapter {
	var all []chapter
	for _, paragraph := range strings.Split(strings.TrimSpace(file), "\n\n")[1:] {
		lines := strings.Split(paragraph, "\n")
		all = append(all, chapter{name: strings.TrimPrefix(lines[0], "# "), operations: lines[1:]})
	}
	return all
}

// forms are the paths that an operation has: one, or with and without what stands in brackets.
func forms(operation string) []string {
	before, rest, two := strings.Cut(operation, "[")
	if !two {
		return []string{operation}
	}
	return []string{before, before + strings.TrimSuffix(rest, "]")}
}

// coverage says which command sends which operation. Both sides come from the code: what a command calls, and what the
// provider sends when that is called.
type coverage struct {
	sends map[string][]string // operations by command
	sent  []string            // all that any method sends, used by a command or not
}

func cover(registry *commands.Registry) coverage {
	api := synapse.New(synapse.Options{})
	c := coverage{sends: map[string][]string{}}
	for i := range reflect.TypeOf(api).NumMethod() {
		c.sent = append(c.sent, api.Operations(reflect.TypeOf(api).Method(i).Name)...)
	}
	slices.Sort(c.sent)
	c.sent = slices.Compact(c.sent)
	for _, command := range registry.All() {
		for _, method := range command.Methods() {
			c.sends[command.Name] = append(c.sends[command.Name], api.Operations(method)...)
		}
	}
	return c
}

// reaching lists the commands that send one of these operations; those with the fewest others come first.
func (c coverage) reaching(operations ...string) []string {
	var names []string
	for name, sends := range c.sends {
		if slices.ContainsFunc(operations, func(o string) bool { return slices.Contains(sends, o) }) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(c.sends[a]), len(c.sends[b])), cmp.Compare(a, b))
	})
	return names
}

// others are the operations that are none of the admin API.
func (c coverage) others() []string {
	return slices.DeleteFunc(slices.Clone(c.sent), func(o string) bool { return !strings.Contains(o, " client/") })
}

// writeCoverage writes the table of all operations with their commands.
func writeCoverage(w io.Writer, registry *commands.Registry) error {
	c := cover(registry)
	var b strings.Builder
	b.WriteString("# What reaches what\n\n" +
		"Generated from the commands and from the provider's own requests by `make generate`; do not edit.\n\n" +
		"All operations of Synapse's admin API, below `/_synapse/admin`, with the commands that use them: first the one that\n" +
		"does little else. `raw` reaches every one of them and is named only where it is the way.\n")
	for _, part := range chapters(operationsFile) {
		fmt.Fprintf(&b, "\n## %s\n\n", part.name)
		c.writeTable(&b, part.operations)
	}
	b.WriteString("\n## Client-server API\n\nBelow `/_matrix`, as the admin token's account.\n\n")
	c.writeTable(&b, c.others())
	_, err := io.WriteString(w, b.String())
	return err
}

func (c coverage) writeTable(b *strings.Builder, operations []string) {
	b.WriteString("| operation | commands |\n| --- | --- |\n")
	for _, operation := range operations {
		fmt.Fprintf(b, "| `%s` | %s |\n", operation, enumerate(c.reaching(forms(operation)...)))
	}
}

// most is how many commands stand in a row of the table.
const most = 4

func enumerate(names []string) string {
	if len(names) == 0 {
		names = []string{everything}
	}
	var shown []string
	for _, name := range names[:min(most, len(names))] {
		shown = append(shown, "`"+name+"`")
	}
	text := strings.Join(shown, ", ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
