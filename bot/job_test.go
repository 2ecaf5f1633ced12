package bot_test

import (
	"strings"
	"testing"
	"time"

	"caretaker/admin"
)

// Long work is accepted, goes on by itself, and its end is the final answer.
func TestLongWork(t *testing.T) {
	inWorkingWorld(t, func(w *world) {
		w.things.polls = 3
		cmd := w.ask(ada, "!admin thing grind a")
		w.expect(cmd, "accepted")
		w.expectMarks(cmd, "⏳")
		accepted := w.last(cmd)
		w.sleep(7 * time.Second)
		w.expect(cmd, "accepted")
		w.sleep(10 * time.Second)
		w.expect(cmd, "accepted", "ok")
		w.expectMarks(cmd, "✅")
		final := w.last(cmd)
		if accepted.outcome["job"] == nil || final.outcome["job"] != accepted.outcome["job"] || final.outcome["command"] != "thing grind" {
			t.Errorf("got the outcomes %v and %v", accepted.outcome, final.outcome)
		}
		if got := w.audit(cmd); len(got) != 1 || got[0] != "ok" {
			t.Errorf("the audit has %v", got)
		}
		w.expectDone("grind", "grind a")
		w.settled()
	})
}

// inWorkingWorld is inWorld where long work is followed.
func inWorkingWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	inWorld(t, func(w *world) {
		w.stop()
		w.jobs = true
		w.start()
		test(w)
	})
}

func TestLongWorkFails(t *testing.T) {
	inWorkingWorld(t, func(w *world) {
		w.things.fail("poll task-1", admin.Failed("the mill broke"))
		cmd := w.ask(ada, "!admin thing grind a")
		w.sleep(5 * time.Second)
		w.expect(cmd, "accepted", "failed")
		w.expectMarks(cmd, "❌")
		if body := w.last(cmd).body(); !strings.Contains(body, "The mill broke") {
			t.Errorf("got %q", body)
		}
		w.settled()
	})
}

// A restart at any time: the work is begun once, and ends once.
func TestLongWorkGoesOnAfterRestart(t *testing.T) {
	for name, end := range map[string]func(w *world){"stopped": (*world).stop, "killed": (*world).kill} {
		t.Run(name, func(t *testing.T) {
			inWorkingWorld(t, func(w *world) {
				w.things.polls = 2
				cmd := w.ask(ada, "!admin thing grind a")
				for range 3 {
					w.sleep(2 * time.Second)
					end(w)
					w.start()
				}
				w.sleep(time.Minute)
				w.expect(cmd, "accepted", "ok")
				w.expectMarks(cmd, "✅")
				w.expectDone("grind", "grind a")
				w.settled()
			})
		})
	}
}

// The process dies while it asks how far the work is.
func TestLongWorkKilledWhilePolling(t *testing.T) {
	inWorkingWorld(t, func(w *world) {
		w.things.hold("poll task-1")
		cmd := w.ask(ada, "!admin thing grind a")
		w.sleep(4 * time.Second)
		w.kill()
		w.things = newThings()
		w.start()
		w.sleep(5 * time.Second)
		w.expect(cmd, "accepted", "ok")
		w.expectDone("grind")
		w.settled()
	})
}

// A homeserver that is away for long does not end the work.
func TestLongWorkOutlastsHomeserver(t *testing.T) {
	inWorkingWorld(t, func(w *world) {
		w.things.fail("poll task-1", admin.Unavailable("the server is unreachable"))
		cmd := w.ask(ada, "!admin thing grind a")
		away := w.hs.spoil(fault{refuse: true})
		w.sleep(10 * time.Minute)
		w.expect(cmd, "accepted")
		w.things.fail("poll task-1", nil)
		w.sleep(2 * time.Minute)
		away()
		w.sleep(10 * time.Second)
		w.expect(cmd, "accepted", "ok")
		w.expectMarks(cmd, "✅")
		w.settled()
	})
}

// The final answer never overtakes the one that announced the work.
func TestAcceptedComesFirst(t *testing.T) {
	inWorkingWorld(t, func(w *world) {
		w.hs.spoil(fault{match: "/send/m.room.message/", times: 1, status: 429, body: `{"errcode":"M_LIMIT_EXCEEDED","error":"x","retry_after_ms":30000}`})
		cmd := w.ask(ada, "!admin thing grind a")
		w.sleep(20 * time.Second)
		w.expect(cmd)
		w.sleep(20 * time.Second)
		w.expect(cmd, "accepted", "ok")
		w.expectMarks(cmd, "✅")
		w.settled()
	})
}

// Work that panics ends as failed, and does not take the process with it.
func TestLongWorkPanics(t *testing.T) {
	inWorkingWorld(t, func(w *world) {
		cmd := w.ask(ada, "!admin thing grind a")
		w.things.setPanics(true)
		w.sleep(5 * time.Second)
		w.things.setPanics(false)
		w.expect(cmd, "accepted", "failed")
		w.expect(w.ask(ada, "!admin whoami"), "ok")
		w.settled()
	})
}

// The format that was asked for is that of the end, too.
func TestLongWorkAsJSON(t *testing.T) {
	inWorkingWorld(t, func(w *world) {
		cmd := w.ask(ada, "!admin thing grind a -o json")
		w.sleep(5 * time.Second)
		w.expect(cmd, "accepted", "ok")
		if body := w.last(cmd).body(); !strings.Contains(body, `"text": "ground a"`) {
			t.Errorf("got %q", body)
		}
	})
}
