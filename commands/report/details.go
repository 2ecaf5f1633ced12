package report

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

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

// View implements [commands.Result]: the complaint, then what it is about.
func (r eventReport) View() render.Doc {
	fields := render.Object(r.Raw, "id", "received_ts", "user_id", "reason", "score", "sender", "room_id", "name", "canonical_alias", "event_id")
	fields = slices.DeleteFunc(fields, func(f render.Field) bool { return strings.HasPrefix(f.Name, "event_json") })
	var whole struct {
		Event json.RawMessage `json:"event_json"`
	}
	if json.Unmarshal(r.Raw, &whole) != nil {
		return render.Doc{fields}
	}
	var said render.Fields
	for _, f := range render.Object(whole.Event, "type", "state_key", "sender", "origin_server_ts", "content") {
		if key, _, _ := strings.Cut(f.Name, "."); !slices.Contains(workings, key) {
			said = append(said, f)
		}
	}
	return render.Doc{fields, render.Heading{render.Text("The event")}, said}
}

// workings are the keys of an event that servers need and people do not; the machine formats have them.
var workings = []string{"auth_events", "prev_events", "depth", "hashes", "signatures", "room_id"}

type userReport struct{ admin.Answer[admin.UserReport] }

// View implements [commands.Result].
func (r userReport) View() render.Doc {
	return render.Doc{render.Object(r.Raw, "id", "received_ts", "user_id", "target_user_id", "reason")}
}
