package commands

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes the reference of all commands. It is generated into
// docs/commands.md and never edited by hand.
func (r *Registry) Markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Commands\n\n" +
		"Generated from the commands' declarations by `make generate`; do not edit.\n\n" +
		"In a room a command begins with the bot's prefix (`!admin user list`), on a terminal with the program's name\n" +
		"(`caretaker user list`). What is optional stands in brackets, `…` means one or more.\n\n")
	r.writeIndex(&b)
	writeGlobals(&b)
	for _, group := range r.groups {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", group.Name, prose(group.Summary))
		for _, c := range group.Commands {
			c.write(&b)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeIndex lists all commands with what they do and ask for.
func (r *Registry) writeIndex(b *strings.Builder) {
	b.WriteString("| command | does | role | risk |\n| --- | --- | --- | --- |\n")
	for _, group := range r.groups {
		for _, c := range group.Commands {
			anchor := strings.ReplaceAll(c.Name, " ", "-")
			fmt.Fprintf(b, "| [%s](#%s) | %s | %s | %s |\n", c.Name, anchor, prose(c.Summary), c.Role, c.Risk)
		}
	}
}

func writeGlobals(b *strings.Builder) {
	b.WriteString("\n## Options of all commands\n\n")
	for _, f := range globalFields {
		b.WriteString(f.item())
	}
}

// write adds the command's own section.
func (c *Command) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n%s\n\n```\n%s\n```\n\n", c.Name, prose(c.Summary), c.Usage())
	if c.Detail != "" {
		fmt.Fprintf(b, "%s\n\n", prose(c.Detail))
	}
	for _, positional := range []bool{true, false} {
		for _, f := range c.fields {
			if f.positional == positional {
				b.WriteString(f.item())
			}
		}
	}
	if len(c.fields) > 0 {
		b.WriteString("\n")
	}
	fmt.Fprintf(b, "%s\n\n```\n%s\n```\n", prose(strings.Join(c.facts(), " ")), strings.Join(c.Examples, "\n"))
}

// facts says who may run the command, and where.
func (c *Command) facts() []string {
	facts := []string{c.demands()}
	if _, raises := c.newArgs().(risker); raises {
		facts = append(facts, "Some options raise the risk, and the role with it.")
	}
	if len(c.Doors) > 0 {
		doors := make([]string, len(c.Doors))
		for i, door := range c.Doors {
			doors[i] = string(door)
		}
		facts = append(facts, "Works only in: "+strings.Join(doors, ", ")+".")
	}
	if c.Secret {
		facts = append(facts, "In a room its answer comes by direct message, since it holds a secret.")
	}
	return facts
}

// item is an argument or option as an entry of a list.
func (f *field) item() string {
	text := f.explained()
	if f.door != "" {
		text += " Only " + f.door.Place() + "."
	}
	return fmt.Sprintf("- `%s`: %s\n", f.spelling(), prose(text))
}

// prose keeps what is no Markdown from becoming any.
func prose(text string) string { return markdownEscaper.Replace(text) }

var markdownEscaper = strings.NewReplacer("<", "&lt;", "*", `\*`, "_", `\_`, "|", `\|`, "`", "\\`")
