package user

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var adminCmd = commands.Define[adminArgs, rightKeeper](commands.Meta{
	Name:     "user admin",
	Summary:  "Show whether an account is a server admin, or change that.",
	Detail:   "A server admin may use the admin API of the homeserver with any client. That is independent of the roles that the bot knows. Changing it needs the role owner.",
	Examples: []string{"user admin bob", "user admin bob --grant", "user admin bob --revoke"},
})

type rightKeeper interface {
	reader
	UserAdmin(ctx context.Context, user id.UserID) (admin.Answer[admin.Right], error)
	SetUserAdmin(ctx context.Context, user id.UserID, right bool) (admin.Answer[admin.Done], error)
}

type adminArgs struct {
	User  commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	Grant *bool            `off:"revoke" help:"Make the account a server admin, or an ordinary one again."`
}

// Risk is that of a change when there is one.
func (a *adminArgs) Risk() (commands.Risk, commands.Role) {
	if a.Grant == nil {
		return commands.Read, commands.Viewer
	}
	return commands.Reversible, commands.Owner
}

// Preview shows what is.
func (a *adminArgs) Preview(ctx context.Context, _ *commands.Env, api rightKeeper) (commands.Result, error) {
	return a.read(ctx, api)
}

// Run shows or changes the right.
func (a *adminArgs) Run(ctx context.Context, _ *commands.Env, api rightKeeper) (commands.Result, error) {
	if a.Grant == nil {
		return a.read(ctx, api)
	}
	answer, err := api.SetUserAdmin(ctx, a.User.UserID, *a.Grant)
	if err != nil {
		return nil, err
	}
	return rightSet{answer, a.User.UserID, *a.Grant}, nil
}

// read asks for the right. The server says of accounts that do not exist that they have none.
func (a *adminArgs) read(ctx context.Context, api rightKeeper) (commands.Result, error) {
	answer, err := api.UserAdmin(ctx, a.User.UserID)
	if err == nil && !*answer.Value.Admin {
		_, err = api.User(ctx, a.User.UserID)
	}
	if err != nil {
		return nil, err
	}
	return right{answer, a.User.UserID}, nil
}

// right is whether an account is a server admin.
type right struct {
	admin.Answer[admin.Right]
	user id.UserID
}

// View says so.
func (r right) View() render.Doc {
	is := " is no server admin."
	if *r.Value.Admin {
		is = " is a server admin."
	}
	return render.Doc{render.Para{render.ID(r.user), render.Text(is)}}
}

// rightSet is an account whose right was changed.
type rightSet struct {
	admin.Answer[admin.Done]
	user    id.UserID
	granted bool
}

// View says what happened.
func (r rightSet) View() render.Doc {
	if r.granted {
		return render.Doc{sentence("Made", r.user, " a server admin.")}
	}
	return render.Doc{render.Para{render.ID(r.user), render.Text(" is no server admin any more.")}}
}
