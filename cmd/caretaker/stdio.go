package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// stdio is where a service command reads and writes. Out gets the result only, everything else goes to Err.
type stdio struct {
	In       io.Reader
	Out, Err io.Writer
	// Terminal tells that a person can be asked.
	Terminal bool
}

// The exit statuses of the service commands.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitPartial     = 3
	exitUnavailable = 6
	exitInterrupted = 130
)

// errNoAnswer is the error of a question that nobody answered.
var errNoAnswer = errors.New("no answer was given")

// fail prints an error and what to type instead, which may be empty. Whoever interrupts needs no advice.
func (s stdio) fail(status int, err error, hint string) int {
	if errors.Is(err, errInterrupted) {
		status, hint = exitInterrupted, ""
	}
	fmt.Fprintf(s.Err, "caretaker: %v\n", err)
	if hint != "" {
		fmt.Fprintf(s.Err, "hint: %s\n", hint)
	}
	return status
}

// note prints what is not part of the result.
func (s stdio) note(format string, arguments ...any) {
	fmt.Fprintf(s.Err, format+"\n", arguments...)
}

// asker asks a person, one question after the other.
type asker struct {
	std   stdio
	lines *bufio.Reader
}

func newAsker(std stdio) *asker { return &asker{std: std, lines: bufio.NewReader(std.In)} }

// ask shows the question and gives the answer, or the proposal for an empty one.
func (a *asker) ask(question, proposal string) (string, error) {
	if proposal != "" {
		question += " [" + proposal + "]"
	}
	fmt.Fprint(a.std.Err, question+": ")
	line, err := a.lines.ReadString('\n')
	if line = strings.TrimSpace(line); line != "" {
		return line, nil
	}
	if err != nil {
		fmt.Fprintln(a.std.Err)
		return "", noAnswer(err)
	}
	return proposal, nil
}

// askUntil repeats the question until the answer is right; wrong says what is wrong with one.
func (a *asker) askUntil(question, proposal string, wrong func(string) error) (string, error) {
	for {
		answer, err := a.ask(question, proposal)
		if err != nil {
			return "", err
		}
		fault := wrong(answer)
		if fault == nil {
			return answer, nil
		}
		a.std.note("%v", fault)
	}
}

// noAnswer says why there is none.
func noAnswer(err error) error {
	if errors.Is(err, errInterrupted) {
		return errInterrupted
	}
	return errNoAnswer
}

// askHidden does not show what is typed where the input is a terminal.
func (a *asker) askHidden(question string) (string, error) {
	k, ok := a.std.typist()
	if !ok {
		return a.ask(question, "")
	}
	text, err := k.hidden(question+": ", a.std.Err)
	if err != nil {
		return "", noAnswer(err)
	}
	return strings.TrimSpace(text), nil
}
