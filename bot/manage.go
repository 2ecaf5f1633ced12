package bot

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/store"
)

// ManagementRooms implements [commands.Rooms].
func (b *Bot) ManagementRooms(ctx context.Context) ([]commands.ManagementRoom, error) {
	return ListRooms(ctx, b.Store)
}

// LeaveRoom implements [commands.Rooms].
func (b *Bot) LeaveRoom(ctx context.Context, room id.RoomID) error {
	return b.rooms.leave(ctx, room, "asked to leave")
}

// ListRooms reads the management rooms out of a database.
func ListRooms(ctx context.Context, db *store.Store) ([]commands.ManagementRoom, error) {
	list := []commands.ManagementRoom{}
	for _, state := range []store.RoomState{store.RoomJoined, store.RoomCreating} {
		rows, err := db.Rooms(ctx, state)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			list = append(list, commands.ManagementRoom{
				RoomID: row.RoomID, Origin: string(row.Origin), State: string(row.State), Inviter: row.Inviter, Problem: string(row.Problem),
			})
		}
	}
	return list, nil
}
