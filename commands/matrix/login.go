package matrix

import (
	"context"
	"errors"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var loginCmd = commands.Define[loginArgs, authenticator](commands.Meta{
	Name:    "matrix login",
	Summary: "Log in as a user with the password and print the access token.",
	Detail: "It exists on a terminal only, where nobody else reads the password. Every login adds a device named \"" +
		device + "\" to the account.",
	Risk:     commands.Reversible,
	Role:     commands.Owner,
	Doors:    []commands.Door{commands.DoorTerminal},
	Examples: []string{"matrix login bob", "matrix login @bob:example.org -o json"},
})

// device is the name of the devices that logging in makes.
const device = "caretaker matrix login"

// authenticator logs users in.
type authenticator interface {
	LogIn(ctx context.Context, user id.UserID, password admin.Secret, device string) (admin.Answer[admin.LoggedIn], error)
}

type loginArgs struct {
	User     commands.UserRef `arg:"USER" help:"Localpart or user id."`
	Password *commands.Secret `short:"p" help:"The user's password. Without it a hidden question is asked."`
}

// Validate refuses the empty password.
func (a *loginArgs) Validate() error {
	if a.Password != nil && *a.Password == "" {
		return errors.New("the password is empty")
	}
	return nil
}

// AskSecret reports whether the terminal has to ask for the password, and with what words.
func (a *loginArgs) AskSecret() (prompt string, need bool) { return "Password", a.Password == nil }

// SetSecret stores the password that was typed.
func (a *loginArgs) SetSecret(password string) {
	typed := commands.Secret(password)
	a.Password = &typed
}

// KnownSecret names the option that gives the password without a question. It exists already, so that it is asked for
// once.
func (a *loginArgs) KnownSecret() string { return "--password" }

// Run logs the user in.
func (a *loginArgs) Run(ctx context.Context, _ *commands.Env, api authenticator) (commands.Result, error) {
	var password admin.Secret
	if a.Password != nil { // a dry run asks for none
		password = admin.Secret(*a.Password)
	}
	found, err := api.LogIn(ctx, a.User.UserID, password, device)
	if err != nil {
		return nil, err
	}
	return login{found}, nil
}

// login is a new session; it is shown on a terminal only.
type login struct{ admin.Answer[admin.LoggedIn] }

// View shows the token and the device.
func (l login) View() render.Doc {
	return render.Doc{render.Object(l.Raw, "user_id", "access_token", "device_id")}
}
