package synapse

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// redactUser is the body of a redaction. rooms must be there; empty means all.
type redactUser struct {
	Rooms  []id.RoomID `json:"rooms"`
	Reason string      `json:"reason,omitempty"`
	Limit  int         `json:"limit,omitempty"`
}

// RedactUser starts to redact what a user wrote (POST v1/user/{user}/redact): as that user, or for somebody of another
// server as the admin, who needs the power for it in each room. It is no error when the server does not know the user.
func (a *API) RedactUser(ctx context.Context, user id.UserID, which admin.RedactUser) (admin.Answer[admin.Redaction], error) {
	body := redactUser{Rooms: which.Rooms, Reason: which.Reason, Limit: which.Limit}
	if body.Rooms == nil {
		body.Rooms = []id.RoomID{}
	}
	return call[admin.Redaction](ctx, a, request{
		op: "POST v1/user/{user}/redact", parts: []string{string(user)}, body: body,
		verb: "redact the messages of", subject: theUser(user), hint: searchUser(user),
	})
}

// Redaction returns how far a redaction is (GET v1/user/redact_status/{redact_id}). The server forgets it a week after
// its end.
func (a *API) Redaction(ctx context.Context, redaction string) (admin.Answer[admin.RedactionStatus], error) {
	return call[admin.RedactionStatus](ctx, a, request{
		op: "GET v1/user/redact_status/{redact_id}", parts: []string{redaction},
		verb: "read", subject: "redaction " + redaction,
	})
}
