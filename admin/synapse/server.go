package synapse

import (
	"context"

	"caretaker/admin"
)

// Software returns the name of the homeserver's software, which this API is made for.
func (a *API) Software() string { return "Synapse" }

// ServerVersion returns the homeserver's version (GET v1/server_version). It needs no token.
func (a *API) ServerVersion(ctx context.Context) (admin.Answer[admin.Version], error) {
	return call[admin.Version](ctx, a, request{
		op: "GET v1/server_version", open: true,
		verb: "read", subject: "the server's version",
	})
}
