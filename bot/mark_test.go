package bot_test

import (
	"slices"
	"testing"
	"time"
)

// 👀 only when there is no answer after half a second; it goes with the answer.
func TestSeenMark(t *testing.T) {
	for _, line := range []string{"!admin thing show a", "!admin thing set a"} {
		t.Run(line, func(t *testing.T) {
			inWorld(t, func(w *world) {
				release := w.things.hold(line[len("!admin thing "):])
				cmd := w.ask(ada, line)
				w.sleep(499 * time.Millisecond)
				w.expectMarks(cmd)
				w.sleep(2 * time.Millisecond)
				w.expectMarks(cmd, "👀")
				release()
				w.wait()
				w.expect(cmd, "ok")
				w.expectMarks(cmd, "✅")
				w.settled()
			})
		})
	}
}

func TestQuickAnswerHasNoSeenMark(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd := w.ask(ada, "!admin thing show a")
		w.sleep(time.Second)
		for _, e := range w.saidBy(w.room) {
			if e.Type == "m.room.redaction" || e.Type == "m.reaction" && relation(e)["key"] == "👀" {
				t.Errorf("the bot sent %s about %s", e.Type, cmd)
			}
		}
	})
}

// The final mark comes after the answer, also when the answer takes long to deliver.
func TestMarkFollowsAnswer(t *testing.T) {
	inWorld(t, func(w *world) {
		end := w.hs.spoil(fault{match: "/send/m.room.message/", status: 502})
		cmd := w.ask(ada, "!admin thing set a")
		w.sleep(5 * time.Second)
		w.silent(cmd)
		end()
		w.sleep(5 * time.Second)
		w.expect(cmd, "ok")
		w.expectMarks(cmd, "✅")
		answered := slices.Index(w.hs.since(0), w.last(cmd).event)
		marked := slices.IndexFunc(w.hs.since(0), func(e *fakeEvent) bool {
			return e.Type == "m.reaction" && e.Sender == botID && relation(e)["event_id"] == string(cmd)
		})
		if marked < answered {
			t.Error("the mark came before the answer")
		}
		w.settled()
	})
}

// A confirmed command that lasts gets 👀 as well, again if it had it before.
func TestSeenMarkOfConfirmedCommand(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd, victim, prompt := asked(w, alan)
		release := w.things.hold("drop " + string(victim))
		w.ask(alan, "!admin confirm "+prompt.code())
		w.sleep(time.Second)
		w.expectMarks(cmd, "👀")
		release()
		w.wait()
		w.expectMarks(cmd, "✅")
		w.settled()
	})
}

// The marks of every outcome.
func TestMarks(t *testing.T) {
	inWorld(t, func(w *world) {
		for line, mark := range map[string]string{
			"!admin thing show a": "✅", "!admin thing nonsense": "❌", "!admin thing drop here": "🚫", "!admin check": "❌",
		} {
			w.expectMarks(w.ask(ada, line), mark)
		}
	})
}
