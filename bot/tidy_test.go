package bot_test

import (
	"testing"
	"time"
)

// What is finished is forgotten after weeks, and recognised until then.
func TestTidy(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd := w.ask(ada, "!admin thing set a")
		later := func(d time.Duration) {
			w.stop() // a bot that is up looks around every minute
			time.Sleep(d)
			w.start()
			w.sleep(10 * time.Minute)
		}
		later(27 * 24 * time.Hour)
		w.push(*w.hs.event(t, cmd))
		w.wait()
		w.expect(cmd, "ok")
		w.expectDone("set", "set a")
		later(2 * 24 * time.Hour)
		if _, found, err := w.process.store.Get(w.t.Context(), cmd); err != nil || found {
			t.Errorf("the event is still there (%v)", err)
		}
		if steps, err := w.process.store.Steps(w.t.Context(), cmd); err != nil || len(steps) != 0 {
			t.Errorf("the answer is still there: %d steps (%v)", len(steps), err)
		}
	})
}

// Once a day the head of the audit is told to a management room.
func TestCheckpoint(t *testing.T) {
	inWorld(t, func(w *world) {
		w.ask(ada, "!admin thing set a")
		said := func() (n int) {
			for _, room := range w.managed() {
				n += len(w.saidBy(room))
			}
			return n
		}
		before := said()
		w.sleep(25 * time.Hour)
		if n := said() - before; n != 1 {
			t.Errorf("the bot said %d things in a day", n)
		}
		w.settled()
	})
}
