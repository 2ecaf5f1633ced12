package synapse

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// JoinRoom joins a local user to a room, named by id or alias (POST v1/join/{room}). To a room that is not public the
// admin token's account invites the user first, so that it must be in the room and have the right to.
func (a *API) JoinRoom(ctx context.Context, room string, user id.UserID) (admin.Answer[admin.JoinedRoom], error) {
	return call[admin.JoinedRoom](ctx, a, request{
		op: "POST v1/join/{room}", parts: []string{room}, body: map[string]id.UserID{"user_id": user},
		verb: "join " + string(user) + " to", subject: "room " + room, hint: "room list",
	})
}

// MakeRoomAdmin gives a user the power of the strongest local member of a room, and invites them when needed
// (POST v1/rooms/{room}/make_room_admin). An empty user stands for the admin token's account.
func (a *API) MakeRoomAdmin(ctx context.Context, room id.RoomID, user id.UserID) (admin.Answer[admin.Done], error) {
	body := struct {
		UserID id.UserID `json:"user_id,omitempty"`
	}{user}
	who := "the admin token's account"
	if user != "" {
		who = theUser(user)
	}
	return call[admin.Done](ctx, a, request{
		op: "POST v1/rooms/{room}/make_room_admin", parts: []string{string(room)}, body: body,
		verb: "make " + who + " an admin of", subject: theRoom(room), hint: "room list",
	})
}

// PublishRoom lists a room in this server's public directory, or takes it off (client API, PUT
// v3/directory/list/room/{room}). Who may join stays as it is.
func (a *API) PublishRoom(ctx context.Context, room id.RoomID, public bool) (admin.Answer[admin.Done], error) {
	return call[admin.Done](ctx, a, request{
		op: "PUT client/v3/directory/list/room/{room}", parts: []string{string(room)},
		body: map[string]string{"visibility": either(public, "public", "private")},
		verb: either(public, "publish", "unpublish"), subject: theRoom(room), hint: "room list",
	})
}
