package synapse

import (
	"context"
	"net/url"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// SentInvites returns how many invitations a user sent since a time (GET v1/users/{user}/sent_invite_count).
func (a *API) SentInvites(ctx context.Context, user id.UserID, since time.Time) (admin.Answer[admin.SentInvites], error) {
	return call[admin.SentInvites](ctx, a, request{
		op: "GET v1/users/{user}/sent_invite_count", parts: []string{string(user)}, query: url.Values{"from_ts": {millis(since)}},
		verb: "count the invitations of", subject: theUser(user), hint: searchUser(user),
	})
}

// RoomsJoined returns how many rooms a user joined since a time, left again or not
// (GET v1/users/{user}/cumulative_joined_room_count).
func (a *API) RoomsJoined(ctx context.Context, user id.UserID, since time.Time) (admin.Answer[admin.RoomsJoined], error) {
	return call[admin.RoomsJoined](ctx, a, request{
		op: "GET v1/users/{user}/cumulative_joined_room_count", parts: []string{string(user)}, query: url.Values{"from_ts": {millis(since)}},
		verb: "count the rooms of", subject: theUser(user), hint: searchUser(user),
	})
}

// AccountData returns what clients keep on the server for a user (GET v1/users/{user}/accountdata).
func (a *API) AccountData(ctx context.Context, user id.UserID) (admin.Answer[admin.AccountData], error) {
	return call[admin.AccountData](ctx, a, request{
		op: "GET v1/users/{user}/accountdata", parts: []string{string(user)},
		verb: "read the account data of", subject: theUser(user), hint: searchUser(user),
	})
}

// Pushers returns where a user gets notifications (GET v1/users/{user}/pushers). Their keys are secrets.
func (a *API) Pushers(ctx context.Context, user id.UserID) (admin.Answer[admin.Pushers], error) {
	return call[admin.Pushers](ctx, a, request{
		op: "GET v1/users/{user}/pushers", parts: []string{string(user)},
		verb: "list the pushers of", subject: theUser(user), hint: searchUser(user),
	})
}
