package room

import (
	"context"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var atCmd = commands.Define[atArgs, moments](commands.Meta{
	Name:     "room at",
	Summary:  "Find the event of a room that is nearest to a moment.",
	Detail:   "The first one from then on; with --dir b the last one until then. This server may ask others for it.",
	Examples: []string{"room at #lobby:example.org 2026-01-31", `room at !abc:example.org "2026-01-31 18:00" --dir b`},
})

// moments finds events by time.
type moments interface {
	reader
	EventAt(ctx context.Context, room id.RoomID, at time.Time, before bool) (admin.Answer[admin.EventAt], error)
}

type atArgs struct {
	Room commands.RoomRef `arg:"ROOM" help:"Room id, alias or permalink."`
	Date commands.Date    `arg:"DATE" help:"The moment."`
	Dir  string           `default:"f" enum:"f|b" value:"DIRECTION" help:"f for the first event from then on, b for the last one until then."`
}

// Run finds the event.
func (a *atArgs) Run(ctx context.Context, _ *commands.Env, api moments) (commands.Result, error) {
	found, err := api.EventAt(ctx, a.Room.RoomID, a.Date.Time, a.Dir == "b")
	if admin.IsNotFound(err) {
		return nil, unknownFirst(ctx, api, a.Room.RoomID, a.nothing())
	}
	if err != nil {
		return nil, err
	}
	return nearest{found}, nil
}

// nothing says that the room begins later, or ends earlier.
func (a *atArgs) nothing() error {
	when := "from " + a.Date.Format(time.RFC3339) + " on"
	if a.Dir == "b" {
		when = "until " + a.Date.Format(time.RFC3339)
	}
	none := admin.NotFound("this server knows no event in room %s %s", a.Room.RoomID, when)
	none.Hint = "room details " + string(a.Room.RoomID)
	return none
}

type nearest struct {
	admin.Answer[admin.EventAt]
}

// View implements [commands.Result].
func (n nearest) View() render.Doc {
	return render.Doc{render.Fields{
		{Name: "event_id", Value: render.ID(n.Value.EventID)},
		{Name: "origin_server_ts", Value: render.Millis(n.Value.OriginServerTS)},
	}}
}
