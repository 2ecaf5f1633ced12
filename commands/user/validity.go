package user

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var validityCmd = commands.Define[validityArgs, validityKeeper](commands.Meta{
	Name:    "user validity",
	Summary: "Set when an account ends.",
	Detail: "Works on servers whose accounts have to be renewed (account_validity). Without --expire the account is renewed for the " +
		"time that the server is configured for. With a date in the past it cannot be used from now on.",
	Risk:     commands.Reversible,
	Examples: []string{"user validity bob --expire 90d", "user validity bob --expire 2027-01-01 --no-renewal-emails"},
})

type validityKeeper interface {
	reader
	SetValidity(ctx context.Context, change admin.SetValidity) (admin.Answer[admin.Validity], error)
}

type validityArgs struct {
	User            commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	Expire          commands.Date    `when:"ahead" help:"When the account ends."`
	NoRenewalEmails bool             `help:"Do not write to the user before it ends."`
}

// Run sets the date. The server does not look whether there is such an account.
func (a *validityArgs) Run(ctx context.Context, _ *commands.Env, api validityKeeper) (commands.Result, error) {
	if _, err := api.User(ctx, a.User.UserID); err != nil {
		return nil, err
	}
	answer, err := api.SetValidity(ctx, admin.SetValidity{User: a.User.UserID, Expire: a.Expire.Time, NoRenewalEmails: a.NoRenewalEmails})
	if err != nil {
		return nil, err
	}
	return validity{answer, a.User.UserID}, nil
}

// validity is when an account ends.
type validity struct {
	admin.Answer[admin.Validity]
	user id.UserID
}

// View says when.
func (v validity) View() render.Doc {
	return render.Doc{render.Para{
		render.Text("The account "), render.ID(v.user), render.Text(" ends at "), render.Millis(v.Value.ExpirationTS), render.Text("."),
	}}
}
