package homeserver

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
)

// Child is a running process with everything it starts, as a process group of its own: a Ctrl-C in the terminal does
// not reach it, so that its owner decides when it ends. On Linux it dies with this process, however that ends. Its
// methods may be called by several goroutines.
type Child struct {
	// Done is closed when the child has ended.
	Done <-chan struct{}

	cmd *exec.Cmd
}

// StartChild starts a prepared command as a child. Nobody else may start or wait for the command.
func StartChild(cmd *exec.Cmd) (*Child, error) {
	cmd.SysProcAttr = childAttributes()
	started, done := make(chan error), make(chan struct{})
	go func() {
		// One thread starts the child and waits for it: Linux kills the child when the thread that started it ends, and
		// a thread that waits does not.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in cmd.ProcessState
			close(done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(cmd.Path), err)
	}
	return &Child{Done: done, cmd: cmd}, nil
}

// Running reports whether the child has not ended yet.
func (c *Child) Running() bool {
	select {
	case <-c.Done:
		return false
	default:
		return true
	}
}

// PID is the process id. It is the child's as long as Done is open.
func (c *Child) PID() int { return c.cmd.Process.Pid }

// ExitCode is the exit status of a child that has ended, -1 if a signal ended it.
func (c *Child) ExitCode() int { return c.cmd.ProcessState.ExitCode() }

// Terminate asks the child to end. One that has ended already does not mind.
func (c *Child) Terminate() {
	if c.Running() {
		_ = c.cmd.Process.Signal(syscall.SIGTERM) // it may have ended in between
	}
}

// Stop asks the child to end, waits, and kills the group when ctx ends first; only that is an error.
func (c *Child) Stop(ctx context.Context) error {
	c.Terminate()
	select {
	case <-c.Done:
		return nil
	case <-ctx.Done():
		c.Kill()
		return fmt.Errorf("stop %s: %w; killed", filepath.Base(c.cmd.Path), ctx.Err())
	}
}

// Kill ends the whole group at once and waits for the child. While the child has not been waited for, nobody else can
// have its process id.
func (c *Child) Kill() {
	if !c.Running() {
		return
	}
	_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL)
	<-c.Done
}
