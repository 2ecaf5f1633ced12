package event

import (
	"context"
	"encoding/json"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var detailsCmd = commands.Define[detailsArgs, reader](commands.Meta{
	Name:    "event details",
	Summary: "Show an event as servers exchange it, whoever may see it.",
	Detail: "Removed content is shown until the server has really deleted it, a week after the removal by default. " +
		"Encrypted content stays encrypted.",
	Role:     commands.Admin,
	Examples: []string{"event details $event", "event details https://matrix.to/#/!abc:example.org/$event"},
})

// reader reads events.
type reader interface {
	Event(ctx context.Context, event id.EventID) (admin.Answer[admin.FoundEvent], error)
}

type detailsArgs struct {
	Event id.EventID `arg:"EVENT" help:"Event id or permalink."`
}

// Run reads the event.
func (a *detailsArgs) Run(ctx context.Context, _ *commands.Env, api reader) (commands.Result, error) {
	found, err := api.Event(ctx, a.Event)
	if err != nil {
		return nil, err
	}
	return details{found}, nil
}

type details struct{ admin.Answer[admin.FoundEvent] }

// View implements [commands.Result]: what it says, then all its keys.
func (d details) View() render.Doc {
	var whole struct {
		Event json.RawMessage `json:"event"`
	}
	if json.Unmarshal(d.Raw, &whole) != nil {
		return nil
	}
	return render.Doc{render.Object(whole.Event, "event_id", "room_id", "type", "state_key", "sender", "origin_server_ts", "content", "unsigned")}
}
