// Package room has the commands about rooms.
package room

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// Group lists the commands about rooms.
var Group = commands.Group{
	Name:    "room",
	Summary: "Find rooms, look into them, change and delete them.",
	Commands: []*commands.Command{
		listCmd,
		searchCmd,
		detailsCmd,
		membersCmd,
		stateCmd,
		powerLevelsCmd,
		messagesCmd,
		contextCmd,
		atCmd,
		treeCmd,
		resolveCmd,
		joinCmd,
		makeAdminCmd,
		publishCmd,
		unpublishCmd,
		blockCmd,
		blockStatusCmd,
		deleteCmd,
		deleteStatusCmd,
		purgeEmptyCmd,
		extremitiesCmd,
		trimExtremitiesCmd,
	},
}

// page shows a page of rooms.
type page struct{ admin.Answer[admin.RoomPage] }

// NextFrom implements [commands.Paged].
func (p page) NextFrom() string { return string(p.Value.NextBatch) }

// View implements [commands.Result].
func (p page) View() render.Doc {
	table := render.Rows(p.Raw, "rooms",
		render.Column{Name: "room_id"},
		render.Column{Name: "joined_members", Right: true},
		render.Column{Name: "canonical_alias", Optional: true},
		render.Column{Name: "joined_local_members", Optional: true, Right: true},
		render.Column{Name: "public", Optional: true},
		render.Column{Name: "encryption", Optional: true},
		render.Column{Name: "version", Optional: true},
		render.Column{Name: "creator", Optional: true},
		render.Column{Name: "name", Free: true},
	)
	return render.Doc{render.Heading{p.count()}, table}
}

// count says how many rooms there are, and which of them this page has.
func (p page) count() render.Inline {
	total, rows := p.Value.TotalRooms, len(p.Value.Rooms)
	switch {
	case rows == 0:
		return render.Text("No rooms")
	case rows >= total:
		return plural(rows, "room", "rooms")
	}
	first := p.Value.Offset + 1
	return render.Join{
		render.Text("Rooms "), render.Int(first), render.Text(" to "), render.Int(p.Value.Offset + rows),
		render.Text(" of "), render.Int(total),
	}
}

// unknownFirst tells that a room is unknown, if that is so, in the place of an error that the server gave for something
// in it: it answers some questions about rooms that it does not know with an internal error.
func unknownFirst(ctx context.Context, api reader, room id.RoomID, err error) error {
	if _, unknown := api.Room(ctx, room); admin.IsNotFound(unknown) {
		return unknown
	}
	return err
}

// plural counts things in words: "1 room", "5 rooms".
func plural(n int, one, many string) render.Inline {
	if n == 1 {
		many = one
	}
	return render.Join{render.Int(n), render.Text(" " + many)}
}

// list is a sentence-like enumeration of ids, of which at most most are shown.
func list[T ~string](ids []T, most int) render.Join {
	var parts render.Join
	for i, one := range ids[:min(most, len(ids))] {
		if i > 0 {
			parts = append(parts, render.Text(", "))
		}
		parts = append(parts, render.ID(one))
	}
	if more := len(ids) - most; more > 0 {
		parts = append(parts, render.Text(" and "), render.Int(more), render.Text(" more"))
	}
	return parts
}

// userID shows somebody whom the server may not know.
func userID(user id.UserID) render.Inline {
	if user == "" {
		return render.Unknown{}
	}
	return render.ID(user)
}

func sentence(parts ...render.Inline) render.Para { return render.Para(parts) }
