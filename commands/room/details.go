package room

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var detailsCmd = commands.Define[detailsArgs, reader](commands.Meta{
	Name:     "room details",
	Summary:  "Show what the server knows about a room.",
	Examples: []string{"room details #lobby:example.org", "room details !abc:example.org", "room details here"},
})

// reader looks at a room.
type reader interface {
	Room(ctx context.Context, room id.RoomID) (admin.Answer[admin.Room], error)
}

type detailsArgs struct {
	Room commands.RoomRef `arg:"ROOM" help:"Room id, alias or permalink."`
}

// Run reads the room.
func (a *detailsArgs) Run(ctx context.Context, _ *commands.Env, api reader) (commands.Result, error) {
	found, err := api.Room(ctx, a.Room.RoomID)
	if err != nil {
		return nil, err
	}
	return details{found}, nil
}

type details struct{ admin.Answer[admin.Room] }

// View implements [commands.Result]. It shows all keys, also those of newer servers.
func (d details) View() render.Doc {
	return render.Doc{render.Object(d.Raw, "room_id", "name", "canonical_alias", "topic", "joined_members", "joined_local_members", "creator")}
}
