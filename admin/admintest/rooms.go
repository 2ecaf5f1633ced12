package admintest

import (
	"context"
	"slices"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

type roomsAPI interface {
	Rooms(ctx context.Context, query admin.RoomQuery) (admin.Answer[admin.RoomPage], error)
	Room(ctx context.Context, room id.RoomID) (admin.Answer[admin.Room], error)
	Members(ctx context.Context, room id.RoomID) (admin.Answer[admin.Members], error)
	RoomBlock(ctx context.Context, room id.RoomID) (admin.Answer[admin.Block], error)
	SetRoomBlock(ctx context.Context, room id.RoomID, block bool) (admin.Answer[admin.Block], error)
	DeleteRoom(ctx context.Context, room id.RoomID, opts admin.DeleteRoom) (admin.Answer[admin.Deletion], error)
	Deletion(ctx context.Context, deletion string) (admin.Answer[admin.DeletionStatus], error)
	DeletionsOf(ctx context.Context, room id.RoomID) (admin.Answer[admin.DeletionStatuses], error)
}

// testRooms finds a room, blocks it and deletes it.
func testRooms(t *testing.T, api roomsAPI, world World) {
	ctx, room := t.Context(), world.NewRoom(t)
	got := must[admin.Room](t, "details")(api.Room(ctx, room))
	if got.RoomID != room || got.JoinedMembers == 0 || got.Creator == "" {
		t.Errorf("room %+v", got)
	}
	page := must[admin.RoomPage](t, "list")(api.Rooms(ctx, admin.RoomQuery{Search: string(room), Limit: 5}))
	if !slices.ContainsFunc(page.Rooms, func(r admin.Room) bool { return r.RoomID == room }) || page.TotalRooms != 1 {
		t.Errorf("search found %d: %+v", page.TotalRooms, page.Rooms)
	}
	members := must[admin.Members](t, "members")(api.Members(ctx, room))
	if members.Total != got.JoinedMembers || !slices.Contains(members.Members, got.Creator) {
		t.Errorf("members %+v, want %d with %s", members, got.JoinedMembers, got.Creator)
	}
	for _, block := range []bool{true, false} {
		set := must[admin.Block](t, "block")(api.SetRoomBlock(ctx, room, block))
		if got := must[admin.Block](t, "read block")(api.RoomBlock(ctx, room)); set.Block != block || got.Block != block {
			t.Errorf("blocked %v, then read %v, want %v", set.Block, got.Block, block)
		}
	}
	testDeletion(t, api, room, got.Creator)
}

func testDeletion(t *testing.T, api roomsAPI, room id.RoomID, member id.UserID) {
	ctx := t.Context()
	_, err := api.Deletion(ctx, "no-such-deletion")
	wantCode(t, "unknown deletion", err, admin.CodeNotFound, "no-such-deletion")
	_, err = api.DeletionsOf(ctx, room)
	wantCode(t, "deletions before the first", err, admin.CodeNotFound, string(room))

	started := must[admin.Deletion](t, "delete")(api.DeleteRoom(ctx, room, admin.DeleteRoom{Block: true}))
	status := waitForDeletion(t, api, started.ID)
	if status.Status != admin.DeletionComplete || status.ShutdownRoom == nil || !slices.Contains(status.ShutdownRoom.KickedUsers, member) {
		t.Errorf("deletion ended %+v with %+v", status, status.ShutdownRoom)
	}
	all := must[admin.DeletionStatuses](t, "deletions")(api.DeletionsOf(ctx, room))
	if len(all.Results) != 1 || all.Results[0].ID != started.ID {
		t.Errorf("deletions %+v, want %s", all.Results, started.ID)
	}
	_, err = api.Room(ctx, room)
	wantCode(t, "deleted room", err, admin.CodeNotFound, string(room))
	if !must[admin.Block](t, "read block")(api.RoomBlock(ctx, room)).Block {
		t.Error("the deleted room is not blocked")
	}
}

// waitForDeletion asks until a deletion has ended, for a minute at most. Servers tell nobody by themselves.
func waitForDeletion(t *testing.T, api roomsAPI, deletion string) admin.DeletionStatus {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if status := must[admin.DeletionStatus](t, "deletion")(api.Deletion(ctx, deletion)); status.Finished() {
			return status
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("the deletion does not end")
		}
	}
}
