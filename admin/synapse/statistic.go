package synapse

import (
	"context"

	"caretaker/admin"
)

// MediaUsage returns a page of the users with media and what they have stored (GET v1/statistics/users/media).
func (a *API) MediaUsage(ctx context.Context, query admin.MediaUsageQuery) (admin.Answer[admin.MediaUsagePage], error) {
	values := page(query.From, query.Limit, query.OrderBy, query.Reverse)
	setText(values, "search_term", query.Search)
	if !query.Since.IsZero() {
		values.Set("from_ts", millis(query.Since))
	}
	if !query.Until.IsZero() {
		values.Set("until_ts", millis(query.Until))
	}
	return call[admin.MediaUsagePage](ctx, a, request{
		op: "GET v1/statistics/users/media", query: values,
		verb: "count", subject: "the media of users",
	})
}

// RoomSizes returns the ten rooms that take the most space in the database (GET v1/statistics/database/rooms). The
// server only knows it with PostgreSQL.
func (a *API) RoomSizes(ctx context.Context) (admin.Answer[admin.RoomSizes], error) {
	return call[admin.RoomSizes](ctx, a, request{
		op:   "GET v1/statistics/database/rooms",
		verb: "measure", subject: "rooms",
	})
}
