package user

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var passwordCmd = commands.Define[passwordArgs, passworder](commands.Meta{
	Name:     "user password",
	Summary:  "Set a new password and log all devices out.",
	Detail:   "In a room, a password is made and sent to you in a direct message.",
	Risk:     commands.Destructive,
	Secret:   true,
	Examples: []string{"user password bob", "user password bob --no-logout", "user password bob --generate"},
})

type passworder interface {
	reader
	ResetPassword(ctx context.Context, user id.UserID, password admin.Secret, logout bool) (admin.Answer[admin.Done], error)
}

type passwordArgs struct {
	User commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	newPassword
	NoLogout bool `short:"n" help:"Leave all devices logged in."`
}

// Preview shows whose password is replaced.
func (a *passwordArgs) Preview(ctx context.Context, env *commands.Env, api passworder) (commands.Result, error) {
	if err := a.lacking(env, "user password"); err != nil {
		return nil, err
	}
	account, err := api.User(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	return resetting{account, a.NoLogout}, nil
}

// Run sets the password.
func (a *passwordArgs) Run(ctx context.Context, env *commands.Env, api passworder) (commands.Result, error) {
	password, err := a.choose(env, "user password")
	if err != nil {
		return nil, err
	}
	answer, err := api.ResetPassword(ctx, a.User.UserID, password.password, !a.NoLogout)
	if err != nil {
		return nil, err
	}
	done := reset{answer, password, a.User.UserID, a.NoLogout}
	if password.made {
		return resetSecretly{done}, nil
	}
	return done, nil
}

// resetting is what a new password would hit.
type resetting struct {
	admin.Answer[admin.User]
	noLogout bool
}

// View shows the account and what becomes of its devices.
func (r resetting) View() render.Doc {
	devices := "The old password stops working, and all devices are logged out."
	if r.noLogout {
		devices = "The old password stops working. Devices stay logged in."
	}
	return render.Doc{sentence("Set a new password for", r.Value.UserID, "?"), brief(r.Value), render.Para{render.Text(devices)}}
}

// reset is an account with a new password.
type reset struct {
	admin.Answer[admin.Done]
	chosen
	user     id.UserID
	noLogout bool
}

// MarshalJSON gives the server's answer; a terminal gets a password that was made with it.
func (r reset) MarshalJSON() ([]byte, error) { return r.json(r.Raw) }

// View says what happened, without the password.
func (r reset) View() render.Doc {
	after := "; all devices were logged out."
	if r.noLogout {
		after = "; its devices stay logged in."
	}
	return append(render.Doc{sentence("Set a new password for", r.user, after)}, r.announce()...)
}

// resetSecretly is an account with a new password that nobody knows yet.
type resetSecretly struct{ reset }

// SecretView shows the password that was made.
func (r resetSecretly) SecretView() render.Doc { return r.reveal(r.user) }
