package room

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var membersCmd = commands.Define[membersArgs, memberLister](commands.Meta{
	Name:     "room members",
	Summary:  "List who is joined to a room, local and remote.",
	Examples: []string{"room members #lobby:example.org", "room members here"},
})

// memberLister tells who is in a room.
type memberLister interface {
	Members(ctx context.Context, room id.RoomID) (admin.Answer[admin.Members], error)
}

type membersArgs struct {
	Room commands.RoomRef `arg:"ROOM" help:"Room id, alias or permalink."`
}

// Run reads the members.
func (a *membersArgs) Run(ctx context.Context, _ *commands.Env, api memberLister) (commands.Result, error) {
	found, err := api.Members(ctx, a.Room.RoomID)
	if err != nil {
		return nil, err
	}
	return members{found}, nil
}

type members struct{ admin.Answer[admin.Members] }

// View implements [commands.Result].
func (m members) View() render.Doc {
	table := render.Table{Columns: []render.Column{{Name: "user_id"}}}
	for _, user := range m.Value.Members {
		table.Rows = append(table.Rows, []render.Inline{render.ID(user)})
	}
	return render.Doc{render.Heading{plural(m.Value.Total, "member", "members")}, table}
}
