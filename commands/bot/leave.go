package bot

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var leaveCmd = commands.Define[leaveArgs, commands.Rooms](commands.Meta{
	Name:     "bot leave",
	Summary:  "Make the bot leave a management room.",
	Detail:   "The last one is never left. The room itself stays as it is. From inside the room an answer would not be possible.",
	Risk:     commands.Reversible,
	Role:     commands.Admin,
	Examples: []string{"bot leave !abc:example.org"},
})

type leaveArgs struct {
	Room commands.RoomRef `arg:"ROOM" help:"Room id, alias or permalink of a management room."`
}

// joined is the state of a room that the bot is in.
const joined = "joined"

// Run leaves the room unless nobody could steer the bot any more.
func (a *leaveArgs) Run(ctx context.Context, env *commands.Env, rooms commands.Rooms) (commands.Result, error) {
	all, err := rooms.ManagementRooms(ctx)
	if err != nil {
		return nil, err
	}
	room, err := a.leavable(env, all)
	if err != nil {
		return nil, err
	}
	if !env.DryRun { // the recorder of a dry run sees only the admin API
		err = rooms.LeaveRoom(ctx, a.Room.RoomID)
	}
	if err != nil {
		return nil, err
	}
	return left{RoomID: a.Room.RoomID, configured: room.Origin == "configured"}, nil
}

// leavable finds the room among the management rooms and refuses those that have to be kept.
func (a *leaveArgs) leavable(env *commands.Env, all []commands.ManagementRoom) (commands.ManagementRoom, error) {
	var found commands.ManagementRoom
	others := 0
	for _, room := range all {
		switch {
		case room.RoomID == a.Room.RoomID:
			found = room
		case room.State == joined && room.Problem == "":
			others++
		}
	}
	switch {
	case found.RoomID == "":
		return found, refuse(admin.NotFound("%s is no management room", a.Room))
	case others == 0:
		return found, refuse(admin.Failed("%s is the last management room; invite the bot to another one first", a.Room))
	case a.Room.RoomID == env.Room:
		return found, refuse(admin.Failed("the bot could not answer any more in %s; say it in another management room", a.Room))
	}
	return found, nil
}

func refuse(e *admin.Error) error {
	e.Hint = "bot rooms"
	return e
}

type left struct {
	RoomID     id.RoomID `json:"room_id"`
	configured bool
}

// View implements [commands.Result].
func (l left) View() render.Doc {
	doc := render.Doc{sentence(render.Text("Left "), render.ID(l.RoomID), render.Text("."))}
	if l.configured {
		doc = append(doc, sentence(render.Text("The configuration names this room; remove it from bot.management_rooms, or the bot returns when it is started.")))
	}
	return doc
}
