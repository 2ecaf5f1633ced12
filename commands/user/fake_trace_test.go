package user_test

import (
	"context"
	"strings"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands/commandtest"
)

// answerOf is what the fields say about one call: the error for reading, or the JSON.
func answerOf[T any](s *server, raw string) (admin.Answer[T], error) {
	if s.readErr != nil {
		return admin.Answer[T]{}, s.readErr
	}
	return commandtest.Answer[T](raw), nil
}

func (s *server) UserByExternalID(_ context.Context, provider, externalID string) (admin.Answer[admin.FoundUser], error) {
	s.Called("UserByExternalID", provider, externalID)
	return answerOf[admin.FoundUser](s, `{"user_id": "@bob:example.org"}`)
}

func (s *server) UserByThreepid(_ context.Context, medium, address string) (admin.Answer[admin.FoundUser], error) {
	s.Called("UserByThreepid", medium, address)
	return answerOf[admin.FoundUser](s, `{"user_id": "@bob:example.org"}`)
}

func (s *server) UsernameAvailable(_ context.Context, localpart string) (admin.Answer[admin.Availability], error) {
	s.Called("UsernameAvailable", localpart)
	return answerOf[admin.Availability](s, `{"available": true}`)
}

func (s *server) UserMedia(_ context.Context, user id.UserID, query admin.MediaQuery) (admin.Answer[admin.MediaPage], error) {
	s.Called("UserMedia", user, query)
	if s.media == "" {
		return answerOf[admin.MediaPage](s, `{"media": [], "total": 0}`)
	}
	return answerOf[admin.MediaPage](s, s.media)
}

func (s *server) JoinedRooms(_ context.Context, user id.UserID) (admin.Answer[admin.JoinedRooms], error) {
	s.Called("JoinedRooms", user)
	if s.missing {
		return answerOf[admin.JoinedRooms](s, `{"joined_rooms": [], "total": 0}`)
	}
	return answerOf[admin.JoinedRooms](s, `{"joined_rooms": ["!lobby:example.org", "!nameless:example.org", "!secret:example.net"], "total": 3, "x_new": 1}`)
}

func (s *server) Memberships(_ context.Context, user id.UserID) (admin.Answer[admin.Memberships], error) {
	s.Called("Memberships", user)
	if s.missing {
		return answerOf[admin.Memberships](s, `{"memberships": {}}`)
	}
	return answerOf[admin.Memberships](s, `{"memberships": {"!z:example.org": "join", "!b:example.org": "leave", "!a:example.org": "join"}}`)
}

// RoomAliases refuses rooms of other servers.
func (s *server) RoomAliases(_ context.Context, room id.RoomID) (admin.Answer[admin.RoomAliases], error) {
	s.Called("RoomAliases", room)
	switch {
	case s.aliasErr != nil:
		return admin.Answer[admin.RoomAliases]{}, s.aliasErr
	case strings.HasSuffix(string(room), ":example.net"):
		return admin.Answer[admin.RoomAliases]{}, admin.Denied("cannot list the aliases of room %s: no", room)
	case strings.HasPrefix(string(room), "!lobby"):
		return commandtest.Answer[admin.RoomAliases](`{"aliases": ["#lobby:example.org", "#hall:example.org"]}`), nil
	}
	return commandtest.Answer[admin.RoomAliases](`{"aliases": []}`), nil
}

func (s *server) SentInvites(_ context.Context, user id.UserID, since time.Time) (admin.Answer[admin.SentInvites], error) {
	s.Called("SentInvites", user, since)
	return answerOf[admin.SentInvites](s, `{"invite_count": 40}`)
}

func (s *server) RoomsJoined(_ context.Context, user id.UserID, since time.Time) (admin.Answer[admin.RoomsJoined], error) {
	s.Called("RoomsJoined", user, since)
	return answerOf[admin.RoomsJoined](s, `{"cumulative_joined_room_count": 7}`)
}

func (s *server) AccountData(_ context.Context, user id.UserID) (admin.Answer[admin.AccountData], error) {
	s.Called("AccountData", user)
	if s.missing {
		return answerOf[admin.AccountData](s, `{"account_data": {"global": {}, "rooms": {}}}`)
	}
	return answerOf[admin.AccountData](s, `{"account_data": {
		"global": {"m.ignored_user_list": {"ignored_users": {"@eve:example.net": {}}}, "<b>@room</b>": {}},
		"rooms": {"!a:example.org": {"m.fully_read": {"event_id": "$e"}}}}}`)
}

func (s *server) Pushers(_ context.Context, user id.UserID) (admin.Answer[admin.Pushers], error) {
	s.Called("Pushers", user)
	if s.missing {
		return answerOf[admin.Pushers](s, `{"pushers": [], "total": 0}`)
	}
	return answerOf[admin.Pushers](s, `{"pushers": [
		{"app_id": "im.vector.app", "app_display_name": "Element", "device_display_name": "Bob's <phone>", "kind": "http", "lang": "en", "profile_tag": "",
		 "pushkey": "`+pushKey+`", "data": {"url": "https://push.example.net/_matrix/push/v1/notify", "endpoint": "`+pushKey+`"}, "enabled": true, "device_id": "PHONE"},
		{"app_id": "m.email", "app_display_name": "Email Notifications", "kind": "email", "lang": "en", "pushkey": "bob@example.com", "data": {}, "device_id": null}],
		"total": 2}`)
}

// pushKey is a secret that no room may see.
const pushKey = "top-secret-push-key"
