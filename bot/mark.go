package bot

import (
	"context"
	"strings"
	"sync"
	"time"

	"caretaker/store"
)

// seenAfter is how long an answer may take before 👀 says that it is being worked on.
const seenAfter = 500 * time.Millisecond

// seenMark puts 👀 on a command that is not answered soon, but only once the
// command is known to deserve an answer.
type seenMark struct {
	write func()
	timer *time.Timer

	mu      sync.Mutex // held while the mark is written, so that the answer sees it
	allowed bool
	due     bool
	done    bool
}

// markLater begins to count the time. A reaction gets no mark.
func (b *Bot) markLater(t target) *seenMark {
	m := &seenMark{done: t.NoMark}
	m.write = func() {
		if err := b.Store.Enqueue(context.Background(), t.react(seenStep(t), "👀", t.Event)); err == nil {
			b.outbox.kick()
		}
	}
	m.timer = time.AfterFunc(seenAfter, func() { m.set(&m.due) })
	return m
}

// seenStep differs for a command that is taken up again by its confirmation.
func seenStep(t target) string {
	if t.Row == t.Event {
		return stepSeen
	}
	return stepSeen + " " + string(t.Row)
}

// allow says that the command may get its mark.
func (m *seenMark) allow() { m.set(&m.allowed) }

func (m *seenMark) set(reason *bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	*reason = true
	if m.allowed && m.due && !m.done {
		m.done = true
		m.write()
	}
}

// cancel returns when no mark will be written any more. It must not be called in a
// transaction, which the mark may be waiting for.
func (m *seenMark) cancel() {
	if m == nil {
		return
	}
	m.timer.Stop()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done = true
}

// takeBackMarks lists what takes the earlier marks of a command back. It joins the
// transaction in ctx.
func (b *Bot) takeBackMarks(ctx context.Context, t target) ([]store.Out, error) {
	steps, err := b.Store.Steps(ctx, t.Event)
	if err != nil {
		return nil, err
	}
	var rows []store.Out
	for _, s := range steps {
		if s.Step == stepWorking || strings.HasPrefix(s.Step, stepSeen) {
			rows = append(rows, t.takeBack(s.Step))
		}
	}
	return rows, nil
}
