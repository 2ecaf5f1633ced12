package synapse

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// Rooms returns a page of the rooms that the server knows (GET v1/rooms).
func (a *API) Rooms(ctx context.Context, query admin.RoomQuery) (admin.Answer[admin.RoomPage], error) {
	values := page(query.From, query.Limit, query.OrderBy, query.Reverse)
	setText(values, "search_term", query.Search)
	setBool(values, "public_rooms", query.Public)
	setBool(values, "empty_rooms", query.Empty)
	return call[admin.RoomPage](ctx, a, request{
		op: "GET v1/rooms", query: values,
		verb: "list", subject: "rooms",
	})
}

// Room returns the details of a room (GET v1/rooms/{room}).
func (a *API) Room(ctx context.Context, room id.RoomID) (admin.Answer[admin.Room], error) {
	return call[admin.Room](ctx, a, request{
		op: "GET v1/rooms/{room}", parts: []string{string(room)},
		verb: "read", subject: theRoom(room), hint: "room list",
	})
}

// Members returns who is joined to a room (GET v1/rooms/{room}/members).
func (a *API) Members(ctx context.Context, room id.RoomID) (admin.Answer[admin.Members], error) {
	return call[admin.Members](ctx, a, request{
		op: "GET v1/rooms/{room}/members", parts: []string{string(room)},
		verb: "list the members of", subject: theRoom(room), hint: "room list",
	})
}

// RoomBlock returns whether a room is blocked (GET v1/rooms/{room}/block).
func (a *API) RoomBlock(ctx context.Context, room id.RoomID) (admin.Answer[admin.Block], error) {
	return call[admin.Block](ctx, a, request{
		op: "GET v1/rooms/{room}/block", parts: []string{string(room)},
		verb: "read the block of", subject: theRoom(room), hint: "room list",
	})
}

// SetRoomBlock keeps local users from joining a room, or lets them again (PUT v1/rooms/{room}/block). It works for
// rooms that the server does not know, and removes nobody.
func (a *API) SetRoomBlock(ctx context.Context, room id.RoomID, block bool) (admin.Answer[admin.Block], error) {
	return call[admin.Block](ctx, a, request{
		op: "PUT v1/rooms/{room}/block", parts: []string{string(room)},
		body: map[string]bool{"block": block},
		verb: either(block, "block", "unblock"), subject: theRoom(room),
	})
}

// ResolveAlias returns the room that an alias points to (client API, GET v3/directory/room/{alias}).
func (a *API) ResolveAlias(ctx context.Context, alias id.RoomAlias) (admin.Answer[admin.ResolvedAlias], error) {
	return call[admin.ResolvedAlias](ctx, a, request{
		op: "GET client/v3/directory/room/{alias}", parts: []string{string(alias)},
		verb: "resolve", subject: "alias " + string(alias), hint: "room list",
	})
}

// RoomAliases returns the aliases that this server has for a room (client API, GET v3/rooms/{room}/aliases).
func (a *API) RoomAliases(ctx context.Context, room id.RoomID) (admin.Answer[admin.RoomAliases], error) {
	return call[admin.RoomAliases](ctx, a, request{
		op: "GET client/v3/rooms/{room}/aliases", parts: []string{string(room)},
		verb: "list the aliases of", subject: theRoom(room), hint: "room list",
	})
}
