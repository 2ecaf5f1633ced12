package bot

import (
	"context"
	"sync"
	"time"
)

// seenAfter is how long an answer may take before 👀 says that it is being worked on.
const seenAfter = 500 * time.Millisecond

// seenMark puts 👀 on a command that is not answered soon.
type seenMark struct {
	timer *time.Timer
	mu    sync.Mutex // held while the mark is written, so that the answer sees it
	done  bool
}

func (b *Bot) markLater(in *incoming) *seenMark {
	m := &seenMark{}
	t := target{Event: in.EventID, Room: in.RoomID}
	m.timer = time.AfterFunc(seenAfter, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.done {
			return
		}
		if err := b.Store.Enqueue(context.Background(), t.react(stepSeen, "👀", t.Event)); err == nil {
			b.outbox.kick()
		}
	})
	return m
}

// cancel returns when no mark will be written any more.
func (m *seenMark) cancel() {
	if m == nil {
		return
	}
	m.timer.Stop()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done = true
}
