package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// logBuffer keeps what a process writes and lets tests wait for a text in it.
type logBuffer struct {
	mu      sync.Mutex // guards both
	content bytes.Buffer
	changed chan struct{} // closed and replaced with every write
}

func (l *logBuffer) init() { l.changed = make(chan struct{}) }

// Write implements io.Writer.
func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
	return l.content.Write(p)
}

// String is everything so far.
func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.content.String()
}

func (l *logBuffer) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.content.Len()
}

// wait waits for a text after the first from bytes, until ctx ends or the process does.
func (l *logBuffer) wait(ctx context.Context, from int, text string, ended <-chan struct{}) error {
	for {
		l.mu.Lock()
		found := strings.Contains(l.content.String()[from:], text)
		changed := l.changed
		l.mu.Unlock()
		if found {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for %q in the log: %w", text, context.Cause(ctx))
		case <-ended:
			return fmt.Errorf("wait for %q in the log: %w", text, errors.New("the process ended"))
		}
	}
}

// tail is the last n lines.
func (l *logBuffer) tail(n int) string {
	lines := strings.Split(strings.TrimSpace(l.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
