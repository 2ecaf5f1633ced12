package room

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var joinCmd = commands.Define[joinArgs, joiner](commands.Meta{
	Name:    "room join",
	Summary: "Join a user of this server to a room.",
	Detail: "The user is not asked. To a room that is not public the admin token's account has to invite the user, so that it " +
		"must be in the room and have the right to. \"room make-admin\" gives it the right and an invitation, which it still has to accept.",
	Risk:     commands.Reversible,
	Role:     commands.Admin,
	Examples: []string{"room join #lobby:example.org bob", "room join !abc:example.org @bob:example.org"},
})

// joiner joins users to rooms. It looks at the account first, since the server's answer does not tell whether user or
// room is unknown.
type joiner interface {
	memberLister
	User(ctx context.Context, user id.UserID) (admin.Answer[admin.User], error)
	JoinRoom(ctx context.Context, room string, user id.UserID) (admin.Answer[admin.JoinedRoom], error)
}

type joinArgs struct {
	Room commands.RoomRef `arg:"ROOM" help:"Room id, alias or permalink."`
	User commands.UserRef `arg:"USER" help:"Localpart or user id, of this server."`
}

// Run joins the user.
func (a *joinArgs) Run(ctx context.Context, env *commands.Env, api joiner) (commands.Result, error) {
	if !env.Local(a.User.UserID) {
		return nil, admin.Failed("%s is not a user of this server and cannot be joined to a room from here", a.User.UserID)
	}
	if _, err := api.User(ctx, a.User.UserID); err != nil {
		return nil, err
	}
	// By its alias a room is found that no user of this server is in yet.
	done, err := api.JoinRoom(ctx, cmp.Or(string(a.Room.Alias), string(a.Room.RoomID)), a.User.UserID)
	if err != nil {
		return nil, a.explained(ctx, env, api, err)
	}
	return joined{done, a.User.UserID}, nil
}

// explained names the way out where the token's account may not invite. The server refuses alike who is in the room
// already.
func (a *joinArgs) explained(ctx context.Context, env *commands.Env, api memberLister, err error) error {
	refused, ok := errors.AsType[*admin.Error](err)
	if !ok || refused.Code != admin.CodeDenied {
		return err
	}
	if there, err := api.Members(ctx, a.Room.RoomID); err == nil && slices.Contains(there.Value.Members, a.User.UserID) {
		already := admin.Failed("%s is in room %s already", a.User.UserID, a.Room.RoomID)
		already.Hint, already.Cause = "room members "+string(a.Room.RoomID), refused
		return already
	}
	told := *refused
	told.Hint = "room make-admin " + a.Room.String()
	if env.Bot != "" {
		told.Hint += " -u " + string(env.Bot)
	}
	return &told
}

type joined struct {
	admin.Answer[admin.JoinedRoom]
	user id.UserID
}

// View implements [commands.Result].
func (j joined) View() render.Doc {
	return render.Doc{sentence(render.Text("Joined "), render.ID(j.user), render.Text(" to "), render.ID(j.Value.RoomID), render.Text("."))}
}
