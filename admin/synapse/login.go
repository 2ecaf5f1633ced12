package synapse

import (
	"context"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// LoginAs makes an access token for somebody else's account (POST v1/users/{user}/login). It has no device, so that the
// user does not see it. It ends at a time, or never when that is zero.
func (a *API) LoginAs(ctx context.Context, user id.UserID, until time.Time) (admin.Answer[admin.LoginToken], error) {
	var body struct {
		ValidUntilMS int64 `json:"valid_until_ms,omitempty"`
	}
	if !until.IsZero() {
		body.ValidUntilMS = until.UnixMilli()
	}
	return call[admin.LoginToken](ctx, a, request{
		op: "POST v1/users/{user}/login", parts: []string{string(user)}, body: body,
		verb: "log in as", subject: theUser(user), hint: searchUser(user),
	})
}

// AllowKeyReset lets a user replace the cross-signing keys within ten minutes without logging in again
// (POST v1/users/{user}/_allow_cross_signing_replacement_without_uia). A user without keys is answered like an unknown
// one.
func (a *API) AllowKeyReset(ctx context.Context, user id.UserID) (admin.Answer[admin.KeyReset], error) {
	return call[admin.KeyReset](ctx, a, request{
		op: "POST v1/users/{user}/_allow_cross_signing_replacement_without_uia", parts: []string{string(user)},
		body: empty{},
		verb: "allow a key reset of", subject: theUser(user), hint: searchUser(user),
	})
}
