package user

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var availableCmd = commands.Define[availableArgs, nameChecker](commands.Meta{
	Name:     "user available",
	Summary:  "Check whether a name is free for a new account.",
	Detail:   "A name that is taken, reserved or not allowed is an error that says which.",
	Examples: []string{"user available zoe"},
})

type nameChecker interface {
	UsernameAvailable(ctx context.Context, localpart string) (admin.Answer[admin.Availability], error)
}

type availableArgs struct {
	User commands.UserRef `arg:"NAME" help:"Localpart or user id."`
}

// Run asks the server.
func (a *availableArgs) Run(ctx context.Context, env *commands.Env, api nameChecker) (commands.Result, error) {
	if !env.Local(a.User.UserID) {
		return nil, admin.Failed("%s is not a name on %s, so it cannot be had here", a.User.UserID, env.ServerName)
	}
	answer, err := api.UsernameAvailable(ctx, a.User.Localpart())
	if err != nil {
		return nil, err
	}
	return available{answer, a.User.UserID}, nil
}

// available is a free name.
type available struct {
	admin.Answer[admin.Availability]
	user id.UserID
}

// View says so.
func (a available) View() render.Doc {
	return render.Doc{render.Para{render.ID(a.user), render.Text(" is available.")}}
}
