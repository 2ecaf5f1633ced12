package room

import (
	"context"
	"iter"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var trimExtremitiesCmd = commands.DefineWork[trimExtremitiesArgs, trimmer](commands.Meta{
	Name:    "room trim-extremities",
	Summary: "Delete all forward extremities of a room but the newest.",
	Detail: "It repairs rooms that dozens of them have made slow. What was said on the lost branches may be seen no more, and the " +
		"room's state may change. It cannot be undone; never put it on a schedule.",
	Risk:     commands.Destructive,
	Examples: []string{"room trim-extremities !abc:example.org"},
})

// trimmer deletes forward extremities.
type trimmer interface {
	extremityReader
	TrimExtremities(ctx context.Context, room id.RoomID) (admin.Answer[admin.TrimmedExtremities], error)
}

type trimExtremitiesArgs struct {
	Rooms []commands.RoomRef `arg:"ROOM" help:"Room id, alias or permalink."`
}

// Plan lists the rooms.
func (a *trimExtremitiesArgs) Plan(context.Context, *commands.Env, trimmer) iter.Seq2[commands.Item, error] {
	return commands.Items(a.Rooms)
}

// Preview counts what would be deleted.
func (a *trimExtremitiesArgs) Preview(ctx context.Context, _ *commands.Env, api trimmer) (commands.Result, error) {
	var all trims
	for _, room := range a.Rooms {
		found, err := endsOf(ctx, api, room.RoomID)
		if err != nil {
			return nil, err
		}
		all = append(all, trim{room.RoomID, found.Value.Count - 1})
	}
	return all, nil
}

// Do trims one room.
func (a *trimExtremitiesArgs) Do(ctx context.Context, _ *commands.Env, api trimmer, item commands.Item) (commands.Result, error) {
	room := id.RoomID(item.Target)
	if _, err := endsOf(ctx, api, room); err != nil { // the server would answer with an internal error
		return nil, err
	}
	done, err := api.TrimExtremities(ctx, room)
	if err != nil {
		return nil, err
	}
	return trimmed{done, room}, nil
}

// trims are the rooms that would be trimmed.
type trims []trim

// trim is what would be deleted in one room.
type trim struct {
	Room  id.RoomID `json:"room_id"`
	Count int       `json:"count"` // without the newest, which stays
}

// View implements [commands.Result].
func (t trims) View() render.Doc {
	var doc render.Doc
	for _, one := range t {
		what := render.List{sentence(render.Text("It has only one, so that nothing would be deleted."))}
		if one.Count > 0 {
			what = render.List{
				sentence(plural(one.Count, "is deleted", "are deleted"), render.Text(", the newest stays.")),
				sentence(render.Text("What was said on the lost branches may be seen no more, and the room's state may change.")),
				sentence(render.Text("It cannot be undone.")),
			}
		}
		doc = append(doc, render.Heading{render.Text("Trim the forward extremities of "), render.ID(one.Room)}, what)
	}
	return doc
}

type trimmed struct {
	admin.Answer[admin.TrimmedExtremities]
	room id.RoomID
}

// View implements [commands.Result].
func (t trimmed) View() render.Doc {
	n := 0
	if t.Value.Deleted != nil {
		n = *t.Value.Deleted
	}
	return render.Doc{sentence(render.Text("Deleted "), plural(n, "forward extremity", "forward extremities"), render.Text(" of "), render.ID(t.room), render.Text("."))}
}
