package synapse

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// Raw sends any request of the admin API and returns whatever the server answers.
func (a *API) Raw(ctx context.Context, r admin.RawRequest) (admin.Answer[json.RawMessage], error) {
	return a.raw(ctx, r, rawAdmin, a.adminPath)
}

// RawMatrix sends any request of the Matrix APIs, below /_matrix, with the token of the request or else the admin token.
func (a *API) RawMatrix(ctx context.Context, r admin.RawRequest) (admin.Answer[json.RawMessage], error) {
	return a.raw(ctx, r, rawMatrix, a.clientPath)
}

// raw sends a request. People copy paths with their root from documentation; it is cut off.
func (a *API) raw(ctx context.Context, r admin.RawRequest, api rawAPI, root string) (admin.Answer[json.RawMessage], error) {
	path := strings.TrimPrefix(strings.TrimPrefix("/"+r.Endpoint.Path, root+"/"), "/")
	sent := request{
		op: operation(r.Method + " " + path), raw: api, query: r.Endpoint.Query, token: r.Token,
		verb: r.Method, subject: path,
	}
	if r.Body != nil {
		sent.body = r.Body
	}
	return call[json.RawMessage](ctx, a, sent)
}

// LogIn logs an account in with its password, as its clients do (client API, POST r0/login). Path and body are those of
// synadm. Every call makes a device with this name.
func (a *API) LogIn(ctx context.Context, user id.UserID, password admin.Secret, device string) (admin.Answer[admin.LoggedIn], error) {
	answer, err := call[admin.LoggedIn](ctx, a, request{
		op: "POST client/r0/login", open: true,
		body: map[string]string{
			"type": "m.login.password", "user": string(user), "password": password.Reveal(), "initial_device_display_name": device,
		},
		verb: "log in as", subject: theUser(user),
	})
	if refused, ok := errors.AsType[*admin.Error](err); ok && refused.Code == admin.CodeDenied {
		// No token was sent: what is wrong can only be the password, or that there is no such account.
		cause := refused.Cause
		*refused = *sentence("cannot log in as", theUser(user), ": the homeserver refuses name and password")
		refused.Code, refused.Hint, refused.Cause = admin.CodeDenied, searchUser(user), cause
	}
	return answer, err
}
