package room

import (
	"context"
	"errors"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var deleteStatusCmd = commands.Define[deleteStatusArgs, deletionReader](commands.Meta{
	Name:     "room delete-status",
	Summary:  "Show how far the deletion of a room is.",
	Detail:   "The server forgets a deletion a week after its end.",
	Examples: []string{"room delete-status -d PzbHhmOmXqaqWVTB", "room delete-status -r !abc:example.org"},
})

// deletionReader knows deletions.
type deletionReader interface {
	Deletion(ctx context.Context, deletion string) (admin.Answer[admin.DeletionStatus], error)
	DeletionsOf(ctx context.Context, room id.RoomID) (admin.Answer[admin.DeletionStatuses], error)
	taskLister
}

type deleteStatusArgs struct {
	Room     commands.RoomRef `short:"r" long:"room-id" help:"All deletions of this room that have begun."`
	DeleteID string           `short:"d" value:"ID" help:"This deletion, as \"room delete\" named it."`
}

// Validate wants one of the two.
func (a *deleteStatusArgs) Validate() error {
	if (a.Room == commands.RoomRef{}) == (a.DeleteID == "") {
		return errors.New("exactly one of --room-id and --delete-id is needed")
	}
	return nil
}

// Run reads one deletion or those of a room.
func (a *deleteStatusArgs) Run(ctx context.Context, _ *commands.Env, api deletionReader) (commands.Result, error) {
	if a.DeleteID != "" {
		found, err := api.Deletion(ctx, a.DeleteID)
		if err != nil {
			return nil, err
		}
		return deletionStatus{found, a.explained(ctx, api, found.Value)}, nil
	}
	found, err := api.DeletionsOf(ctx, a.Room.RoomID)
	if err != nil {
		return nil, err
	}
	return deletionStatuses{found}, nil
}

// explained is why the deletion failed, which the server tells elsewhere.
func (a *deleteStatusArgs) explained(ctx context.Context, api taskLister, status admin.DeletionStatus) string {
	if status.Status != admin.DeletionFailed || status.RoomID == "" {
		return ""
	}
	return reason(ctx, api, status.RoomID, a.DeleteID)
}

type deletionStatus struct {
	admin.Answer[admin.DeletionStatus]
	reason string
}

// View implements [commands.Result].
func (d deletionStatus) View() render.Doc {
	fields := render.Object(d.Raw, "delete_id", "room_id", "status")
	if d.reason != "" {
		fields = append(fields, render.Field{Name: "error", Value: render.Outside(d.reason)})
	}
	return render.Doc{fields}
}

type deletionStatuses struct {
	admin.Answer[admin.DeletionStatuses]
}

// View implements [commands.Result].
func (d deletionStatuses) View() render.Doc {
	table := render.Table{Columns: []render.Column{
		{Name: "delete_id"}, {Name: "status"}, {Name: "kicked_users", Right: true}, {Name: "failed_to_kick_users", Right: true, Optional: true},
	}}
	for _, one := range d.Value.Results {
		row := []render.Inline{render.ID(one.ID), render.Outside(one.Status)}
		if done := one.ShutdownRoom; done != nil {
			row = append(row, render.Int(len(done.KickedUsers)), render.Int(len(done.FailedToKickUsers)))
		}
		table.Rows = append(table.Rows, row)
	}
	return render.Doc{table}
}
