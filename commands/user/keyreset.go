package user

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var keyResetCmd = commands.Define[keyResetArgs, keyResetter](commands.Meta{
	Name:     "user allow-key-reset",
	Summary:  "Let a user replace the cross-signing keys without a password.",
	Detail:   "For users who have lost their keys and cannot prove who they are. It holds for ten minutes. Make sure that it is really the user who asks.",
	Risk:     commands.Reversible,
	Role:     commands.Admin,
	Examples: []string{"user allow-key-reset bob"},
})

type keyResetter interface {
	reader
	AllowKeyReset(ctx context.Context, user id.UserID) (admin.Answer[admin.KeyReset], error)
}

type keyResetArgs struct {
	User commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
}

// Run allows it. The server answers alike for accounts that do not exist and for those without keys.
func (a *keyResetArgs) Run(ctx context.Context, _ *commands.Env, api keyResetter) (commands.Result, error) {
	if _, err := api.User(ctx, a.User.UserID); err != nil {
		return nil, err
	}
	answer, err := api.AllowKeyReset(ctx, a.User.UserID)
	if admin.IsNotFound(err) {
		e := admin.Failed("user %s has no cross-signing keys that could be reset", a.User.UserID)
		e.Hint, e.Cause = "device list "+a.User.String(), err
		return nil, e
	}
	if err != nil {
		return nil, err
	}
	return keyReset{answer, a.User.UserID}, nil
}

// keyReset is a permission to replace keys.
type keyReset struct {
	admin.Answer[admin.KeyReset]
	user id.UserID
}

// View says how long it holds.
func (k keyReset) View() render.Doc {
	return render.Doc{render.Para{
		render.ID(k.user), render.Text(" may replace the cross-signing keys without a password until "), render.Millis(k.Value.BeforeTS), render.Text("."),
	}}
}
