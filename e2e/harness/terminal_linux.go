package harness

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Terminal is one call of the program by a person who sits in front of a terminal: standard input and standard error
// are a pseudo-terminal, standard output goes elsewhere.
type Terminal struct {
	t      testing.TB
	cmd    *exec.Cmd
	master *os.File
	screen logBuffer
	stdout bytes.Buffer  // only to be read when done is closed
	done   chan struct{} // closed when the program has ended and everything is read
}

// OnTerminal runs the program in the bot's directory on a pseudo-terminal.
func (b *Bot) OnTerminal(arguments ...string) *Terminal {
	b.t.Helper()
	master, slave, err := openTerminal()
	if err != nil {
		b.t.Fatalf("open a pseudo-terminal: %v", err)
	}
	term := &Terminal{t: b.t, master: master, done: make(chan struct{})}
	term.screen.init()
	term.cmd = command(b.t.Context(), Binary(b.t), b.Dir, arguments...)
	term.cmd.Stdin, term.cmd.Stdout, term.cmd.Stderr = slave, &term.stdout, slave
	term.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	if err := term.cmd.Start(); err != nil {
		b.t.Fatalf("caretaker %s: %v", strings.Join(arguments, " "), err)
	}
	var reading sync.WaitGroup
	reading.Go(func() { _, _ = io.Copy(&term.screen, master) }) // ends with an error when nobody has the terminal any more
	go func() {
		_ = term.cmd.Wait() // how it ended is in its state
		_ = slave.Close()
		reading.Wait()
		_ = master.Close()
		close(term.done)
	}()
	return term
}

// Type types a line and the return key.
func (t *Terminal) Type(line string) { t.press(line + "\r") }

// Interrupt presses Ctrl-C.
func (t *Terminal) Interrupt() { t.press("\x03") }

func (t *Terminal) press(keys string) {
	t.t.Helper()
	if _, err := t.master.WriteString(keys); err != nil {
		t.t.Fatalf("type on the terminal: %v", err)
	}
}

// Expect waits until the terminal shows a text.
func (t *Terminal) Expect(text string) {
	t.t.Helper()
	if err := t.screen.wait(Step(t.t), 0, text, t.done); err != nil {
		t.t.Fatalf("%v\n%s", err, t.screen.tail(20))
	}
}

// End waits for the program to end and returns what it left; Stderr is all that the terminal showed, echo included.
func (t *Terminal) End() Output {
	t.t.Helper()
	select {
	case <-t.done:
	case <-Step(t.t).Done():
		t.t.Fatalf("the program does not end\n%s", t.screen.tail(20))
	}
	return Output{t.stdout.String(), strings.ReplaceAll(t.screen.String(), "\r\n", "\n"), t.cmd.ProcessState.ExitCode()}
}

// openTerminal makes a pseudo-terminal (pts(4)).
func openTerminal() (master, slave *os.File, err error) {
	if master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		return nil, nil, err
	}
	if err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, fmt.Errorf("unlock: %w", err)
	}
	number, err := unix.IoctlGetUint32(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		return nil, nil, fmt.Errorf("number: %w", err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	return master, slave, err
}
