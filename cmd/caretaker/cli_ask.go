package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"caretaker/commands"
	"caretaker/render"
)

// confirm shows what would be lost and asks. Without a terminal there is nobody
// to ask, and nothing is done.
func (t *terminal) confirm(ctx context.Context) (bool, error) {
	preview, err := t.executor.Preview(ctx, t.call)
	if err != nil {
		return false, err
	}
	g := &t.call.Globals
	if g.Expect != nil && *g.Expect != 1 {
		return false, &commands.UsageError{Command: t.call.Command, Message: fmt.Sprintf("--expect says %d, but this is about 1", *g.Expect)}
	}
	if g.Yes {
		return true, nil
	}
	if !t.canAsk() {
		return false, t.nobodyToAsk()
	}
	doc := append(preview.View(), t.call.DatesDoc()...)
	fmt.Fprintln(t.std.Err, render.Terminal(doc, t.options()))
	answers := bufio.NewReader(t.std.In)
	for {
		fmt.Fprintf(t.std.Err, "Run %q? [y/N] ", t.call.Masked())
		answer, ended, err := readAnswer(answers)
		if err != nil {
			fmt.Fprintln(t.std.Err)
			return false, err
		}
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "y", "yes":
			return true, nil
		case "n", "no", "":
			return false, nil
		}
		if ended { // nobody said yes
			return false, nil
		}
	}
}

// readAnswer reads a line. The only error is that of an interruption.
func readAnswer(from *bufio.Reader) (line string, ended bool, err error) {
	line, err = from.ReadString('\n')
	if errors.Is(err, errInterrupted) {
		return "", true, err
	}
	return line, err != nil, nil
}

// nobodyToAsk says how to run the call all the same. With a masked secret in it the line would be another call.
func (t *terminal) nobodyToAsk() error {
	e := &commands.UsageError{Command: t.call.Command,
		Message: fmt.Sprintf("%q asks before it runs, and there is no terminal to ask on; add --yes", t.call.Command.Name)}
	if !t.call.HoldsSecret() {
		e.Hint = "--yes " + t.call.Line()
	}
	return e
}

// canAsk reports whether somebody sits in front of standard input.
func (t *terminal) canAsk() bool {
	_, ok := t.std.typist()
	return ok
}

// secretArgs is implemented by arguments that want a secret when none was given.
type secretArgs interface {
	AskSecret() (prompt string, wanted bool)
	SetSecret(secret string)
}

// knownSecret is implemented by arguments whose secret exists already: a slip shows at once, and it is asked for once.
type knownSecret interface {
	KnownSecret() (options string) // that give it without a question
}

// askSecret asks for a secret without showing it, twice for one that is new.
func (t *terminal) askSecret() error {
	args, ok := t.call.Args.(secretArgs)
	if !ok || t.call.Env.DryRun {
		return nil
	}
	prompt, wanted := args.AskSecret()
	if !wanted {
		return nil
	}
	known, exists := t.call.Args.(knownSecret)
	options := "--generate or --password"
	if exists {
		options = known.KnownSecret()
	}
	k, canAsk := t.std.typist()
	if !canAsk || t.call.Globals.Yes {
		return t.usage("%q needs a secret, and there is no terminal to ask on; add %s", t.call.Command.Name, options)
	}
	secret, err := k.hidden(prompt+": ", t.std.Err)
	if err != nil {
		return err
	}
	again := secret
	if !exists {
		if again, err = k.hidden("Once more: ", t.std.Err); err != nil {
			return err
		}
	}
	switch {
	case secret == "":
		return t.usage("nothing was typed")
	case secret != again:
		return t.usage("the two passwords differ")
	}
	args.SetSecret(secret)
	return nil
}

func (t *terminal) usage(format string, args ...any) error {
	return &commands.UsageError{Command: t.call.Command, Message: fmt.Sprintf(format, args...)}
}
