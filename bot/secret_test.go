package bot_test

import (
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"
)

const canary = "canary-7yped-pa55"

// A password that is typed in a room is removed there and from the database, and
// repeated nowhere.
func TestTypedSecret(t *testing.T) {
	for name, content := range map[string]map[string]any{
		"option":        plain("!admin thing enter a -p " + canary),
		"quoted":        plain(`!admin thing enter a -p "` + canary + `"`),
		"typo":          plain("!admin thing enter a --pasword " + canary),
		"surplus":       plain("!admin thing enter a " + canary),
		"unclosed":      plain(`!admin thing enter a -p "` + canary),
		"typo in name":  plain("!admin thing entr a -p " + canary),
		"code block":    message("```\n!admin thing enter a -p "+canary+"\n```", html("<pre><code>!admin thing enter a -p "+canary+"</code></pre>")),
		"line below":    plain("!admin thing enter a\n" + canary),
		"with a thread": message("!admin thing enter a -p "+canary, relating(map[string]any{"rel_type": "m.thread", "event_id": "$event1"})),
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				cmd := w.hs.say(w.room, ada, "m.room.message", content)
				w.wait()
				w.expect(cmd, "usage")
				if !w.hs.event(t, cmd).Redacted {
					t.Error("the message is still there")
				}
				for _, e := range w.saidBy(w.room) {
					if strings.Contains(written(e), canary) {
						t.Errorf("the bot repeats it: %v", e.Content)
					}
				}
				if w.inFiles(canary) || strings.Contains(w.log.String(), canary) {
					t.Error("it is in the files of the database, or in the log")
				}
				w.expectDone("")
				w.settled()
			})
		})
	}
}

func written(e *fakeEvent) string {
	body, _ := e.Content["body"].(string)
	formatted, _ := e.Content["formatted_body"].(string)
	return body + formatted
}

// A password is redacted as soon as the homeserver lets it be, also by a later process.
func TestTypedSecretWhileHomeserverIsAway(t *testing.T) {
	inWorld(t, func(w *world) {
		end := w.hs.spoil(fault{refuse: true})
		cmd := w.ask(ada, "!admin thing enter a -p "+canary)
		w.sleep(30 * time.Second)
		w.kill()
		end()
		w.start()
		w.sleep(10 * time.Second)
		w.expect(cmd, "usage")
		if !w.hs.event(t, cmd).Redacted || w.inFiles(canary) {
			t.Error("the password is still there")
		}
		w.settled()
	})
}

func TestTypedSecretThatMayNotBeRedacted(t *testing.T) {
	inWorld(t, func(w *world) {
		w.hs.spoil(fault{match: "/redact/", status: 403, body: `{"errcode":"M_FORBIDDEN","error":"no"}`})
		cmd := w.ask(ada, "!admin thing enter a -p "+canary)
		w.expect(cmd, "usage")
		if body := w.last(cmd).body(); !strings.Contains(body, "delete it yourself") || strings.Contains(body, canary) {
			t.Errorf("got %q", body)
		}
		if w.inFiles(canary) {
			t.Error("it is in the files of the database")
		}
	})
}

// In a room where no command runs, a password is removed all the same.
func TestTypedSecretInUnfitRoom(t *testing.T) {
	inWorld(t, func(w *world) {
		w.hs.setState(w.room, ada, "m.room.join_rules", map[string]any{"join_rule": "public"})
		cmd := w.ask(ada, "!admin thing enter a -p "+canary)
		if !w.hs.event(t, cmd).Redacted {
			t.Error("the message is still there")
		}
	})
}

// secretIn gives the room and the message in which the bot told a made secret.
func secretIn(w *world) (room id.RoomID, e *fakeEvent) {
	w.t.Helper()
	for _, e := range w.hs.since(0) {
		if e.Sender == botID && strings.Contains(written(e), madeSecret) {
			return e.Room, e
		}
	}
	w.t.Fatal("nobody was told the secret")
	return "", nil
}

// A secret that was made goes to its caller alone, and is removed after ten minutes.
func TestMadeSecret(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd := w.ask(ada, "!admin thing key a")
		w.expect(cmd, "ok")
		room, secret := secretIn(w)
		if room == w.room || w.hs.rooms[room].members[ada] != "invite" || len(w.hs.rooms[room].members) != 2 {
			t.Fatalf("the secret went to %s with %v", room, w.hs.rooms[room].members)
		}
		if secret.Content["m.mentions"] == nil {
			t.Error("the message has no m.mentions")
		}
		if w.inFiles(madeSecret) || strings.Contains(w.log.String(), madeSecret) {
			t.Error("it is in the files of the database, or in the log")
		}
		w.hs.membership(room, ada, ada, "join")
		w.sleep(10*time.Minute - time.Second)
		if secret.Redacted {
			t.Error("it was removed too early")
		}
		w.sleep(2 * time.Second)
		if !secret.Redacted {
			t.Error("it is still there")
		}
		w.ask(ada, "!admin thing key b")
		if n := w.hs.called("createRoom"); n != 1 {
			t.Errorf("%d direct rooms were made", n)
		}
		w.settled()
	})
}

func TestMadeSecretIsRemovedByReaction(t *testing.T) {
	inWorld(t, func(w *world) {
		w.ask(ada, "!admin thing key a")
		room, secret := secretIn(w)
		w.hs.membership(room, ada, ada, "join")
		other := w.hs.say(room, ada, "m.room.message", plain("thank you"))
		react := func(to id.EventID) {
			w.hs.say(room, ada, "m.reaction", relating(map[string]any{"rel_type": "m.annotation", "event_id": string(to), "key": "✅\ufe0f"}))
			w.wait()
		}
		react(other)
		if w.hs.event(t, other).Redacted {
			t.Error("a message that is none of the bot's was removed")
		}
		react(secret.ID)
		if !secret.Redacted {
			t.Error("the secret is still there")
		}
		w.settled()
	})
}

// Whoever reads along in the direct room, or has switched encryption on, gets no secret.
func TestDirectRoomIsMadeAgain(t *testing.T) {
	for name, spoil := range map[string]func(w *world, room id.RoomID){
		"somebody else": func(w *world, room id.RoomID) { w.hs.membership(room, ada, mallory, "join") },
		"has left":      func(w *world, room id.RoomID) { w.hs.membership(room, ada, ada, "leave") },
		"encrypted": func(w *world, room id.RoomID) {
			w.hs.setState(room, ada, "m.room.encryption", map[string]any{"algorithm": "m.megolm.v1.aes-sha2"})
		},
		"public": func(w *world, room id.RoomID) {
			w.hs.setState(room, ada, "m.room.join_rules", map[string]any{"join_rule": "public"})
		},
		"bot removed": func(w *world, room id.RoomID) { w.hs.membership(room, ada, botID, "leave") },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.ask(ada, "!admin thing key a")
				first, secret := secretIn(w)
				w.sleep(11 * time.Minute)
				if !secret.Redacted {
					t.Fatal("the first secret is still there")
				}
				spoil(w, first)
				w.ask(ada, "!admin thing key b")
				if second, _ := secretIn(w); second == first {
					t.Error("the secret went to the same room")
				}
			})
		})
	}
}

// Without a way to tell the secret nothing is changed.
func TestNoDirectRoom(t *testing.T) {
	inWorld(t, func(w *world) {
		w.hs.spoil(fault{match: "createRoom", status: 403, body: `{"errcode":"M_FORBIDDEN","error":"no"}`})
		cmd := w.ask(ada, "!admin thing key a")
		w.expect(cmd, "unavailable")
		w.expectDone("")
		w.settled()
	})
}

// A homeserver that only stammers does not make the bot open room after room.
func TestDirectRoomCannotBeRead(t *testing.T) {
	inWorld(t, func(w *world) {
		w.ask(ada, "!admin thing key a")
		room, _ := secretIn(w)
		end := w.hs.spoil(fault{match: string(room) + "/members", status: 502})
		w.expect(w.ask(ada, "!admin thing key b"), "unavailable")
		end()
		w.expect(w.ask(ada, "!admin thing key c"), "ok")
		if n := w.hs.called("createRoom"); n != 1 {
			t.Errorf("%d direct rooms were made", n)
		}
		w.expectDone("key", "key a", "key c")
	})
}

// The secret could not be sent after the change was made: the answer says so.
func TestUndeliveredSecret(t *testing.T) {
	inWorld(t, func(w *world) {
		release := w.things.hold("key a")
		cmd := w.ask(ada, "!admin thing key a")
		w.hs.spoil(fault{match: "/send/m.room.message/", times: 1, status: 403, body: `{"errcode":"M_FORBIDDEN","error":"no"}`})
		release()
		w.wait()
		w.expect(cmd, "partial")
		w.expectMarks(cmd, "⚠️")
		if body := w.last(cmd).body(); strings.Contains(body, madeSecret) || !strings.Contains(body, "could not be sent") {
			t.Errorf("got %q", body)
		}
		w.sleep(11 * time.Minute)
		w.settled()
	})
}

// The homeserver fell silent, or the bot died, while the secret was on its way: it is
// removed in time although nobody knows its event id.
func TestSecretWithUnknownEvent(t *testing.T) {
	for name, crash := range map[string]bool{"silence": false, "crash": true} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				release := w.things.hold("key a")
				cmd := w.ask(ada, "!admin thing key a")
				end := w.hs.spoil(fault{match: "/send/m.room.message/", after: true, hang: true})
				release()
				w.wait()
				_, secret := secretIn(w)
				if crash {
					w.kill()
					end()
					w.start()
					w.expect(cmd, "interrupted")
				} else {
					w.sleep(25 * time.Second)
					end()
					w.sleep(25 * time.Second)
					w.expect(cmd, "partial")
				}
				w.sleep(10 * time.Minute)
				if !secret.Redacted {
					t.Error("the secret is still there")
				}
				w.expectDone("key", "key a")
				w.settled()
			})
		})
	}
}

// A homeserver that is away when the time is over only delays the removal.
func TestRemovalIsTriedAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		w.ask(ada, "!admin thing key a")
		_, secret := secretIn(w)
		end := w.hs.spoil(fault{match: "/redact/", refuse: true})
		w.sleep(20 * time.Minute)
		w.kill()
		end()
		w.start()
		if !secret.Redacted {
			t.Error("the secret is still there")
		}
	})
}
