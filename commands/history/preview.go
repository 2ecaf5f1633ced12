package history

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// Preview shows what is about to be lost. The server does not count events.
func (a *purgeArgs) Preview(ctx context.Context, env *commands.Env, api purger) (commands.Result, error) {
	lost := losses{DeleteLocal: a.DeleteLocal}
	for _, room := range a.Rooms {
		found, err := api.Room(ctx, room.RoomID)
		if err != nil {
			return nil, err
		}
		lost.Rooms = append(lost.Rooms, found.Value)
	}
	if a.BeforeEventID == "" {
		at := a.at(env)
		lost.Before, lost.future = written(at), at.After(env.Now)
		return lost, nil
	}
	found, err := api.Event(ctx, a.BeforeEventID)
	switch {
	case admin.CodeOf(err) == admin.CodeUnsupported: // an old server; it will say itself if it does not know the event
		found.Value.Event = admin.Event{EventID: a.BeforeEventID}
	case admin.IsNotFound(err):
		return nil, a.nothing(env, a.Rooms[0].RoomID)
	case err != nil:
		return nil, err
	case found.Value.Event.RoomID != a.Rooms[0].RoomID:
		return nil, admin.Failed("event %s is not of room %s", a.BeforeEventID, a.Rooms[0].RoomID)
	}
	lost.Event = &found.Value.Event
	return lost, nil
}

// losses are what purging would destroy.
type losses struct {
	Rooms       []admin.Room `json:"rooms"`
	Before      string       `json:"before,omitempty"` // RFC 3339
	Event       *admin.Event `json:"event,omitempty"`  // instead of Before
	DeleteLocal bool         `json:"delete_local"`
	future      bool         // Before lies ahead
}

// View implements [commands.Result].
func (l losses) View() render.Doc {
	var doc render.Doc
	for _, room := range l.Rooms {
		doc = append(doc, render.Heading{render.Text("Delete old events of this room")}, facts(room))
	}
	list := render.List{l.until()}
	if l.future {
		list = append(list, sentence(render.Text("That lies ahead, so this is all of them but the newest.")))
	}
	if l.DeleteLocal {
		list = append(list, sentence(render.Text("Events of this server's users are deleted, too; they may exist nowhere else.")))
	} else {
		list = append(list, sentence(render.Text("Events of this server's users stay; --delete-local deletes them, too.")))
	}
	return append(doc, append(list,
		sentence(render.Text("The room's state stays. How many events are deleted, the server tells nobody.")),
		sentence(render.Text("It cannot be undone.")),
	))
}

// until says up to where events are deleted.
func (l losses) until() render.Para {
	if l.Event == nil {
		return sentence(render.Text("All events received before " + l.Before + " are deleted from this server."))
	}
	para := sentence(render.Text("All events before "), render.ID(l.Event.EventID))
	if l.Event.Sender != "" {
		para = append(para, render.Text(" ("), render.ID(l.Event.Sender), render.Text(", "), render.Millis(l.Event.OriginServerTS), render.Text(")"))
	}
	return append(para, render.Text(" are deleted from this server."))
}

func facts(room admin.Room) render.Fields {
	fields := render.Fields{{Name: "Room", Value: render.ID(room.RoomID)}}
	if room.Name != "" {
		fields = append(fields, render.Field{Name: "Name", Value: render.Outside(room.Name)})
	}
	if room.CanonicalAlias != "" {
		fields = append(fields, render.Field{Name: "Alias", Value: render.ID(room.CanonicalAlias)})
	}
	return append(fields, render.Field{Name: "Members", Value: render.Join{
		render.Int(room.JoinedMembers), render.Text(", "), render.Int(room.JoinedLocalMembers), render.Text(" of this server"),
	}})
}

func sentence(parts ...render.Inline) render.Para { return render.Para(parts) }
