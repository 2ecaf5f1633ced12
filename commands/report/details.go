package report

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var detailsCmd = commands.Define[detailsArgs, reader](commands.Meta{
	Name:     "report details",
	Summary:  "Show a report, with the event that it is about.",
	Detail:   "A report whose event was deleted since is listed, but its details are gone.",
	Examples: []string{"report details 12", "report details 3 -k user"},
})

// reader reads reports.
type reader interface {
	EventReport(ctx context.Context, report int64) (admin.Answer[admin.EventReport], error)
	UserReport(ctx context.Context, report int64) (admin.Answer[admin.UserReport], error)
}

type detailsArgs struct {
	kind
	number
}

// Run reads the report.
func (a *detailsArgs) Run(ctx context.Context, _ *commands.Env, api reader) (commands.Result, error) {
	if a.ofUsers() {
		found, err := api.UserReport(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		return userReport{found}, nil
	}
	found, err := api.EventReport(ctx, a.ID)
	if admin.IsNotFound(err) {
		gone := admin.NotFound("event report %d does not exist on this server, or its event was deleted", a.ID)
		gone.Hint, gone.Cause = "report list", err
		return nil, gone
	}
	if err != nil {
		return nil, err
	}
	return eventReport{found}, nil
}

type eventReport struct {
	admin.Answer[admin.EventReport]
}

// View implements [commands.Result]: the complaint, what it is about, and all keys of the event.
func (r eventReport) View() render.Doc {
	return render.Doc{render.Object(r.Raw, "id", "received_ts", "user_id", "reason", "score", "sender", "room_id", "name", "canonical_alias", "event_id", "event_json")}
}

type userReport struct{ admin.Answer[admin.UserReport] }

// View implements [commands.Result].
func (r userReport) View() render.Doc {
	return render.Doc{render.Object(r.Raw, "id", "received_ts", "user_id", "target_user_id", "reason")}
}
