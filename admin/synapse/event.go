package synapse

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// lazyMembers leaves out of a context the memberships of those who say nothing in it, which can be most of a large
// room's state.
const lazyMembers = `{"lazy_load_members":true}`

// RoomState returns the current state of a room, or its events of one type (GET v1/rooms/{room}/state).
func (a *API) RoomState(ctx context.Context, room id.RoomID, eventType string) (admin.Answer[admin.RoomState], error) {
	query := url.Values{}
	setText(query, "type", eventType)
	return call[admin.RoomState](ctx, a, request{
		op: "GET v1/rooms/{room}/state", parts: []string{string(room)}, query: query, slow: true,
		verb: "read the state of", subject: theRoom(room), hint: "room list",
	})
}

// RoomMessages returns a page of a room's events, whoever may see them (GET v1/rooms/{room}/messages). Backwards it may
// ask other servers for more before it answers.
func (a *API) RoomMessages(ctx context.Context, room id.RoomID, query admin.MessageQuery) (admin.Answer[admin.Messages], error) {
	values := url.Values{"dir": {either(query.Backwards, "b", "f")}}
	setText(values, "from", query.From)
	if query.Limit > 0 {
		values.Set("limit", strconv.Itoa(query.Limit))
	}
	return call[admin.Messages](ctx, a, request{
		op: "GET v1/rooms/{room}/messages", parts: []string{string(room)}, query: values, slow: true,
		verb: "read the messages of", subject: theRoom(room), hint: "room list",
	})
}

// EventContext returns an event with limit others around it, 0 for the server's default of 10, and the state of the
// room at that time without idle members (GET v1/rooms/{room}/context/{event}).
func (a *API) EventContext(ctx context.Context, room id.RoomID, event id.EventID, limit int) (admin.Answer[admin.EventContext], error) {
	values := url.Values{"filter": {lazyMembers}}
	if limit > 0 {
		values.Set("limit", strconv.Itoa(limit))
	}
	return call[admin.EventContext](ctx, a, request{
		op: "GET v1/rooms/{room}/context/{event}", parts: []string{string(room), string(event)}, query: values, slow: true,
		verb: "read the context of", subject: theEvent(event) + " in " + theRoom(room), hint: "event details " + string(event),
	})
}

// EventAt returns the first event of a room at or after a moment, or with before the last one at or before it
// (GET v1/rooms/{room}/timestamp_to_event). It may ask other servers.
func (a *API) EventAt(ctx context.Context, room id.RoomID, at time.Time, before bool) (admin.Answer[admin.EventAt], error) {
	return call[admin.EventAt](ctx, a, request{
		op: "GET v1/rooms/{room}/timestamp_to_event", parts: []string{string(room)}, slow: true,
		query: url.Values{"ts": {millis(at)}, "dir": {either(before, "b", "f")}},
		verb:  "find", subject: either(before, "an event before", "an event after") + " that time in " + theRoom(room), hint: "room details " + string(room),
	})
}

// Event returns an event, whoever may see it (GET v1/fetch_event/{event}).
func (a *API) Event(ctx context.Context, event id.EventID) (admin.Answer[admin.FoundEvent], error) {
	return call[admin.FoundEvent](ctx, a, request{
		op: "GET v1/fetch_event/{event}", parts: []string{string(event)},
		verb: "read", subject: theEvent(event),
	})
}

func theEvent(event id.EventID) string { return "event " + string(event) }
