package bot_test

import (
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"
)

// Whatever hangs, stopping takes less than ten seconds ([world.stop] checks that),
// and nothing is lost: what was not begun runs at the next start.
func TestStopWhileHomeserverHangs(t *testing.T) {
	for name, begin := range map[string]func(w *world) (cmd id.EventID, statuses []string){
		"reading back": func(w *world) (id.EventID, []string) {
			w.hs.spoil(fault{match: "/event/", hang: true})
			return w.ask(ada, "!admin thing set a"), []string{"ok"}
		},
		"looking for the author": func(w *world) (id.EventID, []string) {
			theirs := w.say(vera, "hello")
			w.hs.spoil(fault{match: "/event/", hang: true})
			cmd := w.hs.say(w.room, ada, "m.room.message", message("!admin thing set a --user author",
				relating(map[string]any{"m.in_reply_to": map[string]any{"event_id": string(theirs)}})))
			w.wait()
			return cmd, []string{"ok"}
		},
		"looking at the room": func(w *world) (id.EventID, []string) {
			w.hs.spoil(fault{match: "/state/", hang: true})
			w.hs.setState(w.room, ada, "m.room.join_rules", map[string]any{"join_rule": "invite"})
			return w.ask(ada, "!admin thing show a"), []string{"ok"}
		},
		"confirming": func(w *world) (id.EventID, []string) {
			cmd, _, prompt := asked(w, alan)
			w.hs.spoil(fault{match: "/event/", hang: true})
			w.ask(alan, "!admin confirm "+prompt.code())
			return cmd, []string{"confirm", "ok"}
		},
		"confirming by reaction": func(w *world) (id.EventID, []string) {
			cmd, _, prompt := asked(w, alan)
			w.hs.spoil(fault{match: "/event/", hang: true})
			w.react(alan, prompt.event.ID, "✅")
			return cmd, []string{"confirm", "ok"}
		},
		"cancelling": func(w *world) (id.EventID, []string) {
			cmd, _, prompt := asked(w, alan)
			w.hs.spoil(fault{match: "/event/", hang: true})
			w.ask(alan, "!admin cancel "+prompt.code())
			return cmd, []string{"confirm", "cancelled"}
		},
		"cancelling by reaction": func(w *world) (id.EventID, []string) {
			cmd, _, prompt := asked(w, alan)
			w.hs.spoil(fault{match: "/event/", hang: true})
			w.react(alan, prompt.event.ID, "❌")
			return cmd, []string{"confirm", "cancelled"}
		},
		"answering": func(w *world) (id.EventID, []string) {
			w.hs.spoil(fault{match: "/send/", hang: true})
			return w.ask(ada, "!admin thing set a"), []string{"ok"}
		},
		"uploading": func(w *world) (id.EventID, []string) {
			w.hs.spoil(fault{match: "/upload", hang: true})
			return w.ask(ada, "!admin thing list -l 60"), []string{"ok"}
		},
		"opening a direct room": func(w *world) (id.EventID, []string) {
			w.hs.spoil(fault{match: "createRoom", hang: true})
			return w.ask(ada, "!admin thing key a"), []string{"ok"}
		},
		"telling a secret": func(w *world) (id.EventID, []string) {
			w.hs.spoil(fault{match: "/send/m.room.message/", hang: true})
			return w.ask(ada, "!admin thing key a"), []string{"partial"}
		},
		"redacting a password": func(w *world) (id.EventID, []string) {
			w.hs.spoil(fault{match: "/redact/", hang: true})
			return w.ask(ada, "!admin thing enter a -p "+canary), []string{"usage"}
		},
		"a read in the admin API": func(w *world) (id.EventID, []string) {
			w.things.hold("show a")
			return w.ask(ada, "!admin thing show a"), []string{"ok"}
		},
		"an audited read in the admin API": func(w *world) (id.EventID, []string) {
			w.things.hold("peek")
			return w.ask(ada, "!admin thing peek"), []string{"ok"}
		},
		"a change in the admin API": func(w *world) (id.EventID, []string) {
			w.things.hold("set a")
			return w.ask(ada, "!admin thing set a"), []string{"interrupted"}
		},
		"a confirmed change in the admin API": func(w *world) (id.EventID, []string) {
			cmd, victim, prompt := asked(w, alan)
			w.things.hold("drop " + string(victim))
			w.ask(alan, "!admin confirm "+prompt.code())
			return cmd, []string{"confirm", "interrupted"}
		},
		"behind a change": func(w *world) (id.EventID, []string) {
			w.things.hold("set long")
			w.ask(ada, "!admin thing set long")
			return w.ask(ada, "!admin thing set a"), []string{"ok"}
		},
		"everything": func(w *world) (id.EventID, []string) {
			w.hs.spoil(fault{hang: true})
			for range 30 {
				w.say(ada, "!admin thing set b")
				w.say(ada, "!admin thing show b")
			}
			return w.ask(ada, "!admin thing set a"), []string{"ok"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				cmd, want := begin(w)
				w.sleep(time.Second)
				w.stop()
				w.hs.faults, w.things.gates = nil, map[string]chan struct{}{}
				w.start()
				w.sleep(30 * time.Second)
				w.expect(cmd, want...)
				w.settled()
				if strings.Contains(w.log.String(), "forged") {
					t.Error("a command was taken for forged")
				}
			})
		})
	}
}

// What comes to its end within the grace is answered before the process ends.
func TestStopFinishesWork(t *testing.T) {
	inWorld(t, func(w *world) {
		release := w.things.hold("set a")
		cmd := w.ask(ada, "!admin thing set a")
		go func() {
			time.Sleep(3 * time.Second)
			release()
		}()
		w.stop()
		w.expect(cmd, "ok")
		w.expectMarks(cmd, "✅")
		w.start()
		w.expect(cmd, "ok")
		w.expectDone("set", "set a")
		w.settled()
	})
}

func TestStopWhileWorkIsPolled(t *testing.T) {
	inWorkingWorld(t, func(w *world) {
		w.things.hold("poll task-1")
		cmd := w.ask(ada, "!admin thing grind a")
		w.sleep(5 * time.Second)
		w.stop()
		w.things.gates = map[string]chan struct{}{}
		w.start()
		w.sleep(30 * time.Second)
		w.expect(cmd, "accepted", "ok")
		w.settled()
	})
}
