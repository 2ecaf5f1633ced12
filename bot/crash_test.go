package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"
)

// A change that was begun when the process died is reported, once, and not repeated.
func TestInterruptedChange(t *testing.T) {
	inWorld(t, func(w *world) {
		w.things.hold("set a")
		root := w.say(ada, "a thread")
		cmd := w.hs.say(w.room, ada, "m.room.message", message("!admin thing set a", relating(map[string]any{"rel_type": "m.thread", "event_id": string(root)})))
		w.wait()
		queued := w.ask(ada, "!admin thing set b")
		w.sleep(time.Second)
		w.expectMarks(cmd, "👀")
		w.kill()
		w.start()
		w.expect(cmd, "interrupted")
		w.expectMarks(cmd, "❌")
		w.expect(queued, "ok")
		a := w.last(cmd)
		if a.outcome["command"] != "thing set" || relation(a.event)["event_id"] != string(root) || !strings.Contains(a.body(), "!admin audit details") {
			t.Errorf("got %v with the outcome %v: %q", relation(a.event), a.outcome, a.body())
		}
		if got := w.audit(cmd); !slices.Equal(got, []string{"interrupted"}) {
			t.Errorf("the audit has %v", got)
		}
		w.kill()
		w.start()
		w.expect(cmd, "interrupted")
		w.expectDone("set", "set a", "set b")
		w.settled()
	})
}

// A read that was begun simply runs again, an audited one with a second record.
func TestInterruptedRead(t *testing.T) {
	inWorld(t, func(w *world) {
		w.things.hold("show a")
		w.things.hold("peek")
		read, private := w.ask(ada, "!admin thing show a"), w.ask(ada, "!admin thing peek")
		w.kill()
		w.things = newThings()
		w.start()
		w.expect(read, "ok")
		w.expect(private, "ok")
		if got := w.audit(private); !slices.Equal(got, []string{"interrupted", "ok"}) {
			t.Errorf("the audit has %v", got)
		}
		w.settled()
	})
}

// What was confirmed and begun is reported on the command that was confirmed.
func TestInterruptedConfirmedChange(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd, victim, prompt := asked(w, alan)
		w.things.hold("drop " + string(victim))
		confirm := w.ask(alan, "!admin confirm "+prompt.code())
		w.kill()
		w.things = newThings()
		w.start()
		w.expect(cmd, "confirm", "interrupted")
		w.expectMarks(cmd, "❌")
		w.expect(confirm)
		w.expectMarks(confirm, "✅")
		if got := w.audit(cmd); !slices.Equal(got, []string{"interrupted"}) {
			t.Errorf("the audit has %v", got)
		}
		w.expect(w.ask(alan, "!admin confirm "+prompt.code()), "usage")
		w.sleep(time.Hour)
		w.expect(cmd, "confirm", "interrupted")
		w.expectDone("")
		w.settled()
	})
}

// The process dies again and again while many commands are on their way. Each has
// exactly one final outcome, and no change is made twice.
func TestKilledAgainAndAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		var all []id.EventID
		for i := range 40 {
			kind := []string{"set", "show"}[i%2]
			cmd := w.say(ada, fmt.Sprintf("!admin thing %s %d", kind, i))
			all = append(all, cmd)
			switch i % 8 {
			case 3:
				w.deliver() // and not wait
				w.kill()
				w.start()
			case 5:
				w.things.hold(fmt.Sprintf("set %d", i+1))
			case 7:
				w.wait()
				w.kill()
				w.start()
			}
		}
		w.sleep(time.Minute)
		for i, cmd := range all {
			finals := slices.DeleteFunc(w.answers(cmd), func(a answer) bool { return !a.final() })
			if len(finals) != 1 || finals[0].status() != "ok" && finals[0].status() != "interrupted" {
				t.Errorf("%s has the outcomes %v", cmd, finals)
			}
			if n := len(w.things.done(fmt.Sprintf("set %d", i))); i%2 == 0 && i > 4 && n > 1 {
				t.Errorf("set %d was done %d times", i, n)
			}
		}
		w.settled()
	})
}

// The answer is stored, the process dies before it is delivered, or before it is
// noted as delivered.
func TestUndeliveredAnswer(t *testing.T) {
	for name, f := range map[string]fault{
		"not sent":  {match: "/send/", hang: true},
		"not noted": {match: "/send/", hang: true, after: true},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				end := w.hs.spoil(f)
				cmd := w.ask(ada, "!admin thing set a")
				w.kill()
				end()
				w.start()
				w.expect(cmd, "ok")
				w.expectMarks(cmd, "✅")
				w.expectDone("set", "set a")
				w.settled()
			})
		})
	}
}

// Commands that came while the bot was away are all answered.
func TestCommandsWhileAway(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stop()
		var all []id.EventID
		for i := range 20 {
			all = append(all, w.say(ada, fmt.Sprintf("!admin thing set %d", i)))
		}
		w.start()
		for _, cmd := range all {
			w.expect(cmd, "ok")
		}
		w.settled()
	})
}

// The homeserver is away when the bot starts, and comes back after a minute: the
// commands that are waiting are answered within seconds.
func TestHomeserverComesBack(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stop()
		cmds := []id.EventID{w.say(ada, "!admin thing set a"), w.say(ada, "!admin thing show a"), w.say(ada, "!admin whoami")}
		end := w.hs.spoil(fault{refuse: true})
		w.launch()
		w.sleep(time.Minute)
		end()
		w.sleep(5 * time.Second)
		for _, cmd := range cmds {
			w.expect(cmd, "ok")
		}
		w.settled()
	})
}
