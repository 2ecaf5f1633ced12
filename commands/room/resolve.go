package room

import (
	"context"
	"errors"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var resolveCmd = commands.Define[resolveArgs, resolver](commands.Meta{
	Name:     "room resolve",
	Summary:  "Show the room that an alias points to, or the aliases of a room.",
	Examples: []string{"room resolve #lobby:example.org", "room resolve -r !abc:example.org"},
})

// resolver knows aliases.
type resolver interface {
	ResolveAlias(ctx context.Context, alias id.RoomAlias) (admin.Answer[admin.ResolvedAlias], error)
	RoomAliases(ctx context.Context, room id.RoomID) (admin.Answer[admin.RoomAliases], error)
}

type resolveArgs struct {
	Reverse bool             `short:"r" help:"List the aliases of the room instead."`
	Room    commands.RoomRef `arg:"ROOM_OR_ALIAS" help:"Alias or permalink; with -r also a room id."`
}

// Validate refuses an id, of which nothing is left to resolve.
func (a *resolveArgs) Validate() error {
	if !a.Reverse && a.Room.Alias == "" {
		return errors.New("that is a room id already; with -r its aliases are listed")
	}
	return nil
}

// Run asks for the alias, or for the aliases.
func (a *resolveArgs) Run(ctx context.Context, _ *commands.Env, api resolver) (commands.Result, error) {
	if a.Reverse {
		found, err := api.RoomAliases(ctx, a.Room.RoomID)
		if err != nil {
			return nil, err
		}
		return aliases{found}, nil
	}
	// Preparing the call has resolved the alias, too; scripts want the server's whole answer.
	found, err := api.ResolveAlias(ctx, a.Room.Alias)
	if err != nil {
		return nil, err
	}
	return resolved{found}, nil
}

type resolved struct {
	admin.Answer[admin.ResolvedAlias]
}

// View implements [commands.Result]: the bare id, for shell scripts.
func (r resolved) View() render.Doc { return render.Doc{render.Para{render.ID(r.Value.RoomID)}} }

type aliases struct {
	admin.Answer[admin.RoomAliases]
}

// View implements [commands.Result].
func (a aliases) View() render.Doc {
	if len(a.Value.Aliases) == 0 {
		return render.Doc{sentence(render.Text("This server has no alias for the room."))}
	}
	table := render.Table{Columns: []render.Column{{Name: "alias"}}}
	for _, one := range a.Value.Aliases {
		table.Rows = append(table.Rows, []render.Inline{render.ID(one)})
	}
	return render.Doc{table}
}
