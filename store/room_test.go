package store_test

import (
	"testing"
	"time"

	"caretaker/store"

	"maunium.net/go/mautrix/id"
)

func TestRoomThatIsMade(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	ok(t, s.PutRoom(t.Context(), store.Room{RoomID: "creating", Origin: store.RoomMade, State: store.RoomCreating}))
	creating, err := s.Rooms(t.Context(), store.RoomCreating)
	ok(t, err)
	equal(t, "creating", len(creating), 1)
	for range 2 { // again after a crash
		ok(t, s.RoomCreated(t.Context(), "creating", "!new:x"))
	}
	rooms, err := s.Rooms(t.Context(), "")
	ok(t, err)
	equal(t, "rooms", len(rooms), 1)
	equal(t, "room", rooms[0], store.Room{RoomID: "!new:x", Origin: store.RoomMade, State: store.RoomJoined})
}

func TestRoomProblemIsSaidOnce(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	const room = id.RoomID("!r:x")
	ok(t, s.PutRoom(t.Context(), store.Room{RoomID: room, Origin: store.RoomInvited, Inviter: "@ada:x", State: store.RoomJoined}))
	say := func(want bool) {
		t.Helper()
		first, err := s.SayRoomProblem(t.Context(), room)
		ok(t, err)
		equal(t, "say", first, want)
	}
	say(false)
	ok(t, s.SetRoomProblem(t.Context(), room, store.RoomPublic))
	say(true)
	ok(t, s.SetRoomProblem(t.Context(), room, store.RoomPublic))
	say(false)
	ok(t, s.SetRoomProblem(t.Context(), room, store.RoomEncrypted))
	say(true)
	ok(t, s.SetRoomProblem(t.Context(), room, ""))
	say(false)
	ok(t, s.SetRoomProblem(t.Context(), room, store.RoomEncrypted))
	say(true)
}

func TestRoomKeepsItsPlaceWhenStoredAgain(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	want := store.Room{RoomID: "!r:x", Origin: store.RoomInvited, Inviter: "@ada:x", State: store.RoomJoined}
	ok(t, s.PutRoom(t.Context(), want))
	ok(t, s.SetRoomCaughtUp(t.Context(), want.RoomID, "t1"))
	ok(t, s.SetRoomState(t.Context(), want.RoomID, store.RoomLeft))
	ok(t, s.PutRoom(t.Context(), want))
	want.CaughtUp = "t1"
	got, _, err := s.Room(t.Context(), want.RoomID)
	ok(t, err)
	equal(t, "room", got, want)
	ok(t, s.DeleteRoom(t.Context(), want.RoomID))
	_, found, err := s.Room(t.Context(), want.RoomID)
	ok(t, err)
	equal(t, "found", found, false)
}

func TestCursorIsTheLastListForAnHour(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	put := func(user id.UserID, line string) {
		t.Helper()
		ok(t, s.PutCursor(t.Context(), store.Cursor{RoomID: "!r:x", UserID: user, Line: line, ListEvent: "$l", ExpiresTS: c.Now().Add(time.Hour)}))
	}
	put("@ada:x", "user list -f 25")
	put("@ada:x", "room list -f 25")
	put("@bob:x", "user list -f 50")
	got, found, err := s.Cursor(t.Context(), "!r:x", "@ada:x")
	ok(t, err)
	equal(t, "line", got.Line, "room list -f 25")
	equal(t, "found", found, true)
	ok(t, s.DropCursor(t.Context(), "!r:x", "@ada:x"))
	_, found, err = s.Cursor(t.Context(), "!r:x", "@ada:x")
	ok(t, err)
	equal(t, "found after drop", found, false)
	c.Add(time.Hour)
	_, found, err = s.Cursor(t.Context(), "!r:x", "@bob:x")
	ok(t, err)
	equal(t, "found after an hour", found, false)
}

func TestOncePer(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	once := func(want bool) {
		t.Helper()
		first, err := s.OncePer(t.Context(), "hint @bob:x", time.Hour)
		ok(t, err)
		equal(t, "first", first, want)
	}
	once(true)
	once(false)
	c.Add(time.Hour - time.Millisecond)
	once(false)
	c.Add(time.Millisecond)
	once(true)
	c.Add(-48 * time.Hour) // the clock was wrong and is set back
	once(true)
	once(false)
	other, err := s.OncePer(t.Context(), "hint @eve:x", time.Hour)
	ok(t, err)
	equal(t, "another key", other, true)
}

func TestSecretMessages(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	m := store.SecretMessage{RoomID: "!dm:x", EventID: "$s", UserID: "@ada:x", RedactAt: c.Now().Add(time.Hour)}
	ok(t, s.AddSecretMessage(t.Context(), m))
	due, err := s.SecretMessagesDue(t.Context(), c.Now())
	ok(t, err)
	equal(t, "due at once", len(due), 0)
	next, some, err := s.NextRedaction(t.Context())
	ok(t, err)
	equal(t, "next", some && next.Equal(m.RedactAt), true)
	due, err = s.SecretMessagesDue(t.Context(), m.RedactAt)
	ok(t, err)
	equal(t, "due", due[0].EventID, "$s")
	ok(t, s.ForgetSecretMessage(t.Context(), m.RoomID, m.EventID))
	_, some, err = s.NextRedaction(t.Context())
	ok(t, err)
	equal(t, "left", some, false)
}

func TestDirectRooms(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	ok(t, s.SetDirectRoom(t.Context(), "@ada:x", "!old:x"))
	ok(t, s.SetDirectRoom(t.Context(), "@ada:x", "!new:x"))
	room, found, err := s.DirectRoom(t.Context(), "@ada:x")
	ok(t, err)
	equal(t, "room", room, "!new:x")
	equal(t, "found", found, true)
	ok(t, s.ForgetDirectRoom(t.Context(), "!new:x"))
	_, found, err = s.DirectRoom(t.Context(), "@ada:x")
	ok(t, err)
	equal(t, "found after forgetting", found, false)
}

func TestSettings(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	ok(t, s.SetSetting(t.Context(), "k", "1"))
	ok(t, s.SetSetting(t.Context(), "k", "2"))
	value, _, err := s.Setting(t.Context(), "k")
	ok(t, err)
	equal(t, "value", value, "2")
	ok(t, s.DeleteSetting(t.Context(), "k"))
	_, found, err := s.Setting(t.Context(), "k")
	ok(t, err)
	equal(t, "found", found, false)
}
