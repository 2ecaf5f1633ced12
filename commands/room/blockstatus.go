package room

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var blockStatusCmd = commands.Define[blockStatusArgs, blockReader](commands.Meta{
	Name:     "room block-status",
	Summary:  "Show whether a room is blocked, and by whom.",
	Examples: []string{"room block-status #spam:example.org"},
})

// blockReader tells whether a room is blocked.
type blockReader interface {
	RoomBlock(ctx context.Context, room id.RoomID) (admin.Answer[admin.Block], error)
}

type blockStatusArgs struct {
	Room commands.RoomRef `arg:"ROOM" help:"Room id, alias or permalink."`
}

// Run reads the block.
func (a *blockStatusArgs) Run(ctx context.Context, _ *commands.Env, api blockReader) (commands.Result, error) {
	found, err := api.RoomBlock(ctx, a.Room.RoomID)
	if err != nil {
		return nil, err
	}
	return blockStatus{found, a.Room.RoomID}, nil
}

type blockStatus struct {
	admin.Answer[admin.Block]
	room id.RoomID
}

// View implements [commands.Result].
func (b blockStatus) View() render.Doc {
	fields := render.Fields{
		{Name: "room_id", Value: render.ID(b.room)},
		{Name: "block", Value: render.Bool(b.Value.Block)},
	}
	if b.Value.Block {
		fields = append(fields, render.Field{Name: "user_id", Value: userID(b.Value.UserID)})
	}
	return render.Doc{fields}
}
