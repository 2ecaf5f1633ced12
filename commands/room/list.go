package room

import (
	"context"
	"errors"

	"caretaker/admin"
	"caretaker/commands"
)

var listCmd = commands.Define[listArgs, lister](commands.Meta{
	Name:    "room list",
	Summary: "List the rooms that this server knows.",
	Examples: []string{
		"room list", "room list --sort joined_members -l 10", "room list --name spam --empty", "room list --public",
	},
})

// lister finds rooms.
type lister interface {
	Rooms(ctx context.Context, query admin.RoomQuery) (admin.Answer[admin.RoomPage], error)
}

// order sorts lists of rooms.
type order struct {
	Sort    string `short:"s" value:"COLUMN" enum:"name|canonical_alias|joined_members|joined_local_members|version|creator|encryption|federatable|public|join_rules|guest_access|history_visibility|state_events" help:"Sort by this column; numbers come largest first."`
	Reverse bool   `short:"r" help:"Sort the other way round."`
}

type listArgs struct {
	commands.Page
	order
	Name    string `short:"n" value:"TEXT" help:"Only rooms with this part in their name or alias, or with this id."`
	Empty   *bool  `short:"e" off:"E,not-empty" help:"Only rooms without members, or only others."`
	Public  bool   `help:"Only rooms in the public directory."`
	Private bool   `help:"Only rooms outside the public directory."`
}

// Validate refuses what contradicts itself.
func (a *listArgs) Validate() error {
	if a.Public && a.Private {
		return errors.New("--public and --private contradict each other")
	}
	return nil
}

// Run lists a page of rooms.
func (a *listArgs) Run(ctx context.Context, env *commands.Env, api lister) (commands.Result, error) {
	query := a.query(a.Page)
	query.Search, query.Empty = a.Name, a.Empty
	if a.Public || a.Private {
		query.Public = &a.Public
	}
	return rooms(env.Verbatim(ctx), api, query)
}

func (o order) query(p commands.Page) admin.RoomQuery {
	return admin.RoomQuery{From: p.From, Limit: p.Limit, OrderBy: o.Sort, Reverse: o.Reverse}
}

// rooms reads a page.
func rooms(ctx context.Context, api lister, query admin.RoomQuery) (commands.Result, error) {
	found, err := api.Rooms(ctx, query)
	if err != nil {
		return nil, err
	}
	return page{found}, nil
}
