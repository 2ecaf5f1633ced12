package room

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var treeCmd = commands.Define[treeArgs, treeReader](commands.Meta{
	Name:     "room tree",
	Summary:  "List the rooms below a space.",
	Detail:   "Rooms that nobody of this server is in are left out. The token for the next page is good for five minutes.",
	Examples: []string{"room tree #everything:example.org", "room tree !abc:example.org --max-depth 1"},
})

// treeReader reads the tree of rooms below a space.
type treeReader interface {
	reader
	Tree(ctx context.Context, room id.RoomID, query admin.TreeQuery) (admin.Answer[admin.Tree], error)
}

type treeArgs struct {
	Room     commands.RoomRef `arg:"ROOM" help:"Room id, alias or permalink of the space."`
	From     string           `short:"f" value:"TOKEN" help:"Start here; the answer names the next token."`
	Limit    int              `short:"l" default:"50" min:"1" value:"N" help:"Rooms per page, at most 50."`
	MaxDepth *int             `min:"0" value:"N" help:"How many levels below the space; without it all of them."`
}

// Run reads a page of the tree.
func (a *treeArgs) Run(ctx context.Context, _ *commands.Env, api treeReader) (commands.Result, error) {
	found, err := api.Tree(ctx, a.Room.RoomID, admin.TreeQuery{From: a.From, Limit: a.Limit, MaxDepth: a.MaxDepth})
	if err != nil {
		return nil, unknownFirst(ctx, api, a.Room.RoomID, err)
	}
	return tree{found, a.Room.RoomID}, nil
}

type tree struct {
	admin.Answer[admin.Tree]
	root id.RoomID
}

// NextFrom implements [commands.Paged].
func (t tree) NextFrom() string { return string(t.Value.NextBatch) }

// View implements [commands.Result].
func (t tree) View() render.Doc {
	table := render.Table{Columns: []render.Column{
		{Name: "room_id"},
		{Name: "level", Right: true},
		{Name: "num_joined_members", Right: true},
		{Name: "canonical_alias", Optional: true},
		{Name: "room_type", Optional: true},
		{Name: "join_rule", Optional: true},
		{Name: "name", Free: true},
	}}
	levels := t.levels()
	for _, room := range t.Value.Rooms {
		level := render.Inline(render.Unknown{})
		if n, known := levels[room.RoomID]; known {
			level = render.Int(n)
		}
		table.Rows = append(table.Rows, []render.Inline{
			render.ID(room.RoomID), level, render.Int(room.JoinedMembers), alias(room.CanonicalAlias),
			outside(room.RoomType), outside(room.JoinRule), outside(room.Name),
		})
	}
	return render.Doc{render.Heading{plural(len(t.Value.Rooms), "room", "rooms")}, table}
}

// levels says how deep below the space each room is, as far as this page tells: the first parent counts.
func (t tree) levels() map[id.RoomID]int {
	levels := map[id.RoomID]int{t.root: 0}
	for _, room := range t.Value.Rooms {
		level, known := levels[room.RoomID]
		for _, child := range room.Children {
			if child.StateKey == nil || !known {
				continue
			}
			if _, seen := levels[id.RoomID(*child.StateKey)]; !seen {
				levels[id.RoomID(*child.StateKey)] = level + 1
			}
		}
	}
	return levels
}
