package synapse

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// purgeHistory is the body of both calls that start a purge.
type purgeHistory struct {
	UpToTS      int64      `json:"purge_up_to_ts,omitempty"`
	UpToEvent   id.EventID `json:"purge_up_to_event_id,omitempty"`
	DeleteLocal bool       `json:"delete_local_events,omitempty"`
}

// PurgeHistory starts deleting old events of a room and returns at once (POST v1/purge_history/{room}, or
// POST v1/purge_history/{room}/{event}). It is an error when nothing is that old.
func (a *API) PurgeHistory(ctx context.Context, room id.RoomID, which admin.PurgeHistory) (admin.Answer[admin.Purge], error) {
	r := request{
		op: "POST v1/purge_history/{room}", parts: []string{string(room)},
		verb: "purge the history of", subject: theRoom(room), hint: "room list",
	}
	body := purgeHistory{DeleteLocal: which.DeleteLocal}
	switch {
	case which.BeforeEvent == "":
		body.UpToTS = which.Before.UnixMilli()
	case which.DeleteLocal:
		// The server takes the event in the body or in the path and does the same; each is in use, so that both are seen to work.
		r.op, r.parts = "POST v1/purge_history/{room}/{event}", append(r.parts, string(which.BeforeEvent))
	default:
		body.UpToEvent = which.BeforeEvent
	}
	r.body = body
	return call[admin.Purge](ctx, a, r)
}

// HistoryPurge returns how far a purge of history is (GET v1/purge_history_status/{purge_id}). The server forgets it a
// week after its end.
func (a *API) HistoryPurge(ctx context.Context, purge string) (admin.Answer[admin.PurgeStatus], error) {
	return call[admin.PurgeStatus](ctx, a, request{
		op: "GET v1/purge_history_status/{purge_id}", parts: []string{purge},
		verb: "read", subject: "purge " + purge,
	})
}
