package room

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var extremitiesCmd = commands.Define[extremitiesArgs, extremityReader](commands.Meta{
	Name:    "room extremities",
	Summary: "List the forward extremities of a room.",
	Detail: "They are the newest events, to which no other refers yet. A few are normal; dozens make everything in the room slow, " +
		"and \"room trim-extremities\" helps.",
	Examples: []string{"room extremities #lobby:example.org"},
})

// extremityReader reads the forward extremities of rooms.
type extremityReader interface {
	Extremities(ctx context.Context, room id.RoomID) (admin.Answer[admin.Extremities], error)
}

type extremitiesArgs struct {
	Room commands.RoomRef `arg:"ROOM" help:"Room id, alias or permalink."`
}

// Run reads the extremities.
func (a *extremitiesArgs) Run(ctx context.Context, _ *commands.Env, api extremityReader) (commands.Result, error) {
	found, err := endsOf(ctx, api, a.Room.RoomID)
	if err != nil {
		return nil, err
	}
	return extremities{found}, nil
}

// endsOf reads the extremities of a room. One without any is none that the server knows.
func endsOf(ctx context.Context, api extremityReader, room id.RoomID) (admin.Answer[admin.Extremities], error) {
	found, err := api.Extremities(ctx, room)
	if err == nil && found.Value.Count == 0 {
		unknown := admin.NotFound("room %s does not exist on this server", room)
		unknown.Hint = "room list"
		return found, unknown
	}
	return found, err
}

type extremities struct {
	admin.Answer[admin.Extremities]
}

// View implements [commands.Result].
func (e extremities) View() render.Doc {
	table := render.Table{Columns: []render.Column{
		{Name: "event_id"}, {Name: "received_ts"}, {Name: "depth", Right: true}, {Name: "state_group", Right: true, Optional: true},
	}}
	for _, one := range e.Value.Results {
		table.Rows = append(table.Rows, []render.Inline{
			render.ID(one.EventID), render.Millis(one.ReceivedTS), render.Int(one.Depth), render.Int(one.StateGroup),
		})
	}
	return render.Doc{render.Heading{plural(e.Value.Count, "forward extremity", "forward extremities")}, table}
}
