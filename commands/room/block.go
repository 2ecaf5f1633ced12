package room

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var blockCmd = commands.Define[blockArgs, blocker](commands.Meta{
	Name:    "room block",
	Summary: "Keep the users of this server from joining a room, or let them again.",
	Detail: "Whoever is in the room stays there; \"room delete --block\" removes them, too. " +
		"A room that this server does not know yet can be blocked beforehand.",
	Risk:     commands.Reversible,
	Examples: []string{"room block #spam:example.org", "room block -u !abc:example.org"},
})

// blocker blocks rooms.
type blocker interface {
	SetRoomBlock(ctx context.Context, room id.RoomID, block bool) (admin.Answer[admin.Block], error)
}

type blockArgs struct {
	Room  commands.RoomRef `arg:"ROOM" protect:"management" help:"Room id, alias or permalink."`
	Block *bool            `short:"b" off:"u,unblock" help:"Block the room (as without an option), or unblock it."`
}

// Run blocks or unblocks the room.
func (a *blockArgs) Run(ctx context.Context, _ *commands.Env, api blocker) (commands.Result, error) {
	block := a.Block == nil || *a.Block
	done, err := api.SetRoomBlock(ctx, a.Room.RoomID, block)
	if err != nil {
		return nil, err
	}
	return blocked{done, a.Room.RoomID, block}, nil
}

type blocked struct {
	admin.Answer[admin.Block]
	room  id.RoomID
	block bool // what was asked for
}

// View implements [commands.Result].
func (b blocked) View() render.Doc {
	if !b.block {
		return render.Doc{sentence(render.Text("Unblocked "), render.ID(b.room), render.Text("; users of this server can join it again."))}
	}
	return render.Doc{sentence(render.Text("Blocked "), render.ID(b.room),
		render.Text("; nobody of this server can join it any more. Who is in it stays."))}
}
