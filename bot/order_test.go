package bot_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"
)

// Changes of a room queue behind each other in their order; other rooms go on.
func TestChangesQueuePerRoom(t *testing.T) {
	inWorld(t, func(w *world) {
		other := w.hs.room(alan)
		w.hs.membership(other, alan, botID, "invite")
		w.wait()
		release := w.things.hold("set a")
		first := w.say(ada, "!admin thing set a")
		w.wait() // it has begun; what another room does is not in order with it
		var later []id.EventID
		want := []string{"set a"}
		for i := range 20 {
			later = append(later, w.say([]id.UserID{ada, alan}[i%2], fmt.Sprintf("!admin thing set %d", i)))
			want = append(want, fmt.Sprintf("set %d", i))
		}
		elsewhere := w.hs.say(other, alan, "m.room.message", plain("!admin thing set elsewhere"))
		w.wait()
		w.expect(elsewhere, "ok")
		w.expectDone("set", "set a", "set elsewhere")
		release()
		w.wait()
		w.expectDone("set", slices.Insert(want, 1, "set elsewhere")...)
		for _, cmd := range append(later, first) {
			w.expect(cmd, "ok")
		}
		w.settled()
	})
}

// While one waits for a long change, everything that changes nothing is answered at
// once, and so are confirmations with what they confirm.
func TestLongChangeKeepsNobodyWaiting(t *testing.T) {
	inWorld(t, func(w *world) {
		victim := w.hs.room(ada)
		one, two := w.ask(ada, "!admin thing drop "+string(victim)), w.ask(ada, "!admin thing drop "+string(victim))
		release := w.things.hold("set long")
		long := w.ask(alan, "!admin thing set long")
		w.expect(w.ask(ada, "!admin thing show a"), "ok")
		w.expect(w.ask(ada, "!admin whoami"), "ok")
		w.expect(w.ask(ada, "!admin nonsense"), "usage")
		w.expect(w.ask(ada, "!admin thing set a --dry-run"), "ok")
		w.expectMarks(w.ask(ada, "!admin confirm "+w.last(one).code()), "✅")
		w.expect(one, "confirm", "ok")
		w.react(ada, w.last(two).event.ID, "❌")
		w.expect(two, "confirm", "cancelled")
		w.expect(long)
		release()
		w.wait()
		w.expect(long, "ok")
		w.settled()
	})
}

// At most four reads at once in a room, and sixteen in all.
func TestLimits(t *testing.T) {
	inWorld(t, func(w *world) {
		rooms := []id.RoomID{w.room}
		for range 5 {
			room := w.hs.room(ada)
			w.hs.membership(room, ada, botID, "invite")
			rooms = append(rooms, room)
		}
		w.wait()
		release := w.things.hold("show a")
		var all []id.EventID
		for range 6 {
			all = append(all, w.say(ada, "!admin thing show a"))
		}
		w.wait()
		w.expectDone("show", slices.Repeat([]string{"show a"}, 4)...)
		for _, room := range rooms[1:] {
			for range 6 {
				all = append(all, w.hs.say(room, ada, "m.room.message", plain("!admin thing show a")))
			}
		}
		w.wait()
		w.expectDone("show", slices.Repeat([]string{"show a"}, 16)...)
		release()
		w.wait()
		for _, cmd := range all {
			w.expect(cmd, "ok")
		}
		w.settled()
	})
}

// A confirmed change that lasts long takes no place of a read.
func TestConfirmedChangesTakeNoPlace(t *testing.T) {
	inWorld(t, func(w *world) {
		victim := w.hs.room(ada)
		release := w.things.hold("drop " + string(victim))
		var all []id.EventID
		for range 5 {
			cmd := w.ask(ada, "!admin thing drop "+string(victim))
			w.ask(ada, "!admin confirm "+w.last(cmd).code())
			all = append(all, cmd)
		}
		w.expect(w.ask(vera, "!admin thing show a"), "ok")
		release()
		w.wait()
		for _, cmd := range all {
			w.expect(cmd, "confirm", "ok")
		}
		w.settled()
	})
}

// A flood is worked off in order, each command once.
func TestFlood(t *testing.T) {
	inWorld(t, func(w *world) {
		var all []id.EventID
		var want []string
		for i := range 150 {
			all = append(all, w.say(ada, fmt.Sprintf("!admin thing set %d", i)))
			want = append(want, fmt.Sprintf("set %d", i))
		}
		w.wait()
		w.expectDone("set", want...)
		finals := map[string]int{}
		for _, e := range w.saidBy(w.room) {
			if outcome, ok := e.Content["dev.caretaker.outcome"].(map[string]any); ok {
				finals[outcome["event"].(string)]++
			}
		}
		for _, cmd := range all {
			if finals[string(cmd)] != 1 {
				t.Errorf("%s was answered %d times", cmd, finals[string(cmd)])
			}
		}
		w.settled()
	})
}

// A panic is answered and leaves everything else running.
func TestPanic(t *testing.T) {
	inWorld(t, func(w *world) {
		w.things.setPanics(true)
		read, change, private := w.ask(ada, "!admin thing show a"), w.ask(ada, "!admin thing set a"), w.ask(ada, "!admin thing peek")
		w.things.setPanics(false)
		for _, cmd := range []id.EventID{read, change, private} {
			w.expect(cmd, "failed")
			w.expectMarks(cmd, "❌")
		}
		if got := w.audit(change); !slices.Equal(got, []string{"failed"}) {
			t.Errorf("the audit has %v", got)
		}
		w.expect(w.ask(ada, "!admin thing set b"), "ok")
		w.settled()
		w.stop()
		w.start()
		w.expectDone("", "show a", "set a", "peek", "set b")
	})
}

// What is audited although it only reads has intent and outcome.
func TestAuditedRead(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd := w.ask(edsger, "!admin thing peek")
		w.expect(cmd, "ok")
		if got := w.audit(cmd); !slices.Equal(got, []string{"ok"}) || w.last(cmd).outcome["ref"] == nil {
			t.Errorf("the audit has %v, the outcome %v", got, w.last(cmd).outcome)
		}
		plainRead := w.ask(vera, "!admin thing show a")
		if got := w.audit(plainRead); len(got) != 0 || w.last(plainRead).outcome["ref"] != nil {
			t.Errorf("the audit has %v, the outcome %v", got, w.last(plainRead).outcome)
		}
		w.settled()
	})
}

// Commands that came before it was known whether their room is a management room
// run in the order in which they were given.
func TestOrderBeforeTheRoomIsKnown(t *testing.T) {
	bubble(t, func(w *world) {
		room := w.hs.room(ada, botID)
		w.rooms = []string{string(room)}
		var want []string
		for i := range 12 {
			w.hs.say(room, ada, "m.room.message", plain(fmt.Sprintf("!admin thing set %d", i)))
			want = append(want, fmt.Sprintf("set %d", i))
		}
		w.launch()
		w.wait()
		w.process.connect()
		w.wait()
		w.expectDone("set", want...)
		w.settled()
	})
}

// One uncertainty follows the other: the bot waits, and does not ask itself all the time.
func TestUncertainTwice(t *testing.T) {
	bubble(t, func(w *world) {
		w.launch()
		w.room = w.hs.room(ada)
		end := w.hs.spoil(fault{match: "/join", status: 500, body: `{"errcode":"M_UNKNOWN","error":"no"}`})
		w.hs.membership(w.room, ada, botID, "invite")
		w.wait()
		cmd := w.say(ada, "!admin thing set a")
		w.sleep(time.Minute) // the joining has failed, and the homeserver was not asked for the rooms yet
		if n, err := w.process.store.PendingCount(w.t.Context()); err != nil || n != 1 {
			t.Errorf("%d events are pending (%v), want the command", n, err)
		}
		end()
		w.process.connect()
		w.wait()
		w.silent(cmd)
		w.expectDone("")
		w.settled()
	})
}
