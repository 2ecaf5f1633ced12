package synapse

import (
	"context"

	"caretaker/admin"
)

// Destinations returns a page of the servers that this one sends to (GET v1/federation/destinations).
func (a *API) Destinations(ctx context.Context, query admin.DestinationQuery) (admin.Answer[admin.DestinationPage], error) {
	values := page(query.From, query.Limit, query.OrderBy, query.Reverse)
	setText(values, "destination", query.Destination)
	return call[admin.DestinationPage](ctx, a, request{
		op: "GET v1/federation/destinations", query: values,
		verb: "list", subject: "destinations",
	})
}

// Destination returns how one server can be reached (GET v1/federation/destinations/{destination}).
func (a *API) Destination(ctx context.Context, destination string) (admin.Answer[admin.Destination], error) {
	return call[admin.Destination](ctx, a, request{
		op: "GET v1/federation/destinations/{destination}", parts: []string{destination},
		verb: "read", subject: theDestination(destination), hint: "federation list",
	})
}

// DestinationRooms returns a page of the rooms shared with a server (GET v1/federation/destinations/{destination}/rooms),
// in reverse with the last first.
func (a *API) DestinationRooms(ctx context.Context, destination string, from, limit int, reverse bool) (admin.Answer[admin.DestinationRooms], error) {
	return call[admin.DestinationRooms](ctx, a, request{
		op: "GET v1/federation/destinations/{destination}/rooms", parts: []string{destination},
		query: page(from, limit, "", reverse),
		verb:  "list the rooms of", subject: theDestination(destination), hint: "federation list",
	})
}

// ResetDestination has a server tried again at once (POST v1/federation/destinations/{destination}/reset_connection).
// The server refuses it for one that it reaches.
func (a *API) ResetDestination(ctx context.Context, destination string) (admin.Answer[admin.Done], error) {
	return call[admin.Done](ctx, a, request{
		op: "POST v1/federation/destinations/{destination}/reset_connection", parts: []string{destination}, body: empty{},
		verb: "reset the connection to", subject: theDestination(destination), hint: "federation list",
	})
}

func theDestination(destination string) string { return "destination " + destination }
