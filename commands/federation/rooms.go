package federation

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var roomsCmd = commands.Define[roomsArgs, sharer](commands.Meta{
	Name:     "federation rooms",
	Summary:  "List the rooms that this server shares with another.",
	Examples: []string{"federation rooms example.net", "federation rooms example.net -l 10 -r"},
})

// sharer lists rooms shared with a server.
type sharer interface {
	DestinationRooms(ctx context.Context, destination string, from, limit int, reverse bool) (admin.Answer[admin.DestinationRooms], error)
}

type roomsArgs struct {
	destination
	commands.Page
	Reverse bool `short:"r" help:"Sort the other way round."`
}

// Run lists a page.
func (a *roomsArgs) Run(ctx context.Context, env *commands.Env, api sharer) (commands.Result, error) {
	found, err := api.DestinationRooms(env.Verbatim(ctx), a.Name, a.From, a.Limit, a.Reverse)
	if err != nil {
		return nil, err
	}
	return rooms{found, a.From, a.Name}, nil
}

type rooms struct {
	admin.Answer[admin.DestinationRooms]
	from        int
	destination string
}

// NextFrom implements [commands.Paged].
func (r rooms) NextFrom() string { return string(r.Value.NextToken) }

// View shows a table.
func (r rooms) View() render.Doc {
	heading := render.Heading{
		span(r.from, len(r.Value.Rooms), r.Value.Total, "room", "rooms"), render.Text(" shared with "), render.ID(r.destination),
	}
	if len(r.Value.Rooms) == 0 {
		return render.Doc{heading}
	}
	return render.Doc{heading, render.Rows(r.Raw, "rooms",
		render.Column{Name: "room_id"}, render.Column{Name: "stream_ordering", Right: true})}
}
