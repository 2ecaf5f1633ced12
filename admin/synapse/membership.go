package synapse

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// JoinedRooms returns the rooms that a user is in (GET v1/users/{user}/joined_rooms), for users of other servers as far
// as this one sees. An unknown account is in none.
func (a *API) JoinedRooms(ctx context.Context, user id.UserID) (admin.Answer[admin.JoinedRooms], error) {
	return call[admin.JoinedRooms](ctx, a, request{
		op: "GET v1/users/{user}/joined_rooms", parts: []string{string(user)},
		verb: "list the rooms of", subject: theUser(user), hint: searchUser(user),
	})
}

// Memberships returns what a user is or was in each room (GET v1/users/{user}/memberships). An unknown account has none.
func (a *API) Memberships(ctx context.Context, user id.UserID) (admin.Answer[admin.Memberships], error) {
	return call[admin.Memberships](ctx, a, request{
		op: "GET v1/users/{user}/memberships", parts: []string{string(user)},
		verb: "list the memberships of", subject: theUser(user), hint: searchUser(user),
	})
}
