package synapse

import (
	"context"
	"net/url"

	"caretaker/admin"
)

// UserByExternalID returns the account that belongs to one at a single sign-on provider
// (GET v1/auth_providers/{provider}/users/{external_id}).
func (a *API) UserByExternalID(ctx context.Context, provider, externalID string) (admin.Answer[admin.FoundUser], error) {
	return call[admin.FoundUser](ctx, a, request{
		op: "GET v1/auth_providers/{provider}/users/{external_id}", parts: []string{provider, externalID},
		verb: "look up", subject: "an account for " + externalID + " at provider " + provider, hint: "user list",
	})
}

// UserByThreepid returns the account that an email address or phone number belongs to
// (GET v1/threepid/{medium}/users/{address}). The server compares letter by letter.
func (a *API) UserByThreepid(ctx context.Context, medium, address string) (admin.Answer[admin.FoundUser], error) {
	return call[admin.FoundUser](ctx, a, request{
		op: "GET v1/threepid/{medium}/users/{address}", parts: []string{medium, address},
		verb: "look up", subject: "an account with the " + either(medium == "msisdn", "phone number ", medium+" address ") + address, hint: "user list",
	})
}

// UsernameAvailable asks whether a localpart is free (GET v1/username_available). One that is taken, reserved or not
// allowed is an error.
func (a *API) UsernameAvailable(ctx context.Context, localpart string) (admin.Answer[admin.Availability], error) {
	return call[admin.Availability](ctx, a, request{
		op: "GET v1/username_available", query: url.Values{"username": {localpart}},
		verb: "use", subject: "the name " + localpart,
	})
}
