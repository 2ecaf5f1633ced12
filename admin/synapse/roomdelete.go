package synapse

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// deleteRoom is the body of both deletions. block and purge are always said, since their defaults bite.
type deleteRoom struct {
	Block         bool      `json:"block"`
	Purge         bool      `json:"purge"`
	ForcePurge    bool      `json:"force_purge,omitempty"`
	NewRoomUserID id.UserID `json:"new_room_user_id,omitempty"`
	RoomName      string    `json:"room_name,omitempty"`
	Message       string    `json:"message,omitempty"`
}

func deletionOf(op operation, room id.RoomID, opts admin.DeleteRoom) request {
	return request{
		op: op, parts: []string{string(room)},
		body: deleteRoom{
			Block: opts.Block, Purge: !opts.NoPurge, ForcePurge: opts.ForcePurge && !opts.NoPurge,
			NewRoomUserID: opts.NewRoomUserID, RoomName: opts.RoomName, Message: opts.Message,
		},
		verb: "delete", subject: theRoom(room), hint: "room list",
	}
}

// DeleteRoom starts the deletion of a room and returns at once (DELETE v2/rooms/{room}). It is no error when the
// server does not know the room.
func (a *API) DeleteRoom(ctx context.Context, room id.RoomID, opts admin.DeleteRoom) (admin.Answer[admin.Deletion], error) {
	return call[admin.Deletion](ctx, a, deletionOf("DELETE v2/rooms/{room}", room, opts))
}

// DeleteRoomV1 deletes a room and returns when all is done, which may take minutes (DELETE v1/rooms/{room}).
func (a *API) DeleteRoomV1(ctx context.Context, room id.RoomID, opts admin.DeleteRoom) (admin.Answer[admin.ShutdownRoom], error) {
	r := deletionOf("DELETE v1/rooms/{room}", room, opts)
	r.slow = true
	return call[admin.ShutdownRoom](ctx, a, r)
}

// Deletion returns how far a deletion is (GET v2/rooms/delete_status/{delete_id}). The server forgets it a week after
// its end. Why one failed is told by ScheduledTasks only.
func (a *API) Deletion(ctx context.Context, deletion string) (admin.Answer[admin.DeletionStatus], error) {
	return call[admin.DeletionStatus](ctx, a, request{
		op: "GET v2/rooms/delete_status/{delete_id}", parts: []string{deletion},
		verb: "read", subject: "deletion " + deletion,
	})
}

// DeletionsOf returns the deletions of a room that have begun (GET v2/rooms/{room}/delete_status). None is an error.
func (a *API) DeletionsOf(ctx context.Context, room id.RoomID) (admin.Answer[admin.DeletionStatuses], error) {
	return call[admin.DeletionStatuses](ctx, a, request{
		op: "GET v2/rooms/{room}/delete_status", parts: []string{string(room)},
		verb: "read", subject: "a deletion of " + theRoom(room),
	})
}
