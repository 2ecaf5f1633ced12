package stats

import (
	"context"
	"fmt"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var roomsCmd = commands.Define[roomsArgs, measurer](commands.Meta{
	Name:     "stats rooms",
	Summary:  "List the ten rooms that take the most space in the database.",
	Detail:   "It is an estimate, and needs a homeserver with PostgreSQL.",
	Examples: []string{"stats rooms"},
})

// measurer measures rooms.
type measurer interface {
	RoomSizes(ctx context.Context) (admin.Answer[admin.RoomSizes], error)
}

type roomsArgs struct{}

// Run measures the rooms.
func (a *roomsArgs) Run(ctx context.Context, _ *commands.Env, api measurer) (commands.Result, error) {
	found, err := api.RoomSizes(ctx)
	if err != nil {
		return nil, err
	}
	return sizes{found}, nil
}

type sizes struct{ admin.Answer[admin.RoomSizes] }

// View shows a table.
func (s sizes) View() render.Doc {
	if len(s.Value.Rooms) == 0 {
		return render.Doc{render.Heading{render.Text("No rooms")}}
	}
	return render.Doc{
		render.Heading{render.Text(fmt.Sprintf("The largest rooms: %d", len(s.Value.Rooms)))},
		render.Rows(s.Raw, "rooms", render.Column{Name: "room_id"}, render.Column{Name: "estimated_size", Right: true}),
	}
}
