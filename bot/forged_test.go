package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"
)

// Somebody has stolen the hs_token and pushes what nobody said. Nothing runs, the
// room sees nothing, log and audit do.
func TestForgedChange(t *testing.T) {
	for name, forge := range map[string]func(w *world) fakeEvent{
		"never said": func(w *world) fakeEvent {
			return fakeEvent{ID: "$forged", Room: w.room, Sender: ada, Type: "m.room.message", Content: plain("!admin thing set a"), TS: time.Now()}
		},
		"said by another": func(w *world) fakeEvent {
			e := *w.hs.event(w.t, quietly(w, mallory, "!admin thing set a"))
			e.Sender = ada
			return e
		},
		"said otherwise": func(w *world) fakeEvent {
			e := *w.hs.event(w.t, quietly(w, ada, "hello"))
			e.Content = plain("!admin thing set a")
			return e
		},
		"of another kind": func(w *world) fakeEvent {
			event := w.hs.say(w.room, ada, "m.sticker", plain("!admin thing set a"))
			w.pushed++
			e := *w.hs.event(w.t, event)
			e.Type = "m.room.message"
			return e
		},
		"redacted since": func(w *world) fakeEvent {
			event := quietly(w, ada, "!admin thing set a")
			e := *w.hs.event(w.t, event)
			w.hs.event(w.t, event).Content = map[string]any{}
			return e
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				e := forge(w)
				before := len(w.saidBy(w.room))
				w.push(e)
				w.sleep(time.Minute)
				w.expectDone("")
				if said := w.saidBy(w.room); len(said) != before {
					t.Errorf("the bot said %v", said[before:])
				}
				if got := w.audit(e.ID); !slices.Equal(got, []string{"forged"}) {
					t.Errorf("the audit has %v", got)
				}
				if !strings.Contains(w.log.String(), "forged") {
					t.Error("the log has nothing about it")
				}
				w.settled()
			})
		})
	}
}

// quietly has somebody say something that is not delivered.
func quietly(w *world, sender id.UserID, text string) id.EventID {
	w.wait()
	w.pushed++
	return w.say(sender, text)
}

// A homeserver that hangs while a forged command is read back: no mark gives away
// that the command was noticed.
func TestForgedChangeWhileHanging(t *testing.T) {
	inWorld(t, func(w *world) {
		end := w.hs.spoil(fault{match: "/event/$forged", hang: true})
		before := len(w.saidBy(w.room))
		w.push(fakeEvent{ID: "$forged", Room: w.room, Sender: ada, Type: "m.room.message", Content: plain("!admin thing set a"), TS: time.Now()})
		w.sleep(time.Minute)
		end()
		w.sleep(time.Minute)
		if said := w.saidBy(w.room); len(said) != before {
			t.Errorf("the bot said %v", said[before:])
		}
		w.settled()
	})
}

// Neither a forged confirmation nor a forged cancellation reaches a question.
func TestForgedAnswers(t *testing.T) {
	for name, forge := range map[string]func(w *world, prompt answer) fakeEvent{
		"confirm": func(_ *world, prompt answer) fakeEvent {
			return fakeEvent{Type: "m.room.message", Content: plain("!admin confirm " + prompt.code())}
		},
		"cancel": func(_ *world, prompt answer) fakeEvent {
			return fakeEvent{Type: "m.room.message", Content: plain("!admin cancel " + prompt.code())}
		},
		"✅": func(_ *world, prompt answer) fakeEvent {
			return fakeEvent{Type: "m.reaction", Content: relating(map[string]any{"rel_type": "m.annotation", "event_id": prompt.event.ID, "key": "✅"})}
		},
		"❌": func(_ *world, prompt answer) fakeEvent {
			return fakeEvent{Type: "m.reaction", Content: relating(map[string]any{"rel_type": "m.annotation", "event_id": prompt.event.ID, "key": "❌"})}
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				cmd, _, prompt := asked(w, alan)
				before := len(w.saidBy(w.room))
				e := forge(w, prompt)
				e.ID, e.Room, e.Sender, e.TS = "$forged", w.room, alan, time.Now()
				w.push(e)
				w.wait()
				w.expect(cmd, "confirm")
				w.expectDone("drop")
				if said := w.saidBy(w.room); len(said) != before {
					t.Errorf("the bot said %v", said[before:])
				}
				if got := w.audit("$forged"); !slices.Equal(got, []string{"forged"}) {
					t.Errorf("the audit has %v", got)
				}
				w.react(alan, prompt.event.ID, "✅") // the real one still counts
				w.expect(cmd, "confirm", "ok")
				w.settled()
			})
		})
	}
}

// A forged invitation or removal is believed only as far as the homeserver agrees.
func TestForgedMembership(t *testing.T) {
	inWorld(t, func(w *world) {
		secret := w.hs.room(mallory)
		me := string(botID)
		w.push(fakeEvent{ID: "$invite", Room: secret, Sender: ada, Type: "m.room.member", StateKey: &me, Content: map[string]any{"membership": "invite"}, TS: time.Now()})
		w.push(fakeEvent{ID: "$leave", Room: w.room, Sender: ada, Type: "m.room.member", StateKey: &me, Content: map[string]any{"membership": "leave"}, TS: time.Now()})
		w.wait()
		if rooms := w.process.bot.ManagementRoomIDs(); slices.Contains(rooms, secret) || !slices.Contains(rooms, w.room) {
			t.Errorf("the management rooms are %v", rooms)
		}
		w.expect(w.ask(ada, "!admin whoami"), "ok")
		w.settled()
	})
}

// The bot was invited, but not by whom the push says.
func TestForgedInviter(t *testing.T) {
	for name, hidden := range map[string]bool{"shown": false, "not shown": true} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				trap := w.hs.room(mallory)
				w.wait()
				if hidden {
					w.hs.spoil(fault{match: "rooms/" + string(trap) + "/event/", status: 404, body: `{"errcode":"M_NOT_FOUND","error":"no"}`})
				}
				e := *w.hs.event(t, w.hs.membership(trap, mallory, botID, "invite"))
				w.pushed = len(w.hs.since(0))
				e.Sender = ada
				w.push(e)
				w.wait()
				if slices.Contains(w.process.bot.ManagementRoomIDs(), trap) || w.hs.rooms[trap].members[botID] != "leave" {
					t.Errorf("the bot is %q in the room of a stranger", w.hs.rooms[trap].members[botID])
				}
				if got := w.audit(e.ID); !slices.Equal(got, []string{"forged"}) {
					t.Errorf("the audit has %v", got)
				}
				w.settled()
			})
		})
	}
}

// A forged change of a room only has the bot look.
func TestForgedRoomState(t *testing.T) {
	inWorld(t, func(w *world) {
		w.push(fakeEvent{ID: "$rules", Room: w.room, Sender: ada, Type: "m.room.join_rules", StateKey: new(string), Content: map[string]any{"join_rule": "public"}, TS: time.Now()})
		w.wait()
		w.expect(w.ask(ada, "!admin whoami"), "ok")
		w.settled()
	})
}
