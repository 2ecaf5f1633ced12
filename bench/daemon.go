package bench

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"caretaker/homeserver"
)

// Daemon is a running caretaker.
type Daemon struct {
	// Started is when its process began.
	Started time.Time

	child *homeserver.Child
	log   *readyLog
}

// StartDaemon starts caretaker and does not wait for it. It ends with the site, or by Stop.
func (s *Site) StartDaemon() (*Daemon, error) {
	// Not bound to a context: it is stopped in its turn, and has the time to finish.
	cmd := s.Command(context.Background(), "run", "-c", s.ConfigFile())
	log := &readyLog{ready: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = log, log
	d := &Daemon{Started: time.Now(), log: log}
	var err error
	if d.child, err = homeserver.StartChild(cmd); err != nil {
		return nil, err
	}
	s.atEnd(d.child.Kill)
	return d, nil
}

// AwaitReady returns when the daemon says that it is ready.
func (d *Daemon) AwaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	select {
	case <-d.log.ready:
		return nil
	case <-d.child.Done:
		return fmt.Errorf("caretaker ended\n%s", tail(d.log.String()))
	case <-ctx.Done():
		return fmt.Errorf("wait for caretaker to be ready: %w\n%s", ctx.Err(), tail(d.log.String()))
	}
}

// Stop ends the daemon as an operator does.
func (d *Daemon) Stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 12*time.Second)
	defer cancel()
	return d.child.Stop(ctx)
}

// Memory returns a line of the daemon's /proc/PID/status in bytes, such as "VmRSS".
func (d *Daemon) Memory(name string) (int64, error) { return memory(d.child.PID(), name) }

// OwnMemory is the same for this process.
func OwnMemory(name string) (int64, error) { return memory(os.Getpid(), name) }

func memory(pid int, name string) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("read the memory of a process (Linux only): %w", err)
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, fmt.Errorf("the process has no %s", name)
}

// readyLog keeps a daemon's log and notices when it is ready.
type readyLog struct {
	mu    sync.Mutex // guards text
	text  bytes.Buffer
	once  sync.Once
	ready chan struct{}
}

// Write implements [io.Writer].
func (l *readyLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	if bytes.Contains(p, []byte("caretaker is ready")) {
		l.once.Do(func() { close(l.ready) })
	}
	return len(p), nil
}

func (l *readyLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
