package room

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

const (
	maxListed = 1000 // members of the largest room whose members are read, for naming some
	maxNamed  = 5    // members that are named
)

// Preview shows what is about to be lost.
func (a *deleteArgs) Preview(ctx context.Context, env *commands.Env, api roomDeleter) (commands.Result, error) {
	var all losses
	for _, room := range a.Rooms {
		lost, err := a.loss(ctx, env, api, room.RoomID)
		if err != nil {
			return nil, err
		}
		all = append(all, lost)
	}
	return all, nil
}

func (a *deleteArgs) loss(ctx context.Context, env *commands.Env, api roomDeleter, room id.RoomID) (loss, error) {
	found, err := api.Room(ctx, room)
	if err != nil {
		return loss{}, err
	}
	lost := loss{Room: found.Value, opts: a.options()}
	if found.Value.JoinedLocalMembers == 0 || found.Value.JoinedMembers > maxListed {
		return lost, nil
	}
	joined, err := api.Members(ctx, room)
	if err != nil {
		return loss{}, err
	}
	for _, user := range joined.Value.Members {
		if env.Local(user) {
			lost.LocalMembers = append(lost.LocalMembers, user)
		}
	}
	return lost, nil
}

// losses are what deleting rooms would destroy.
type losses []loss

// View implements [commands.Result].
func (l losses) View() render.Doc {
	var doc render.Doc
	for _, one := range l {
		doc = append(doc, one.doc()...)
	}
	return doc
}

// loss is what deleting one room would destroy.
type loss struct {
	Room         admin.Room  `json:"room"`
	LocalMembers []id.UserID `json:"local_members,omitempty"` // empty also where they are too many to read
	opts         admin.DeleteRoom
}

func (l loss) doc() render.Doc {
	fields := render.Fields{{Name: "Room", Value: render.ID(l.Room.RoomID)}}
	if l.Room.Name != "" {
		fields = append(fields, render.Field{Name: "Name", Value: render.Outside(l.Room.Name)})
	}
	if l.Room.CanonicalAlias != "" {
		fields = append(fields, render.Field{Name: "Alias", Value: render.ID(l.Room.CanonicalAlias)})
	}
	fields = append(fields, render.Field{Name: "Creator", Value: userID(l.Room.Creator)}, render.Field{Name: "Members", Value: render.Join{
		render.Int(l.Room.JoinedMembers), render.Text(", "), render.Int(l.Room.JoinedLocalMembers), render.Text(" of this server"),
	}})
	consequences := render.List{l.members(), l.messages(), l.afterwards()}
	return render.Doc{render.Heading{render.Text("Delete this room")}, fields, append(consequences, l.newRoom()...)}
}

// members says who has to leave.
func (l loss) members() render.Para {
	if l.Room.JoinedLocalMembers == 0 {
		return sentence(render.Text("Nobody of this server is in it."))
	}
	what := " removed"
	if l.opts.NewRoomUserID != "" {
		what = " moved to a new room"
	}
	para := sentence(plural(l.Room.JoinedLocalMembers, "local member is", "local members are"), render.Text(what))
	if len(l.LocalMembers) > 0 {
		para = append(para, render.Text(": "), list(l.LocalMembers, maxNamed))
	}
	return append(para, render.Text("."))
}

// messages says what is lost. The server does not count messages.
func (l loss) messages() render.Para {
	if l.opts.NoPurge {
		return sentence(render.Text("All messages stay in this server's database."))
	}
	return sentence(render.Text("All messages are deleted from this server for good."))
}

// afterwards says who can come back.
func (l loss) afterwards() render.Para {
	if l.opts.Block {
		return sentence(render.Text("The room is blocked: nobody of this server can join again."))
	}
	return sentence(render.Text("Anyone may join again; --block prevents that."))
}

// newRoom says what the options about the new room do, or fail to do.
func (l loss) newRoom() render.List {
	named, told := l.opts.RoomName != "", l.opts.Message != ""
	switch {
	case l.opts.NewRoomUserID == "" && (named || told):
		return render.List{sentence(render.Text("--room-name and --message do nothing without --new-room-user-id."))}
	case l.opts.NewRoomUserID == "":
		return nil
	case !named || !told:
		return render.List{sentence(render.Text(
			"The server's own name and message for the new room speak of illegal content; set --room-name and --message."))}
	}
	return render.List{
		sentence(render.ID(l.opts.NewRoomUserID), render.Text(" creates the new room "), render.Outside(l.opts.RoomName)),
		sentence(render.Text("Its first message: "), render.Outside(l.opts.Message)),
	}
}
