package user

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var deactivateCmd = commands.Define[deactivateArgs, deactivator](commands.Meta{
	Name:     "user deactivate",
	Summary:  "Close an account for good.",
	Detail:   "Logs the user out everywhere, removes devices, keys, password and addresses, and leaves all rooms. Messages and media stay.",
	Risk:     commands.Destructive,
	Nearest:  "help user lock",
	Examples: []string{"user deactivate bob", "user deactivate bob --gdpr-erase"},
})

type deactivator interface {
	reader
	Deactivate(ctx context.Context, user id.UserID, erase bool) (admin.Answer[admin.Deactivated], error)
}

type deactivateArgs struct {
	User      commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	GdprErase bool             `short:"e" help:"Also remove the profile, and hide the messages from people who join later."`
}

// Preview shows the account and what it loses.
func (a *deactivateArgs) Preview(ctx context.Context, _ *commands.Env, api deactivator) (commands.Result, error) {
	account, err := api.User(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	return closing{account, a.GdprErase}, nil
}

// Run deactivates the account.
func (a *deactivateArgs) Run(ctx context.Context, _ *commands.Env, api deactivator) (commands.Result, error) {
	before, err := api.User(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	answer, err := api.Deactivate(ctx, a.User.UserID, a.GdprErase)
	if err != nil {
		return nil, err
	}
	return closed{answer, a.User.UserID, a.GdprErase, before.Value.Deactivated}, nil
}

// closing is what a deactivation would hit.
type closing struct {
	admin.Answer[admin.User]
	erase bool
}

// View shows the account and what is lost.
func (c closing) View() render.Doc {
	lost := render.List{
		{render.Text("The user is logged out everywhere and leaves all rooms.")},
		{render.Text("Devices, encryption keys, password and addresses are deleted. They do not come back with "), render.Command("user reactivate"), render.Text(".")},
		{render.Text("Messages and media stay.")},
	}
	if c.erase {
		lost = append(lost, render.Para{render.Text("The profile is removed, and messages are hidden from people who join their rooms later.")})
	}
	doc := render.Doc{sentence("Deactivate", c.Value.UserID, "?"), brief(c.Value), lost}
	if c.Value.Deactivated {
		doc = append(doc, render.Para{render.Text("It is deactivated already.")})
	}
	return doc
}

// closed is a deactivated account.
type closed struct {
	admin.Answer[admin.Deactivated]
	user        id.UserID
	erased, was bool
}

// View says what happened.
func (c closed) View() render.Doc {
	done := "Deactivated"
	if c.erased {
		done = "Deactivated and erased"
	}
	after := "; the server removes it from its rooms now."
	if c.was {
		after = ", which was deactivated before."
	}
	return render.Doc{sentence(done, c.user, after)}
}
