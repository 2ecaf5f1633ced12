package user

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var detailsCmd = commands.Define[detailsArgs, reader](commands.Meta{
	Name:     "user details",
	Summary:  "Show everything about an account.",
	Examples: []string{"user details bob", "user details author", "user details @bob:example.org -o json"},
})

type detailsArgs struct {
	User commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
}

// Run reads the account.
func (a *detailsArgs) Run(ctx context.Context, _ *commands.Env, api reader) (commands.Result, error) {
	account, err := api.User(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	return details{account}, nil
}

// details is an account as the server describes it.
type details struct{ admin.Answer[admin.User] }

// View lists all that is known.
func (d details) View() render.Doc { return render.Doc{facts(d.Answer)} }
