package room

import (
	"context"
	"iter"
	"strings"
	"time"
	"unicode"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
)

var deleteCmd = commands.DefineWork[deleteArgs, roomDeleter](commands.Meta{
	Name:    "room delete",
	Summary: "Delete a room and remove its local members.",
	Detail: "The members of this server are removed, and all messages are deleted from this server's database, which cannot be " +
		"undone. Other servers keep their copy and their members. Without --block anyone may join the room again. " +
		"With --new-room-user-id local members are moved to a new room instead; give it a name and a message, since " +
		"the server's own words for both speak of illegal content.",
	Risk: commands.Destructive,
	Examples: []string{
		"room delete #spam:example.org --block",
		`room delete !abc:example.org -u moderator -n "Moved" -m "The old room was closed."`,
	},
})

// roomDeleter is what deleting and following a deletion needs of the homeserver.
type roomDeleter interface {
	reader
	memberLister
	DeleteRoom(ctx context.Context, room id.RoomID, opts admin.DeleteRoom) (admin.Answer[admin.Deletion], error)
	DeleteRoomV1(ctx context.Context, room id.RoomID, opts admin.DeleteRoom) (admin.Answer[admin.ShutdownRoom], error)
	Deletion(ctx context.Context, deletion string) (admin.Answer[admin.DeletionStatus], error)
	taskLister
}

// taskLister knows why work in the background failed, which the status of a deletion does not tell.
type taskLister interface {
	ScheduledTasks(ctx context.Context, resource string) (admin.Answer[admin.ScheduledTasks], error)
}

type deleteArgs struct {
	Rooms         []commands.RoomRef `arg:"ROOM" protect:"management" help:"Room id, alias or permalink."`
	NewRoomUserID commands.UserRef   `short:"u" long:"new-room-user-id" help:"Move local members to a new room that this user creates."`
	RoomName      string             `short:"n" value:"TEXT" help:"Name of the new room."`
	Message       string             `short:"m" value:"TEXT" help:"First message in the new room."`
	Block         bool               `short:"b" help:"Prevent anyone from joining again."`
	NoPurge       bool               `help:"Only remove the members, keep the messages in the database."`
	ForcePurge    bool               `help:"Purge even when local members could not be removed."`
	V1            bool               `help:"Use the older API, which answers when all is done."`
}

// How long to wait before asking how far a deletion is, and when the server could not say.
const (
	pollAfter  = 3 * time.Second
	retryAfter = 15 * time.Second
)

// Plan lists the rooms.
func (a *deleteArgs) Plan(context.Context, *commands.Env, roomDeleter) iter.Seq2[commands.Item, error] {
	return commands.Items(a.Rooms)
}

func (a *deleteArgs) options() admin.DeleteRoom {
	return admin.DeleteRoom{
		Block: a.Block, NoPurge: a.NoPurge, ForcePurge: a.ForcePurge,
		NewRoomUserID: a.NewRoomUserID.UserID, RoomName: a.RoomName, Message: a.Message,
	}
}

// Do starts the deletion of one room and follows it to its end.
func (a *deleteArgs) Do(ctx context.Context, _ *commands.Env, api roomDeleter, item commands.Item) (commands.Result, error) {
	room := id.RoomID(item.Target)
	switch {
	case item.State != "":
		return a.follow(ctx, api, room, item.State)
	case a.V1:
		return a.deleteNow(ctx, api, room)
	}
	// The server would start deleting a room that it does not know.
	if _, err := api.Room(ctx, room); err != nil {
		return nil, err
	}
	started, err := api.DeleteRoom(ctx, room, a.options())
	if err != nil {
		return nil, err
	}
	return deletion{started, room}, commands.Again(pollAfter, started.Value.ID)
}

// deleteNow deletes and waits for the server's answer.
func (a *deleteArgs) deleteNow(ctx context.Context, api roomDeleter, room id.RoomID) (commands.Result, error) {
	if _, err := api.Room(ctx, room); err != nil {
		return nil, err
	}
	done, err := api.DeleteRoomV1(ctx, room, a.options())
	if err != nil {
		return nil, err
	}
	return deletedNow{done, room, a.NoPurge}, nil
}

// follow asks how far the deletion is. A server that is away for a while does not end it.
func (a *deleteArgs) follow(ctx context.Context, api roomDeleter, room id.RoomID, deletionID string) (commands.Result, error) {
	status, err := api.Deletion(ctx, deletionID)
	switch {
	case admin.CodeOf(err) == admin.CodeUnavailable:
		return nil, commands.Again(retryAfter, deletionID)
	case err != nil:
		return nil, err
	case !status.Value.Finished():
		return progress{status, room}, commands.Again(pollAfter, deletionID)
	case status.Value.Status != admin.DeletionComplete:
		return nil, failure(ctx, api, room, status.Value, deletionID)
	}
	return deleted{status, room, a.NoPurge}, nil
}

// failure says why a deletion did not complete.
func failure(ctx context.Context, api taskLister, room id.RoomID, status admin.DeletionStatus, deletionID string) error {
	why := status.Status
	if told := reason(ctx, api, room, deletionID); told != "" {
		why = told
	}
	e := admin.Failed("the deletion of room %s did not complete: %s", room, why)
	e.Hint = "room delete-status -d " + deletionID
	return e
}

// reason is the server's own words for a failure, cleaned for a sentence; empty when it has none.
func reason(ctx context.Context, api taskLister, room id.RoomID, deletionID string) string {
	tasks, err := api.ScheduledTasks(ctx, string(room))
	if err != nil {
		return "" // the failure itself matters more than that its reason cannot be had
	}
	told := strings.Join(strings.FieldsFunc(tasks.Value.ErrorOf(deletionID), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if strings.ContainsAny(told, "{}<>`") {
		return ""
	}
	return strings.TrimRight(told, ". ")
}
