package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"caretaker/commands"
	"caretaker/render"
)

// show prints a result: nothing else goes to standard output.
func (t *terminal) show(out commands.Outcome) int {
	format := t.format()
	text, err := t.encode(out, format)
	if err != nil {
		return t.failed(commands.OutcomeOf(nil, err))
	}
	if _, err := t.std.Out.Write(text); err != nil {
		return t.std.fail(exitFailed, err, "")
	}
	if paged, ok := out.Result.(commands.Paged); ok && !format.Machine() && paged.NextFrom() != "" {
		if line, ok := t.call.With("from", paged.NextFrom()); ok {
			fmt.Fprintf(t.std.Err, "next page: %s\n", t.pasteable(line))
		}
	}
	return out.Status.ExitCode()
}

// format is the one asked for, or the configured one.
func (t *terminal) format() render.Format {
	format, err := t.call.Globals.Format(render.Format(t.cfg.Terminal.Output))
	if err != nil {
		return render.Human
	}
	return format
}

func (t *terminal) encode(out commands.Outcome, format render.Format) ([]byte, error) {
	if format.Machine() {
		return render.Machine(format, t.value(out))
	}
	doc := t.doc(out)
	if names := t.call.Globals.Columns; names != "" {
		var err error
		if doc, err = render.Select(doc, strings.Split(names, ",")); err != nil {
			return nil, &commands.UsageError{Message: err.Error(), Command: t.call.Command}
		}
	}
	if format == render.AsCSV {
		return render.CSV(doc), nil
	}
	doc = append(doc, t.call.DatesDoc()...)
	return withNewline([]byte(render.Terminal(doc, t.options()))), nil
}

// value is what programs get.
func (t *terminal) value(out commands.Outcome) any {
	if t.call.Env.DryRun && t.call.Changes() {
		return commands.DryRun(out.Requests)
	}
	return out.Result
}

// doc is what people get.
func (t *terminal) doc(out commands.Outcome) render.Doc {
	if t.call.Env.DryRun && t.call.Changes() {
		return out.DryRunDoc()
	}
	if out.Result == nil {
		return nil
	}
	doc := out.Result.View()
	if secret, ok := out.Result.(commands.Secretive); ok {
		doc = append(doc, secret.SecretView()...)
	}
	if t.call.Command.Name == "help" && t.call.Target() == "" {
		doc = append(doc, servicesDoc()...)
	}
	return doc
}

// servicesDoc lists what only the program has, and no room.
func servicesDoc() render.Doc {
	all, list := services(), render.List{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if all[name].summary != "" {
			list = append(list, render.Para{render.Bold{render.Text(name)}, render.Text(" " + all[name].summary)})
		}
	}
	return render.Doc{render.Heading{render.Text("About this installation")}, list}
}

func withNewline(text []byte) []byte {
	if len(text) == 0 || text[len(text)-1] == '\n' {
		return text
	}
	return append(text, '\n')
}

func (t *terminal) options() render.Options {
	opts := render.Options{Now: time.Now(), Zone: time.Local, Color: t.color(), Prefix: "caretaker"}
	if file, ok := t.std.Out.(*os.File); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			opts.Width = width
		}
	}
	return opts
}

// failed prints an error: what happened, what was changed, what to type next.
func (t *terminal) failed(out commands.Outcome) int {
	if problem, ok := errors.AsType[configError](out.Err); ok {
		fmt.Fprintf(t.std.Err, "caretaker: %s\n", problem)
		return 1
	}
	if errors.Is(out.Err, errInterrupted) {
		fmt.Fprintf(t.std.Err, "caretaker: %q was interrupted\nNothing was changed.\n", t.call.Command.Name)
		return exitInterrupted
	}
	if errors.Is(out.Err, context.Canceled) {
		out.Status = commands.StatusInterrupted
	}
	f := commands.Explain(t.call, out)
	fmt.Fprintf(t.std.Err, "caretaker: %s\n%s\n", render.Clean(f.Message), f.Changed)
	if f.Example != "" {
		fmt.Fprintf(t.std.Err, "example: %s\n", t.pasteable(f.Example))
	}
	if f.Hint != "" {
		fmt.Fprintf(t.std.Err, "hint: %s\n", t.pasteable(f.Hint))
	}
	if f.Cause != nil && len(t.call.Globals.Verbose) > 0 {
		fmt.Fprintf(t.std.Err, "cause: %s\n", render.Clean(f.Cause.Error()))
	}
	return out.Status.ExitCode()
}

// pasteable makes a shell command of a command line, with the configuration that was named.
func (t *terminal) pasteable(line string) string {
	words := []string{"caretaker"}
	if t.config != "" && t.config != os.Getenv("CARETAKER_CONFIG") {
		words = append(words, "-c", shellQuote(t.config))
	}
	parsed, err := commands.Tokenise(line)
	if err != nil {
		return strings.Join(append(words, line), " ")
	}
	for _, word := range parsed.Words {
		words = append(words, shellQuote(word.Text))
	}
	return strings.Join(words, " ")
}

// shellQuote protects what a shell would interpret; ! and $ begin Matrix ids.
func shellQuote(word string) string {
	safe := word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-", r)
	})
	if safe {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// help is the page of a command.
type help struct{ command *commands.Command }

// View implements [commands.Result].
func (h help) View() render.Doc { return h.command.Help("caretaker", commands.DoorTerminal) }
