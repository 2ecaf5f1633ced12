package user

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var reactivateCmd = commands.Define[reactivateArgs, reactivator](commands.Meta{
	Name:     "user reactivate",
	Summary:  "Open a deactivated account again.",
	Detail:   "The account has no password, devices and rooms then; set a password with \"user password\".",
	Risk:     commands.Reversible,
	Examples: []string{"user reactivate bob"},
})

// reactivator needs the details, since reactivating an account that does not exist would make it.
type reactivator interface {
	reader
	Reactivate(ctx context.Context, user id.UserID) (admin.Answer[admin.User], error)
}

type reactivateArgs struct {
	User commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
}

// Run opens the account again.
func (a *reactivateArgs) Run(ctx context.Context, _ *commands.Env, api reactivator) (commands.Result, error) {
	before, err := api.User(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	if !before.Value.Deactivated {
		e := admin.Failed("user %s is not deactivated, so there is nothing to reactivate", a.User.UserID)
		e.Hint = "user details " + string(a.User.UserID)
		return nil, e
	}
	after, err := api.Reactivate(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	return reopened{after, a.User.UserID}, nil
}

// reopened is an account that was deactivated.
type reopened struct {
	admin.Answer[admin.User]
	user id.UserID
}

// View says what happened and what to do next.
func (r reopened) View() render.Doc {
	return render.Doc{
		sentence("Reactivated", r.user, ". It has no password and is in no room."),
		render.Para{render.Command("user password " + string(r.user)), render.Text(" gives it one.")},
	}
}
