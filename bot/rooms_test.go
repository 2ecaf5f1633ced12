package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"
)

var encryption = map[string]any{"algorithm": "m.megolm.v1.aes-sha2"}

// managed lists the rooms that the bot takes commands in.
func (w *world) managed() []id.RoomID { return w.process.bot.ManagementRoomIDs() }

// madeRooms are the rooms that the bot made for itself.
func (w *world) madeRooms() (made []id.RoomID) {
	for name, room := range w.hs.rooms {
		if room.state["m.room.create "].Content["dev.caretaker.management"] == true {
			made = append(made, name)
		}
	}
	return made
}

// Without configured rooms the bot makes one at its first start and invites the owners.
func TestMakesItsRoom(t *testing.T) {
	bubble(t, func(w *world) {
		w.start()
		made := w.madeRooms()
		if len(made) != 1 || !slices.Equal(w.managed(), made) {
			t.Fatalf("made %v, manages %v", made, w.managed())
		}
		for user, want := range map[id.UserID]string{ada: "invite", grace: "invite", alan: ""} {
			if got := w.hs.rooms[made[0]].members[user]; got != want {
				t.Errorf("%s is %q, want %q", user, got, want)
			}
		}
		w.hs.membership(made[0], ada, ada, "join")
		cmd := w.hs.say(made[0], ada, "m.room.message", plain("!admin whoami"))
		w.wait()
		w.expect(cmd, "ok")
		w.stop()
		w.start()
		w.kill()
		w.start()
		if again := w.madeRooms(); len(again) != 1 {
			t.Errorf("made %v", again)
		}
	})
}

// The bot dies, or its homeserver fails, between making the room and noting it: there
// is one room all the same, and the owners are invited.
func TestMakesOneRoomOnly(t *testing.T) {
	lost := fault{match: "createRoom", after: true, status: 504, times: 1}
	for name, faults := range map[string][]fault{
		"answer lost":          {{match: "createRoom", after: true, hang: true}},
		"request lost":         {{match: "createRoom", hang: true}},
		"answer lost, gateway": {lost},
		"error":                {{match: "createRoom", status: 500, body: `{"errcode":"M_UNKNOWN","error":"x"}`, times: 2}},
		"list fails":           {lost, {match: "joined_rooms", status: 502, times: 3}},
		"state fails":          {lost, {match: "/state/m.room.create", status: 502, times: 3}},
		"invitation fails":     {lost, {match: "/invite", status: 502, times: 3}},
	} {
		for _, crash := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", crash", false: ""}[crash], func(t *testing.T) {
				bubble(t, func(w *world) {
					for _, f := range faults {
						w.hs.spoil(f)
					}
					w.start()
					if crash {
						w.kill()
						w.start()
					}
					w.sleep(25 * time.Second)
					w.hs.faults = nil
					w.sleep(25 * time.Second)
					made := w.madeRooms()
					if len(made) != 1 || !slices.Equal(w.managed(), made) {
						t.Fatalf("made %v, manages %v", made, w.managed())
					}
					if got := w.hs.rooms[made[0]].members[ada]; got != "invite" {
						t.Errorf("the owner is %q", got)
					}
				})
			})
		}
	}
}

// The homeserver came as far as making the room, without inviting anybody.
func TestHalfMadeRoom(t *testing.T) {
	bubble(t, func(w *world) {
		w.hs.spoil(fault{match: "createRoom", after: true, hang: true})
		w.start()
		made := w.madeRooms()[0]
		w.hs.membership(made, botID, ada, "leave")
		w.kill()
		w.hs.faults = nil
		w.start()
		if got := w.hs.rooms[made].members[ada]; got != "invite" || len(w.madeRooms()) != 1 {
			t.Errorf("the owner is %q, rooms made: %v", got, w.madeRooms())
		}
	})
}

// Somebody else's room that looks like the bot's own is not taken for it.
func TestRoomThatLooksLikeOwn(t *testing.T) {
	bubble(t, func(w *world) {
		w.hs.mu.Lock()
		trap := w.hs.newRoom(mallory, map[string]any{"dev.caretaker.management": true})
		w.hs.setMember(trap, botID, botID, "join")
		w.hs.mu.Unlock()
		w.hs.spoil(fault{match: "createRoom", status: 502, times: 1})
		w.start()
		w.sleep(10 * time.Second)
		if slices.Contains(w.managed(), trap) || len(w.managed()) != 1 {
			t.Errorf("manages %v", w.managed())
		}
	})
}

// Connected right after the start, before the bot has read its rooms.
func TestConnectedBeforeRun(t *testing.T) {
	inWorld(t, func(w *world) {
		made := w.madeRooms()
		for range 3 {
			w.stop()
			w.start()
		}
		if again := w.madeRooms(); len(again) != len(made) {
			t.Errorf("made %v", again)
		}
	})
}

func TestConfiguredRooms(t *testing.T) {
	bubble(t, func(w *world) {
		byID, byAlias := w.hs.room(ada, botID), w.hs.room(ada, botID)
		w.hs.aliases["#admins:example.org"] = byAlias
		w.rooms = []string{string(byID), "#admins:example.org"}
		early := w.hs.say(byAlias, ada, "m.room.message", plain("!admin thing set a"))
		w.launch()
		w.wait()
		w.silent(early) // it cannot be known yet whether that is a management room
		w.process.connect()
		w.wait()
		w.expect(early, "ok")
		if len(w.managed()) != 2 || len(w.madeRooms()) != 0 {
			t.Errorf("manages %v, made %v", w.managed(), w.madeRooms())
		}
		w.stop()
		w.rooms = w.rooms[:1]
		w.start()
		if !slices.Equal(w.managed(), []id.RoomID{byID}) {
			t.Errorf("manages %v after the configuration was changed", w.managed())
		}
		w.settled()
	})
}

// A configured room that the bot is not in yet: whoever invites it, it comes.
func TestInvitedToConfiguredRoom(t *testing.T) {
	bubble(t, func(w *world) {
		room, aliased := w.hs.room(vera), w.hs.room(vera)
		w.hs.aliases["#admins:example.org"] = aliased
		w.rooms = []string{string(room), "#admins:example.org"}
		w.start()
		for _, r := range []id.RoomID{room, aliased} {
			w.hs.membership(r, vera, botID, "invite")
			w.wait()
			if !slices.Contains(w.managed(), r) {
				t.Errorf("%s is no management room", r)
			}
		}
		if len(w.madeRooms()) != 0 {
			t.Errorf("made %v", w.madeRooms())
		}
		w.settled()
	})
}

// Who may make a management room by inviting the bot, and which.
func TestInvitations(t *testing.T) {
	public := func(w *world, room id.RoomID) {
		w.hs.setState(room, ada, "m.room.join_rules", map[string]any{"join_rule": "public"})
	}
	encrypted := func(w *world, room id.RoomID) { w.hs.setState(room, ada, "m.room.encryption", encryption) }
	readable := func(w *world, room id.RoomID) {
		w.hs.setState(room, ada, "m.room.history_visibility", map[string]any{"history_visibility": "world_readable"})
	}
	for name, c := range map[string]struct {
		by     id.UserID
		state  func(w *world, room id.RoomID)
		hidden bool   // the invitation does not show it
		reason string // "" where it is accepted
		direct bool   // the inviter gets a direct message
	}{
		"owner":            {by: ada},
		"admin":            {by: alan},
		"operator":         {by: edsger, reason: "admins and owners"},
		"stranger":         {by: mallory, reason: "admins and owners"},
		"remote":           {by: remote, reason: "admins and owners"},
		"public":           {by: ada, state: public, reason: "public"},
		"public, hidden":   {by: ada, state: public, hidden: true, reason: "public"},
		"encrypted":        {by: ada, state: encrypted, reason: "encrypted", direct: true},
		"encrypted hidden": {by: ada, state: encrypted, hidden: true, reason: "encrypted", direct: true},
		"world readable":   {by: ada, state: readable, hidden: true, reason: "Everybody can read"},
		"stranger's":       {by: mallory, state: encrypted, reason: "admins and owners"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				room := w.hs.room(c.by)
				if c.state != nil {
					c.state(w, room)
				}
				invite := w.hs.membership(room, c.by, botID, "invite")
				if c.hidden {
					w.hs.event(t, invite).Unsigned = nil
				}
				w.wait()
				membership := w.hs.rooms[room].members[botID]
				if c.reason == "" {
					if membership != "join" || !slices.Contains(w.managed(), room) {
						t.Errorf("the bot is %q, manages %v", membership, w.managed())
					}
				} else if reason := w.hs.rooms[room].reasons[botID]; membership != "leave" || !strings.Contains(reason, c.reason) || slices.Contains(w.managed(), room) {
					t.Errorf("the bot is %q because %q, manages %v", membership, reason, w.managed())
				}
				if made := w.hs.called("createRoom"); c.direct != (made == 1) {
					t.Errorf("%d direct rooms were made", made)
				}
				w.settled()
			})
		})
	}
}

// A room that shows members only what was said since they joined.
func TestInvitationIsNotShown(t *testing.T) {
	inWorld(t, func(w *world) {
		room := w.hs.room(alan)
		w.hs.spoil(fault{match: "rooms/" + string(room) + "/event/", times: 1, status: 404, body: `{"errcode":"M_NOT_FOUND","error":"no"}`})
		w.hs.membership(room, alan, botID, "invite")
		w.wait()
		if !slices.Contains(w.managed(), room) {
			t.Errorf("manages %v", w.managed())
		}
		w.settled()
	})
}

// The explanation how to make a fitting room is given once per invitation, also when
// the process dies in between.
func TestExplainedOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		room := w.hs.room(ada)
		w.hs.setState(room, ada, "m.room.encryption", encryption)
		end := w.hs.spoil(fault{match: "/leave", hang: true})
		w.hs.membership(room, ada, botID, "invite")
		w.wait()
		w.kill()
		end()
		w.start()
		told := 0
		for _, e := range w.hs.since(0) {
			if e.Sender == botID && e.Type == "m.room.message" && e.Room != w.room {
				told++
			}
		}
		if told != 1 || w.hs.rooms[room].members[botID] != "leave" {
			t.Errorf("told %d times, and the bot is %q", told, w.hs.rooms[room].members[botID])
		}
		w.settled()
	})
}

// The bot died after it joined and before it noted that: commands that were given
// meanwhile are not turned away.
func TestJoinedButNotNoted(t *testing.T) {
	inWorld(t, func(w *world) {
		room := w.hs.room(ada)
		end := w.hs.spoil(fault{match: "rooms/" + string(room) + "/join", hang: true, after: true})
		w.hs.membership(room, ada, botID, "invite")
		w.wait()
		w.kill()
		end()
		cmd := w.hs.say(room, ada, "m.room.message", plain("!admin thing set a"))
		w.start()
		w.expect(cmd, "ok")
		w.settled()
	})
}

// The answer to the bot's joining takes long: who speaks meanwhile is not turned away.
func TestCommandWhileJoining(t *testing.T) {
	inWorld(t, func(w *world) {
		room := w.hs.room(ada)
		end := w.hs.spoil(fault{match: "rooms/" + string(room) + "/join", hang: true, after: true})
		w.hs.membership(room, ada, botID, "invite")
		w.wait()
		cmd := w.hs.say(room, ada, "m.room.message", plain("!admin thing set a"))
		w.sleep(10 * time.Second)
		w.silent(cmd)
		end()
		w.sleep(20 * time.Second)
		w.expect(cmd, "ok")
		w.settled()
	})
}

// Invitations that can be neither accepted nor declined do not keep others waiting.
func TestBrokenInvitations(t *testing.T) {
	inWorld(t, func(w *world) {
		for range 10 {
			room := w.hs.room(ada)
			w.hs.spoil(fault{match: "rooms/" + string(room), status: 500, body: `{"errcode":"M_UNKNOWN","error":"x"}`})
			w.hs.membership(room, []id.UserID{ada, mallory}[w.hs.counter%2], botID, "invite")
		}
		good := w.hs.room(ada)
		w.hs.membership(good, ada, botID, "invite")
		w.sleep(10 * time.Minute)
		if !slices.Contains(w.managed(), good) {
			t.Errorf("manages %v", w.managed())
		}
		w.expect(w.ask(ada, "!admin whoami"), "ok")
		w.settled()
	})
}

// A management room that turns unfit takes no commands and says so once, at once,
// until it is fit again.
func TestRoomTurnsUnfit(t *testing.T) {
	for name, c := range map[string]struct {
		evtType   string
		bad, good map[string]any
		text      string
	}{
		"public":         {"m.room.join_rules", map[string]any{"join_rule": "public"}, map[string]any{"join_rule": "invite"}, "public"},
		"world readable": {"m.room.history_visibility", map[string]any{"history_visibility": "world_readable"}, map[string]any{"history_visibility": "shared"}, "Everybody can read"},
		"encrypted":      {"m.room.encryption", encryption, nil, "encrypted"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				queued := w.ask(ada, "!admin thing drop !x:example.org")
				w.hs.setState(w.room, ada, c.evtType, c.bad)
				w.wait()
				said := w.saidBy(w.room)
				if body := written(said[len(said)-1]); !strings.Contains(body, c.text) {
					t.Errorf("the bot said %q", body)
				}
				w.silent(w.ask(ada, "!admin thing set a"), w.ask(ada, "!admin whoami"), w.ask(mallory, "!admin whoami"))
				w.ask(ada, "!admin confirm "+w.last(queued).code())
				w.react(ada, w.last(queued).event.ID, "✅")
				w.expect(queued, "confirm")
				w.stop()
				w.start()
				w.silent(w.ask(ada, "!admin thing set a"))
				if now := w.saidBy(w.room); len(now) != len(said) {
					t.Errorf("the bot also said %v", now[len(said):])
				}
				w.expectDone("")
				if c.good == nil {
					return
				}
				w.hs.setState(w.room, ada, c.evtType, c.good)
				w.sleep(time.Second)
				w.expect(w.ask(ada, "!admin thing set a"), "ok")
				w.hs.setState(w.room, ada, c.evtType, c.bad)
				w.wait()
				w.settled()
				again := 0
				for _, e := range w.saidBy(w.room) {
					if strings.Contains(written(e), c.text) {
						again++
					}
				}
				if again != 2 {
					t.Errorf("said %d times, want once each time", again)
				}
			})
		})
	}
}

// A command that waits in the queue does not run when the room turns public meanwhile.
func TestRoomTurnsUnfitBeforeQueuedCommand(t *testing.T) {
	inWorld(t, func(w *world) {
		release := w.things.hold("set a")
		w.ask(ada, "!admin thing set a")
		queued := w.ask(ada, "!admin thing set b")
		w.hs.setState(w.room, ada, "m.room.join_rules", map[string]any{"join_rule": "public"})
		w.wait()
		release()
		w.wait()
		w.silent(queued)
		w.expectDone("set", "set a")
		w.settled()
	})
}

// The room turns public while its state is being read: the older answer does not count.
func TestRoomTurnsUnfitWhileBeingRead(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stop()
		w.start()
		end := w.hs.spoil(fault{match: "/state/m.room.history_visibility", hang: true})
		w.hs.setState(w.room, ada, "m.room.topic", map[string]any{"topic": "x"})
		w.hs.setState(w.room, ada, "m.room.join_rules", map[string]any{"join_rule": "invite"})
		w.wait() // has read that the room is private, and hangs
		w.hs.setState(w.room, ada, "m.room.join_rules", map[string]any{"join_rule": "public"})
		w.wait()
		end()
		cmd := w.ask(ada, "!admin thing set a")
		w.sleep(time.Minute)
		w.silent(cmd)
		w.expectDone("")
	})
}

// Removed from a room, the bot forgets it; invited again, it is back.
func TestRemovedAndInvitedAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		w.hs.membership(w.room, ada, botID, "leave")
		w.wait()
		if slices.Contains(w.managed(), w.room) {
			t.Error("the bot still manages a room that it was removed from")
		}
		w.hs.membership(w.room, ada, botID, "invite")
		w.wait()
		w.expect(w.ask(ada, "!admin whoami"), "ok")
		w.hs.membership(w.room, ada, botID, "leave")
		w.hs.membership(w.room, ada, botID, "invite")
		w.wait()
		w.expect(w.ask(ada, "!admin whoami"), "ok")
		w.settled()
	})
}

// Removed while the bot was down, and nobody pushed that.
func TestRemovedWhileAway(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stop()
		w.hs.membership(w.room, ada, botID, "leave")
		w.pushed = len(w.hs.since(0))
		w.start()
		if slices.Contains(w.managed(), w.room) {
			t.Error("the bot still manages a room that it was removed from")
		}
	})
}

func TestLeaveRoom(t *testing.T) {
	inWorld(t, func(w *world) {
		other := w.hs.room(ada)
		w.hs.membership(other, ada, botID, "invite")
		w.wait()
		cmd := w.ask(ada, "!admin bot leave "+string(other))
		w.expect(cmd, "ok")
		if w.hs.rooms[other].members[botID] != "leave" || slices.Contains(w.managed(), other) {
			t.Errorf("the bot is %q, manages %v", w.hs.rooms[other].members[botID], w.managed())
		}
		w.settled()
	})
}
