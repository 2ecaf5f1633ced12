package room

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var makeAdminCmd = commands.Define[makeAdminArgs, promoter](commands.Meta{
	Name:    "room make-admin",
	Summary: "Give a user the power of a room's strongest local member.",
	Detail: "A user who is not in the room is invited, unless the room is public, and still has to accept. It works only where a " +
		"user of this server has the power to change levels. Without --user-id it is you who gets it; on a terminal, the admin token's account.",
	Risk:     commands.Reversible,
	Role:     commands.Admin,
	Examples: []string{"room make-admin #lobby:example.org -u bob", "room make-admin !abc:example.org"},
})

// promoter gives power in rooms. It looks at accounts first: the server gives power also to those that do not exist.
type promoter interface {
	User(ctx context.Context, user id.UserID) (admin.Answer[admin.User], error)
	MakeRoomAdmin(ctx context.Context, room id.RoomID, user id.UserID) (admin.Answer[admin.Done], error)
}

type makeAdminArgs struct {
	Room commands.RoomRef `arg:"ROOM" help:"Room id, alias or permalink."`
	User commands.UserRef `short:"u" long:"user-id" help:"Who gets the power; by default the caller."`
}

// Run gives the power.
func (a *makeAdminArgs) Run(ctx context.Context, env *commands.Env, api promoter) (commands.Result, error) {
	user := a.User.UserID
	if user == "" {
		user = env.Caller.UserID
	}
	if user != "" && env.Local(user) {
		if _, err := api.User(ctx, user); err != nil {
			return nil, err
		}
	}
	done, err := api.MakeRoomAdmin(ctx, a.Room.RoomID, user)
	if err != nil {
		return nil, err
	}
	return promoted{done, a.Room.RoomID, user}, nil
}

type promoted struct {
	admin.Answer[admin.Done]
	room id.RoomID
	user id.UserID // empty: the admin token's account
}

// View implements [commands.Result].
func (p promoted) View() render.Doc {
	who := render.Inline(render.Text("The admin token's account"))
	if p.user != "" {
		who = render.ID(p.user)
	}
	return render.Doc{sentence(who, render.Text(" has the power of an admin in "), render.ID(p.room),
		render.Text(" now; who was not in it has been invited where that is needed."))}
}
