package synapse

import (
	"cmp"
	"context"
	"net/url"

	"caretaker/admin"
)

// tokenLength is the length of a random registration token when none is asked for.
const tokenLength = 16

// RegistrationTokens returns the registration tokens: valid ones, others, or with nil all
// (GET v1/registration_tokens).
func (a *API) RegistrationTokens(ctx context.Context, valid *bool) (admin.Answer[admin.RegistrationTokens], error) {
	query := url.Values{}
	setBool(query, "valid", valid)
	return call[admin.RegistrationTokens](ctx, a, request{
		op: "GET v1/registration_tokens", query: query,
		verb: "list", subject: "registration tokens",
	})
}

// RegistrationToken returns one registration token (GET v1/registration_tokens/{token}).
func (a *API) RegistrationToken(ctx context.Context, token string) (admin.Answer[admin.RegistrationToken], error) {
	return call[admin.RegistrationToken](ctx, a, request{
		op: "GET v1/registration_tokens/{token}", parts: []string{token},
		verb: "read", subject: theToken(token), hint: "regtok list",
	})
}

// newToken is the body of POST v1/registration_tokens/new; limits are always said, also that there are none.
type newToken struct {
	Length      int    `json:"length"`
	UsesAllowed *int64 `json:"uses_allowed"`
	ExpiryTime  *int64 `json:"expiry_time"`
	Token       string `json:"token,omitempty"`
}

// NewRegistrationToken makes a registration token (POST v1/registration_tokens/new).
func (a *API) NewRegistrationToken(ctx context.Context, token admin.NewRegistrationToken) (admin.Answer[admin.RegistrationToken], error) {
	subject := "a registration token"
	if token.Token != "" {
		subject = theToken(token.Token)
	}
	return call[admin.RegistrationToken](ctx, a, request{
		op: "POST v1/registration_tokens/new",
		body: newToken{
			Length: cmp.Or(token.Length, tokenLength), UsesAllowed: token.UsesAllowed, ExpiryTime: token.ExpiryTime,
			Token: token.Token,
		},
		verb: "make", subject: subject, hint: "regtok list",
	})
}

// UpdateRegistrationToken changes the limits of a registration token (PUT v1/registration_tokens/{token}).
func (a *API) UpdateRegistrationToken(ctx context.Context, token string, change admin.UpdateRegistrationToken) (admin.Answer[admin.RegistrationToken], error) {
	return call[admin.RegistrationToken](ctx, a, request{
		op: "PUT v1/registration_tokens/{token}", parts: []string{token}, body: change,
		verb: "change", subject: theToken(token), hint: "regtok list",
	})
}

// DeleteRegistrationToken deletes a registration token (DELETE v1/registration_tokens/{token}).
func (a *API) DeleteRegistrationToken(ctx context.Context, token string) (admin.Answer[admin.Done], error) {
	return call[admin.Done](ctx, a, request{
		op: "DELETE v1/registration_tokens/{token}", parts: []string{token},
		verb: "delete", subject: theToken(token), hint: "regtok list",
	})
}

func theToken(token string) string { return "registration token " + token }
