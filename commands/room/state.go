package room

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var stateCmd = commands.Define[stateArgs, stateReader](commands.Meta{
	Name:     "room state",
	Summary:  "Show the current state of a room.",
	Detail:   "The state of a large room is large, too; --type shows one kind of event only.",
	Examples: []string{"room state !abc:example.org --type m.room.power_levels", "room state #lobby:example.org"},
})

// stateReader reads the state of a room.
type stateReader interface {
	RoomState(ctx context.Context, room id.RoomID, eventType string) (admin.Answer[admin.RoomState], error)
}

type stateArgs struct {
	Room commands.RoomRef `arg:"ROOM" help:"Room id, alias or permalink."`
	Type string           `value:"TYPE" help:"Only events of this type, such as m.room.join_rules."`
}

// Run reads the state.
func (a *stateArgs) Run(ctx context.Context, _ *commands.Env, api stateReader) (commands.Result, error) {
	found, err := api.RoomState(ctx, a.Room.RoomID, a.Type)
	if err != nil {
		return nil, err
	}
	return state{found}, nil
}

type state struct{ admin.Answer[admin.RoomState] }

// View implements [commands.Result].
func (s state) View() render.Doc {
	table := render.Table{Columns: []render.Column{
		{Name: "type"},
		{Name: "state_key"},
		{Name: "sender", Optional: true},
		{Name: "origin_server_ts", Optional: true},
		{Name: "content", Free: true},
	}}
	for _, one := range s.Value.State {
		key := render.Inline(render.Unknown{})
		if one.StateKey != nil && *one.StateKey != "" {
			key = render.Outside(*one.StateKey)
		}
		table.Rows = append(table.Rows, []render.Inline{
			render.Outside(one.Type), key, userID(one.Sender), render.Millis(one.OriginServerTS), commands.EventText(one),
		})
	}
	return render.Doc{render.Heading{plural(len(s.Value.State), "state event", "state events")}, table}
}
