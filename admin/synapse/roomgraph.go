package synapse

import (
	"context"
	"net/url"
	"strconv"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// Tree returns a page of the rooms below a space that this server is in (GET v1/rooms/{room}/hierarchy). The token for
// the next page is good for five minutes.
func (a *API) Tree(ctx context.Context, room id.RoomID, query admin.TreeQuery) (admin.Answer[admin.Tree], error) {
	values := url.Values{}
	setText(values, "from", query.From)
	if query.Limit > 0 {
		values.Set("limit", strconv.Itoa(query.Limit))
	}
	if query.MaxDepth != nil {
		values.Set("max_depth", strconv.Itoa(*query.MaxDepth))
	}
	return call[admin.Tree](ctx, a, request{
		op: "GET v1/rooms/{room}/hierarchy", parts: []string{string(room)}, query: values,
		verb: "list the rooms below", subject: theRoom(room), hint: "room list",
	})
}

// Extremities returns the forward extremities of a room (GET v1/rooms/{room}/forward_extremities). An unknown room has
// none.
func (a *API) Extremities(ctx context.Context, room id.RoomID) (admin.Answer[admin.Extremities], error) {
	return call[admin.Extremities](ctx, a, request{
		op: "GET v1/rooms/{room}/forward_extremities", parts: []string{string(room)},
		verb: "list the forward extremities of", subject: theRoom(room), hint: "room list",
	})
}

// TrimExtremities deletes all forward extremities of a room but the newest (DELETE v1/rooms/{room}/forward_extremities).
func (a *API) TrimExtremities(ctx context.Context, room id.RoomID) (admin.Answer[admin.TrimmedExtremities], error) {
	return call[admin.TrimmedExtremities](ctx, a, request{
		op: "DELETE v1/rooms/{room}/forward_extremities", parts: []string{string(room)}, body: empty{},
		verb: "trim the forward extremities of", subject: theRoom(room), hint: "room list",
	})
}
