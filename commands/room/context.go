package room

import (
	"context"
	"slices"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var contextCmd = commands.Define[contextArgs, contextReader](commands.Meta{
	Name:    "room context",
	Summary: "Read an event with those before and after it, whoever may see them.",
	Detail: "Encrypted messages stay encrypted. In the machine formats the answer also has the state of the room at that time, " +
		"members who say nothing left out. \"start\" and \"end\" are tokens for \"room messages\": --dir b -f START reads what is older.",
	Role:     commands.Admin,
	Examples: []string{"room context !abc:example.org $event", "room context #spam:example.org $event -l 20"},
})

// contextReader reads what is around an event.
type contextReader interface {
	reader
	EventContext(ctx context.Context, room id.RoomID, event id.EventID, limit int) (admin.Answer[admin.EventContext], error)
}

type contextArgs struct {
	Room  commands.RoomRef `arg:"ROOM" help:"Room id, alias or permalink."`
	Event id.EventID       `arg:"EVENT" help:"Event id or permalink."`
	Limit int              `short:"l" default:"10" min:"1" value:"N" help:"Events around it, before and after together."`
}

// Run reads the context.
func (a *contextArgs) Run(ctx context.Context, _ *commands.Env, api contextReader) (commands.Result, error) {
	found, err := api.EventContext(ctx, a.Room.RoomID, a.Event, a.Limit)
	if err != nil {
		return nil, unknownFirst(ctx, api, a.Room.RoomID, err)
	}
	return surroundings{found}, nil
}

type surroundings struct {
	admin.Answer[admin.EventContext]
}

// View implements [commands.Result]: oldest first, and the tokens for reading on.
func (s surroundings) View() render.Doc {
	before := slices.Clone(s.Value.Before)
	slices.Reverse(before)
	return render.Doc{
		render.Heading{render.Text("Around "), render.ID(s.Value.Event.EventID)},
		timeline(slices.Concat(before, []admin.Event{s.Value.Event}, s.Value.After)),
		render.Fields{{Name: "start", Value: token(s.Value.Start)}, {Name: "end", Value: token(s.Value.End)}},
	}
}

// token is where "room messages" goes on.
func token(at admin.Cursor) render.Inline {
	if at == "" {
		return render.Unknown{}
	}
	return render.ID(at)
}
