package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// errInterrupted is the error of a question that was answered by Ctrl-C.
var errInterrupted error = interruption{}

type interruption struct{}

func (interruption) Error() string { return "it was interrupted" }

// Is makes it one of the errors of a context that was cancelled.
func (interruption) Is(target error) bool { return target == context.Canceled }

// keyboard is standard input whose reading ends when the program is told to stop. A read of a terminal cannot be ended,
// so it goes on beside until the process is gone.
type keyboard struct {
	file *os.File
	stop <-chan struct{}
}

// Read implements io.Reader.
func (k keyboard) Read(p []byte) (int, error) {
	own := make([]byte, len(p)) // nobody looks at p any more when a late read returns
	n, err := await(k.stop, func() (int, error) { return k.file.Read(own) })
	return copy(p, own[:n]), err
}

// await runs read, and does not wait for it any longer when stop closes.
func await[T any](stop <-chan struct{}, read func() (T, error)) (T, error) {
	var got T
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		got, err = read()
	}()
	select {
	case <-done:
		return got, err
	case <-stop:
		return *new(T), errInterrupted
	}
}

// typist is the terminal that a person types on, if there is one.
func (s stdio) typist() (keyboard, bool) {
	k, ok := s.In.(keyboard)
	return k, ok && term.IsTerminal(int(k.file.Fd()))
}

// hidden asks for what the terminal must not show.
func (k keyboard) hidden(question string, say io.Writer) (string, error) {
	fd := int(k.file.Fd())
	show, err := hideTyping(fd) // before the question, since fast hands and password managers do not wait
	if err != nil {
		return "", err
	}
	defer show()
	fmt.Fprint(say, question)
	defer fmt.Fprintln(say)
	typed, err := await(k.stop, func() ([]byte, error) { return term.ReadPassword(fd) })
	if errors.Is(err, io.EOF) {
		err = nil // nothing was typed
	}
	return string(typed), err
}

// hideTyping switches a terminal's echo off; what it returns switches it on again.
func hideTyping(fd int) (show func(), err error) {
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, fmt.Errorf("hide what is typed: %w", err)
	}
	silent := *before
	silent.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(fd, setTermios, &silent); err != nil {
		return nil, fmt.Errorf("hide what is typed: %w", err)
	}
	return func() { _ = unix.IoctlSetTermios(fd, setTermios, before) }, nil // the terminal may be gone
}
