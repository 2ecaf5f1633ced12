package bot

import (
	"context"
	"strings"

	"caretaker/commands"
	"caretaker/render"
)

var roomsCmd = commands.Define[roomsArgs, roomLister](commands.Meta{
	Name:     "bot rooms",
	Summary:  "List the management rooms, which the bot is steered from.",
	Examples: []string{"bot rooms"},
	Local:    true,
})

// roomLister knows the management rooms.
type roomLister interface {
	ManagementRooms(ctx context.Context) ([]commands.ManagementRoom, error)
}

type roomsArgs struct{}

// Run lists the rooms.
func (a *roomsArgs) Run(ctx context.Context, _ *commands.Env, rooms roomLister) (commands.Result, error) {
	found, err := rooms.ManagementRooms(ctx)
	if err != nil {
		return nil, err
	}
	return managementRooms{Rooms: append([]commands.ManagementRoom{}, found...)}, nil
}

type managementRooms struct {
	Rooms []commands.ManagementRoom `json:"rooms"`
}

// View implements [commands.Result].
func (m managementRooms) View() render.Doc {
	table := render.Table{Columns: []render.Column{
		{Name: "room_id"}, {Name: "origin", Optional: true}, {Name: "state", Optional: true},
		{Name: "inviter", Optional: true}, {Name: "problem", Optional: true},
	}}
	doc := render.Doc{}
	for _, room := range m.Rooms {
		row := []render.Inline{render.ID(room.RoomID), render.Text(room.Origin), render.Text(room.State), nil, nil}
		if room.Inviter != "" {
			row[3] = render.ID(room.Inviter)
		}
		if room.Problem != "" {
			row[4] = render.Text(room.Problem)
			doc = append(doc, sentence(render.Text("No command runs in "), render.ID(room.RoomID), render.Text(", since it is "+words(room.Problem)+".")))
		}
		table.Rows = append(table.Rows, row)
	}
	return append(render.Doc{table}, doc...)
}

// words is a problem as people say it: "world readable".
func words(problem string) string { return strings.ReplaceAll(problem, "_", " ") }
