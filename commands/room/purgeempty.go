package room

import (
	"context"
	"errors"
	"iter"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var purgeEmptyCmd = commands.Define[purgeEmptyArgs, emptyDeleter](commands.Meta{
	Name:    "room purge-empty",
	Summary: "Delete all rooms that nobody of this server is in.",
	Detail: "All messages of these rooms are deleted from this server's database, which cannot be undone. " +
		"In this version it only lists the rooms, with --dry-run.",
	Risk:     commands.Catastrophic,
	Examples: []string{"room purge-empty --dry-run", "room purge-empty --no-purge --dry-run"},
})

// emptyDeleter finds and deletes empty rooms.
type emptyDeleter interface {
	lister
	DeleteRoom(ctx context.Context, room id.RoomID, opts admin.DeleteRoom) (admin.Answer[admin.Deletion], error)
	DeleteRoomV1(ctx context.Context, room id.RoomID, opts admin.DeleteRoom) (admin.Answer[admin.ShutdownRoom], error)
}

type purgeEmptyArgs struct {
	NoPurge    bool `help:"Keep the messages in the database."`
	ForcePurge bool `help:"Purge even when local members could not be removed."`
	V1         bool `help:"Use the older API, which answers when all is done."`
	BatchSize  int  `short:"p" alias:"paginate" default:"100" min:"1" value:"N" help:"Rooms per page while searching; it does not limit how many are deleted."`
}

// Validate refuses what contradicts itself.
func (a *purgeEmptyArgs) Validate() error {
	if a.NoPurge && a.ForcePurge {
		return errors.New("--no-purge and --force-purge contradict each other")
	}
	return nil
}

// errNotYet is returned before anything is read.
func errNotYet() error {
	e := admin.Failed("deleting all empty rooms at once is not there yet; --dry-run lists them, \"room delete\" deletes one")
	e.Hint = "room purge-empty --dry-run"
	return e
}

// Preview has nothing to ask as long as nothing can be done.
func (a *purgeEmptyArgs) Preview(context.Context, *commands.Env, emptyDeleter) (commands.Result, error) {
	return nil, errNotYet()
}

// Run lists the rooms, with the requests that would delete them.
func (a *purgeEmptyArgs) Run(ctx context.Context, env *commands.Env, api emptyDeleter) (commands.Result, error) {
	if !env.DryRun {
		return nil, errNotYet()
	}
	found := emptyRooms{Rooms: []emptyRoom{}}
	for room, err := range a.empty(ctx, api) {
		if err != nil {
			return nil, err
		}
		if err := a.delete(ctx, api, room.RoomID); err != nil {
			return nil, err
		}
		found.Rooms = append(found.Rooms, emptyRoom{room.RoomID, room.Name, room.CanonicalAlias, room.JoinedMembers})
		found.Total++
	}
	return found, nil
}

// empty walks the rooms by their local members until one has some. A room that moves between pages meanwhile is
// listed once.
func (a *purgeEmptyArgs) empty(ctx context.Context, api lister) iter.Seq2[admin.Room, error] {
	return func(yield func(admin.Room, error) bool) {
		seen := map[id.RoomID]bool{}
		query := admin.RoomQuery{Limit: a.BatchSize, OrderBy: "joined_local_members", Reverse: true} // numbers come largest first
		for more := true; more; {
			found, err := api.Rooms(ctx, query)
			if err != nil {
				yield(admin.Room{}, err)
				return
			}
			for _, room := range found.Value.Rooms {
				if room.JoinedLocalMembers > 0 {
					return
				}
				if !seen[room.RoomID] && !yield(room, nil) {
					return
				}
				seen[room.RoomID] = true
			}
			query.From, more = found.Value.NextBatch.Offset()
			more = more && len(found.Value.Rooms) > 0
		}
	}
}

func (a *purgeEmptyArgs) delete(ctx context.Context, api emptyDeleter, room id.RoomID) error {
	opts := admin.DeleteRoom{NoPurge: a.NoPurge, ForcePurge: a.ForcePurge}
	if a.V1 {
		_, err := api.DeleteRoomV1(ctx, room, opts)
		return err
	}
	_, err := api.DeleteRoom(ctx, room, opts)
	return err
}

// emptyRooms are rooms that nobody of this server is in.
type emptyRooms struct {
	Rooms []emptyRoom `json:"rooms"`
	Total int         `json:"total"`
}

type emptyRoom struct {
	RoomID        id.RoomID    `json:"room_id"`
	Name          string       `json:"name"`
	Alias         id.RoomAlias `json:"canonical_alias"`
	JoinedMembers int          `json:"joined_members"` // of other servers
}

// Matches implements [commands.Matching].
func (e emptyRooms) Matches() int { return e.Total }

// View implements [commands.Result].
func (e emptyRooms) View() render.Doc {
	table := render.Table{Columns: []render.Column{
		{Name: "room_id"}, {Name: "joined_members", Right: true}, {Name: "canonical_alias", Optional: true}, {Name: "name", Free: true},
	}}
	for _, room := range e.Rooms {
		table.Rows = append(table.Rows, []render.Inline{
			render.ID(room.RoomID), render.Int(room.JoinedMembers), alias(room.Alias), outside(room.Name),
		})
	}
	return render.Doc{render.Heading{plural(e.Total, "room", "rooms"), render.Text(" without anybody of this server")}, table}
}
