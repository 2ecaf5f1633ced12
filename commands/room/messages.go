package room

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var messagesCmd = commands.Define[messagesArgs, messageReader](commands.Meta{
	Name:     "room messages",
	Summary:  "Read the events of a room, whoever may see them.",
	Detail:   "Begins with the oldest; --dir b begins with the newest. Encrypted messages stay encrypted.",
	Role:     commands.Admin,
	Examples: []string{"room messages #spam:example.org --dir b", "room messages !abc:example.org -l 50"},
})

// messageReader reads what is said in rooms.
type messageReader interface {
	reader
	RoomMessages(ctx context.Context, room id.RoomID, query admin.MessageQuery) (admin.Answer[admin.Messages], error)
}

type messagesArgs struct {
	Room  commands.RoomRef `arg:"ROOM" help:"Room id, alias or permalink."`
	From  string           `short:"f" value:"TOKEN" help:"Start here; the answer names the next token."`
	Dir   string           `default:"f" enum:"f|b" value:"DIRECTION" help:"f for oldest first, b for newest first."`
	Limit int              `short:"l" default:"10" min:"1" value:"N" help:"Events per page, at most 1000."`
}

// Run reads a page.
func (a *messagesArgs) Run(ctx context.Context, _ *commands.Env, api messageReader) (commands.Result, error) {
	found, err := api.RoomMessages(ctx, a.Room.RoomID, admin.MessageQuery{From: a.From, Limit: a.Limit, Backwards: a.Dir == "b"})
	if err != nil {
		return nil, err
	}
	if a.From == "" && len(found.Value.Chunk) == 0 { // the server has no other words for a room that it does not know
		if _, err := api.Room(ctx, a.Room.RoomID); err != nil {
			return nil, err
		}
	}
	return messages{found}, nil
}

type messages struct{ admin.Answer[admin.Messages] }

// NextFrom implements [commands.Paged].
func (m messages) NextFrom() string { return string(m.Value.End) }

// View implements [commands.Result].
func (m messages) View() render.Doc {
	return render.Doc{render.Heading{plural(len(m.Value.Chunk), "event", "events")}, timeline(m.Value.Chunk)}
}

// timeline is a table of events in their order.
func timeline(events []admin.Event) render.Table {
	table := render.Table{Columns: []render.Column{
		{Name: "origin_server_ts"},
		{Name: "sender"},
		{Name: "type", Optional: true},
		{Name: "event_id", Optional: true},
		{Name: "content", Free: true},
	}}
	for _, one := range events {
		table.Rows = append(table.Rows, []render.Inline{
			render.Millis(one.OriginServerTS), userID(one.Sender), render.Outside(one.Type), render.ID(one.EventID), commands.EventText(one),
		})
	}
	return table
}
