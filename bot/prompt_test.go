package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/commands"
)

// asked has somebody ask for something destructive, and gives the question.
func asked(w *world, sender id.UserID) (cmd id.EventID, victim id.RoomID, prompt answer) {
	w.t.Helper()
	victim = w.hs.room(ada)
	cmd = w.ask(sender, "!admin thing drop "+string(victim))
	w.expect(cmd, "confirm")
	prompt = w.last(cmd)
	if len(prompt.code()) != 6 || !strings.Contains(prompt.body(), prompt.code()) || !strings.Contains(prompt.body(), string(victim)) {
		w.t.Fatalf("got the question %q with code %q", prompt.body(), prompt.code())
	}
	w.expectDone("drop")
	return cmd, victim, prompt
}

func TestConfirmByCode(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd, victim, prompt := asked(w, alan)
		if got := slices.Sorted(slices.Values(w.marks(prompt.event.ID))); !slices.Equal(got, []string{"✅", "❌"}) {
			t.Errorf("the question has the reactions %v", got)
		}
		confirm := w.ask(alan, "!admin CONFIRM "+strings.ToUpper(prompt.code()))
		w.expect(cmd, "confirm", "ok")
		w.expectMarks(cmd, "✅")
		w.expect(confirm)
		w.expectMarks(confirm, "✅")
		w.expectDone("drop", "drop "+string(victim))
		final := w.last(cmd)
		if final.outcome["command"] != "thing drop" || final.outcome["ref"] == "" || !slices.Equal(w.audit(cmd), []string{"ok"}) {
			t.Errorf("got the outcome %v and the audit %v", final.outcome, w.audit(cmd))
		}
		again := w.ask(alan, "!admin confirm "+prompt.code())
		w.expect(again, "usage")
		w.expectMarks(again, "❌")
		w.expectDone("drop", "drop "+string(victim))
		w.settled()
	})
}

func TestConfirmByReaction(t *testing.T) {
	for name, key := range map[string]string{"plain": "✅", "emoji": "✅\ufe0f", "text": "✅\ufe0e"} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				cmd, victim, prompt := asked(w, alan)
				yes := w.react(alan, prompt.event.ID, key)
				w.expect(cmd, "confirm", "ok")
				w.expectMarks(cmd, "✅")
				w.silent(yes)
				w.react(alan, prompt.event.ID, key)
				w.expect(cmd, "confirm", "ok")
				w.expectDone("drop", "drop "+string(victim))
				w.settled()
			})
		})
	}
}

// Nobody but who asked can confirm, whatever their role.
func TestConfirmByOthers(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd, _, prompt := asked(w, alan)
		for _, other := range []id.UserID{ada, vera, mallory, remote, botID} {
			for _, key := range []string{"✅", "❌"} {
				w.silent(w.react(other, prompt.event.ID, key))
			}
		}
		for _, line := range []string{"confirm ", "cancel "} {
			other := w.ask(ada, "!admin "+line+prompt.code())
			w.expect(other, "denied")
			w.expectMarks(other, "🚫")
		}
		w.expect(cmd, "confirm")
		elsewhere := w.hs.room(ada, alan)
		w.hs.membership(elsewhere, ada, botID, "invite")
		w.wait()
		there := w.hs.say(elsewhere, alan, "m.room.message", plain("!admin confirm "+prompt.code()))
		w.wait()
		w.expect(there, "usage")
		w.expectDone("drop")
		w.settled()
	})
}

func TestCancel(t *testing.T) {
	for name, cancel := range map[string]func(w *world, prompt answer) id.EventID{
		"by code":     func(w *world, prompt answer) id.EventID { return w.ask(alan, "!admin cancel "+prompt.code()) },
		"by reaction": func(w *world, prompt answer) id.EventID { return w.react(alan, prompt.event.ID, "❌\ufe0f") },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				cmd, _, prompt := asked(w, alan)
				by := cancel(w, prompt)
				w.expect(cmd, "confirm", "cancelled")
				w.expectMarks(cmd, "🚫")
				w.expect(by)
				if name == "by code" {
					w.expectMarks(by, "✅")
				} else {
					w.expectMarks(by)
				}
				if final := w.last(cmd); final.edits != prompt.event.ID || !strings.Contains(final.body(), "nothing was changed") {
					t.Errorf("the question was not edited: %v", final.event.Content)
				}
				w.expect(w.ask(alan, "!admin confirm "+prompt.code()), "usage")
				w.expectDone("drop")
				w.settled()
			})
		})
	}
}

func TestExpired(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd, victim, prompt := asked(w, alan)
		w.sleep(10*time.Minute - time.Second)
		w.expect(cmd, "confirm")
		w.sleep(2 * time.Second)
		w.expect(cmd, "confirm", "cancelled")
		w.expectMarks(cmd, "🚫")
		if final := w.last(cmd); final.edits != prompt.event.ID {
			t.Errorf("the question was not edited: %v", final.event.Content)
		}
		w.expect(w.ask(alan, "!admin confirm "+prompt.code()), "usage")
		w.react(alan, prompt.event.ID, "✅")
		w.expect(cmd, "confirm", "cancelled")
		w.expectDone("drop")
		w.settled()
		if p, _, err := w.process.store.Prompt(w.t.Context(), prompt.code()); err != nil || p.Line != "" || strings.Contains(p.Frozen, string(victim)) {
			t.Errorf("the database keeps %q and %q of the question (%v)", p.Line, p.Frozen, err)
		}
	})
}

func TestUnknownCode(t *testing.T) {
	inWorld(t, func(w *world) {
		w.expect(w.ask(alan, "!admin confirm abcdef"), "usage")
		w.expect(w.ask(alan, "!admin cancel abcdef"), "usage")
	})
}

// Reaction and command at the same moment: one of them runs it, the other is told.
func TestConfirmTwiceAtOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd, victim, prompt := asked(w, alan)
		events := []id.EventID{w.say(alan, "!admin confirm "+prompt.code()), w.say(alan, "!admin confirm "+prompt.code())}
		press := w.react(alan, prompt.event.ID, "✅")
		w.expect(cmd, "confirm", "ok")
		w.expectDone("drop", "drop "+string(victim))
		for _, e := range events {
			if len(w.answers(e)) == 1 {
				w.expect(e, "usage")
				w.expectMarks(e, "❌")
			} else {
				w.expect(e)
				w.expectMarks(e, "✅")
			}
		}
		w.silent(press)
		w.settled()
	})
}

// Confirming and cancelling at the same moment: what wins is what happens.
func TestConfirmAndCancelAtOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd, _, prompt := asked(w, alan)
		confirm, cancel := w.say(alan, "!admin confirm "+prompt.code()), w.say(alan, "!admin cancel "+prompt.code())
		w.wait()
		final := w.last(cmd).status()
		switch done := len(w.things.done("drop")); {
		case final == "ok" && done == 1:
			w.expect(cancel, "usage")
		case final == "cancelled" && done == 0:
			w.expect(confirm, "usage")
		default:
			t.Errorf("done %d times, but answered %s", done, final)
		}
		w.settled()
	})
}

func TestCatastrophic(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd := w.ask(ada, "!admin thing wipe")
		prompt := w.last(cmd)
		w.expectMarks(prompt.event.ID)
		w.react(ada, prompt.event.ID, "✅")
		for _, wrong := range []string{"", " 0", " 2"} {
			w.expect(w.ask(ada, "!admin confirm "+prompt.code()+wrong), "usage")
		}
		w.expect(cmd, "confirm")
		w.expectDone("wipe")
		confirm := w.ask(ada, "!admin confirm "+prompt.code()+" 1")
		w.expect(cmd, "confirm", "ok")
		w.expectMarks(confirm, "✅")
		w.expectDone("wipe", "wipe")
		w.settled()
	})
}

// Whoever lost the right between question and answer has lost it; nothing runs later either.
func TestRoleLostInBetween(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd, _, prompt := asked(w, alan)
		w.stop()
		w.roles[string(alan)] = commands.Viewer
		w.start()
		confirm := w.ask(alan, "!admin confirm "+prompt.code())
		w.expect(cmd, "confirm", "denied")
		w.expectMarks(cmd, "🚫")
		w.expect(confirm)
		w.expect(w.ask(alan, "!admin confirm "+prompt.code()), "usage")
		w.expectDone("drop")
		w.settled()
	})
}

func TestEveryRoleLostInBetween(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd, _, prompt := asked(w, alan)
		w.stop()
		delete(w.roles, string(alan))
		w.start()
		w.expect(w.ask(alan, "!admin confirm "+prompt.code()), "denied")
		w.silent(w.react(alan, prompt.event.ID, "✅"))
		w.expectDone("drop")
		w.sleep(10 * time.Minute)
		w.expect(cmd, "confirm", "cancelled")
	})
}

// What was previewed is what runs: an alias that points elsewhere by now needs a new question.
func TestTargetChangedInBetween(t *testing.T) {
	inWorld(t, func(w *world) {
		first, second := w.hs.room(ada), w.hs.room(ada)
		w.things.point("#spam:example.org", first)
		cmd := w.ask(alan, "!admin thing drop #spam:example.org")
		old := w.last(cmd)
		w.things.point("#spam:example.org", second)
		confirm := w.ask(alan, "!admin confirm "+old.code())
		w.expect(cmd, "confirm", "confirm")
		w.expect(confirm)
		w.expectDone("drop")
		renewed := w.last(cmd)
		if renewed.code() == old.code() || !strings.Contains(renewed.body(), string(second)) {
			t.Errorf("got the question %q", renewed.body())
		}
		w.expect(w.ask(alan, "!admin confirm "+old.code()), "usage")
		w.react(alan, old.event.ID, "✅")
		w.expectDone("drop")
		w.react(alan, renewed.event.ID, "✅")
		w.expect(cmd, "confirm", "confirm", "ok")
		w.expectDone("drop", "drop "+string(second))
		w.settled()
	})
}

// What becomes of the message after it was previewed does not matter.
func TestMessageRedactedInBetween(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd, victim, prompt := asked(w, alan)
		w.hs.event(t, cmd).Content = map[string]any{}
		w.react(alan, prompt.event.ID, "✅")
		w.expect(cmd, "confirm", "ok")
		w.expectDone("drop", "drop "+string(victim))
	})
}

func TestRestartInBetween(t *testing.T) {
	for name, end := range map[string]func(w *world){"stopped": (*world).stop, "killed": (*world).kill} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				cmd, victim, prompt := asked(w, alan)
				end(w)
				confirm := w.say(alan, "!admin confirm "+prompt.code())
				w.start()
				w.expect(cmd, "confirm", "ok")
				w.expectMarks(confirm, "✅")
				w.expectDone("drop", "drop "+string(victim))
				w.settled()
			})
		})
	}
}

// The bot died before it noted which event its question became, and the homeserver
// hangs when it would learn that.
func TestReactionToUnnotedPrompt(t *testing.T) {
	inWorld(t, func(w *world) {
		victim := w.hs.room(ada)
		end := w.hs.spoil(fault{match: "/send/m.room.message/", after: true, hang: true})
		cmd := w.ask(alan, "!admin thing drop "+string(victim))
		prompt := w.last(cmd)
		w.kill()
		w.hs.say(w.room, alan, "m.reaction", relating(map[string]any{"rel_type": "m.annotation", "event_id": string(prompt.event.ID), "key": "✅"}))
		w.start()
		w.expectDone("drop", "drop "+string(victim))
		end()
		w.sleep(30 * time.Second)
		w.expect(cmd, "confirm", "ok")
		w.settled()
	})
}

// The mark of a cancelled command comes after the edit that says so.
func TestCancelledMarkFollowsEdit(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd, _, prompt := asked(w, alan)
		end := w.hs.spoil(fault{match: "/send/m.room.message/", status: 502})
		w.react(alan, prompt.event.ID, "❌")
		w.sleep(5 * time.Second)
		w.expectMarks(cmd)
		end()
		w.sleep(5 * time.Second)
		w.expect(cmd, "confirm", "cancelled")
		w.expectMarks(cmd, "🚫")
		w.settled()
	})
}

// A confirmed command that cannot begin takes its question with it: it must not be answered once and run later.
func TestConfirmedCommandCannotBegin(t *testing.T) {
	inWorld(t, func(w *world) {
		w.things.point("#spam:example.org", w.hs.room(ada))
		cmd := w.ask(alan, "!admin thing drop #spam:example.org")
		prompt := w.last(cmd)
		w.things.point("#spam:example.org", w.room) // a management room is protected
		w.ask(alan, "!admin confirm "+prompt.code())
		w.expect(cmd, "confirm", "denied")
		w.things.point("#spam:example.org", w.hs.room(ada))
		w.expect(w.ask(alan, "!admin confirm "+prompt.code()), "usage")
		w.sleep(time.Hour)
		w.expect(cmd, "confirm", "denied")
		w.expectDone("drop")
		w.settled()
	})
}

// A confirmed command that panics is answered, once, and never run again.
func TestConfirmedCommandPanics(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd, victim, prompt := asked(w, alan)
		w.things.setPanics(true)
		w.ask(alan, "!admin confirm "+prompt.code())
		w.expect(cmd, "confirm", "failed")
		w.things.setPanics(false)
		w.stop()
		w.start()
		w.expect(cmd, "confirm", "failed")
		w.expectDone("drop", "drop "+string(victim))
		if got := w.audit(cmd); !slices.Equal(got, []string{"failed"}) {
			t.Errorf("the audit has %v", got)
		}
		w.settled()
	})
}
