package room_test

import (
	"context"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// inside is what a [server] tells about the inside of rooms.
type inside struct {
	pages                             []string          // of rooms, one after the other, instead of rooms
	states                            map[string]string // by room
	messages, context, at, tree, ends string
	user, joined, done, trimmed       string
	denied                            error // of joining
}

func (s *server) RoomState(_ context.Context, room id.RoomID, eventType string) (admin.Answer[admin.RoomState], error) {
	s.Called("RoomState", room, eventType)
	return answer[admin.RoomState](s, s.states[room.String()], "room "+room.String())
}

func (s *server) RoomMessages(_ context.Context, room id.RoomID, query admin.MessageQuery) (admin.Answer[admin.Messages], error) {
	s.Called("RoomMessages", room, query)
	return answer[admin.Messages](s, s.messages, "room "+room.String())
}

func (s *server) EventContext(_ context.Context, room id.RoomID, event id.EventID, limit int) (admin.Answer[admin.EventContext], error) {
	s.Called("EventContext", room, event, limit)
	return answer[admin.EventContext](s, s.context, "event "+event.String()+" in room "+room.String())
}

func (s *server) EventAt(_ context.Context, room id.RoomID, at time.Time, before bool) (admin.Answer[admin.EventAt], error) {
	s.Called("EventAt", room, at, before)
	return answer[admin.EventAt](s, s.at, "an event after that time in room "+room.String())
}

func (s *server) Tree(_ context.Context, room id.RoomID, query admin.TreeQuery) (admin.Answer[admin.Tree], error) {
	s.Called("Tree", room, query)
	return answer[admin.Tree](s, s.tree, "room "+room.String())
}

func (s *server) Extremities(_ context.Context, room id.RoomID) (admin.Answer[admin.Extremities], error) {
	s.Called("Extremities", room)
	return answer[admin.Extremities](s, s.ends, "room "+room.String())
}

func (s *server) TrimExtremities(_ context.Context, room id.RoomID) (admin.Answer[admin.TrimmedExtremities], error) {
	s.Called("TrimExtremities", room)
	return answer[admin.TrimmedExtremities](s, s.trimmed, "room "+room.String())
}

func (s *server) User(_ context.Context, user id.UserID) (admin.Answer[admin.User], error) {
	s.Called("User", user)
	return answer[admin.User](s, s.user, "user "+user.String())
}

func (s *server) JoinRoom(_ context.Context, room string, user id.UserID) (admin.Answer[admin.JoinedRoom], error) {
	s.Called("JoinRoom", room, user)
	if s.denied != nil {
		return admin.Answer[admin.JoinedRoom]{}, s.denied
	}
	return answer[admin.JoinedRoom](s, s.joined, "room "+room)
}

func (s *server) MakeRoomAdmin(_ context.Context, room id.RoomID, user id.UserID) (admin.Answer[admin.Done], error) {
	s.Called("MakeRoomAdmin", room, user)
	return answer[admin.Done](s, s.done, "room "+room.String())
}

func (s *server) PublishRoom(_ context.Context, room id.RoomID, public bool) (admin.Answer[admin.Done], error) {
	s.Called("PublishRoom", room, public)
	return answer[admin.Done](s, s.done, "room "+room.String())
}
