package user

import (
	"context"
	"errors"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var modifyCmd = commands.Define[modifyArgs, modifier](commands.Meta{
	Name:    "user modify",
	Summary: "Change an account, or make one.",
	Detail: "An account that does not exist is made only with --create. A new password, new addresses and --deactivate ask first; " +
		"--admin and --no-admin need the role owner.",
	Risk: commands.Reversible,
	Examples: []string{
		"user modify bob --display-name \"Bob Ross\"", "user modify bob -t email bob@example.org", "user modify bob --admin",
		"user modify helper --create --user-type bot", "user modify bob --password-prompt --no-logout",
	},
})

type modifier interface {
	reader
	ModifyUser(ctx context.Context, user id.UserID, change admin.ModifyUser) (admin.Answer[admin.User], error)
}

type modifyArgs struct {
	User           commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	PasswordPrompt bool             `short:"p" door:"terminal" help:"Set a password, which is asked for."`
	Password       *commands.Secret `short:"P" help:"Set this password."`
	DisplayName    *string          `short:"n" value:"NAME" help:"Set the display name; the empty one removes it."`
	Threepid       []commands.Pair  `short:"t" help:"Replace all email addresses and phone numbers: medium (email or msisdn) and address."`
	ClearThreepids bool             `help:"Remove all email addresses and phone numbers."`
	AvatarURL      *string          `short:"v" long:"avatar-url" value:"URL" help:"Set the avatar, an mxc:// URL; the empty one removes it."`
	Admin          *bool            `short:"a" off:"u,no-admin" help:"Make the account a server admin, or an ordinary one. Needs the role owner."`
	Activate       *bool            `off:"deactivate" help:"Open a deactivated account again, or close it."`
	UserType       string           `value:"TYPE" help:"Set the type: bot, support, another one the server is configured for, or regular for none."`
	NoLogout       bool             `help:"Leave all devices logged in when the password changes."`
	Lock           *bool            `short:"l" off:"L,unlock" help:"Keep the account from being used, or let it be used again."`
	Create         bool             `help:"Make the account if it does not exist."`
}

// setsPassword reports whether the password changes.
func (a *modifyArgs) setsPassword() bool { return a.PasswordPrompt || a.Password != nil }

// closes reports whether the account is deactivated.
func (a *modifyArgs) closes() bool { return a.Activate != nil && !*a.Activate }

// Validate refuses what does not fit together, and a call that changes nothing.
func (a *modifyArgs) Validate() error {
	switch {
	case a.PasswordPrompt && a.Password != nil:
		return errors.New("--password-prompt and --password cannot be used together")
	case a.Password != nil && *a.Password == "":
		return errors.New("the password is empty")
	case a.closes() && a.setsPassword():
		return errors.New("an account cannot be deactivated and get a password at once")
	case a.closes() && a.Create:
		return errors.New("--create and --deactivate contradict each other")
	case a.ClearThreepids && len(a.Threepid) > 0:
		return errors.New("--threepid replaces all addresses already; leave out --clear-threepids")
	case a.NoLogout && !a.setsPassword():
		return errors.New("--no-logout goes with a new password only")
	case len(a.changes()) == 0 && !a.Create:
		return errors.New("there is nothing to change; name at least one option, such as --display-name")
	}
	return nil
}

// Risk depends on what is changed.
func (a *modifyArgs) Risk() (commands.Risk, commands.Role) {
	risk, role := commands.Reversible, commands.Operator
	if a.setsPassword() || len(a.Threepid) > 0 || a.ClearThreepids || a.closes() {
		risk = commands.Destructive
	}
	if a.Create {
		role = commands.Admin
	}
	if a.Admin != nil {
		role = commands.Owner
	}
	return risk, role
}

// AskSecret reports whether a terminal has to ask for the password.
func (a *modifyArgs) AskSecret() (prompt string, need bool) {
	return "New password", a.PasswordPrompt && a.Password == nil
}

// SetSecret stores the password that was typed.
func (a *modifyArgs) SetSecret(password string) { a.Password = secret(password) }

// Preview shows what is there and what it becomes.
func (a *modifyArgs) Preview(ctx context.Context, env *commands.Env, api modifier) (commands.Result, error) {
	before, exists, err := a.account(ctx, env, api)
	if err != nil {
		return nil, err
	}
	return modifying{before, a.User.UserID, exists, a.changes()}, nil
}

// Run changes or makes the account.
func (a *modifyArgs) Run(ctx context.Context, env *commands.Env, api modifier) (commands.Result, error) {
	before, exists, err := a.account(ctx, env, api)
	if err != nil {
		return nil, err
	}
	after, err := api.ModifyUser(ctx, a.User.UserID, a.change())
	if err != nil {
		return nil, a.partly(err)
	}
	return modified{after, modifying{before, a.User.UserID, exists, a.changes()}}, nil
}

// account reads the account. One that does not exist is an error unless it is to be made.
func (a *modifyArgs) account(ctx context.Context, env *commands.Env, api modifier) (before admin.User, exists bool, err error) {
	if _, need := a.AskSecret(); need && env.DryRun {
		a.SetSecret("asked for when it runs") // masked in what is shown
	} else if need {
		return admin.User{}, false, &commands.UsageError{
			Message: "there is no terminal to ask for the password; use --password", Hint: "help user modify",
		}
	}
	account, err := api.User(ctx, a.User.UserID)
	switch {
	case err == nil:
		return account.Value, true, nil
	case admin.IsNotFound(err) && a.Create:
		return admin.User{}, false, nil
	case admin.IsNotFound(err):
		return admin.User{}, false, admin.NotFound("user %s does not exist on this server; --create would make it", a.User.UserID)
	}
	return admin.User{}, false, err
}

// partly marks an error after which some of several changes may have been made:
// the server applies one after the other.
func (a *modifyArgs) partly(err error) error {
	refused, ok := errors.AsType[*admin.Error](err)
	if !ok || refused.Code != admin.CodeFailed || len(a.changes()) < 2 {
		return err
	}
	marked := *refused
	marked.Sent = true
	return &marked
}

func (a *modifyArgs) change() admin.ModifyUser {
	change := admin.ModifyUser{Displayname: a.DisplayName, AvatarURL: a.AvatarURL, Admin: a.Admin, Locked: a.Lock}
	if a.Password != nil {
		password, logout := admin.Secret(*a.Password), !a.NoLogout
		change.Password, change.LogoutDevices = &password, &logout
	}
	if len(a.Threepid) > 0 || a.ClearThreepids {
		threepids := make([]admin.Threepid, 0, len(a.Threepid))
		for _, pair := range a.Threepid {
			threepids = append(threepids, admin.Threepid{Medium: pair[0], Address: pair[1]})
		}
		change.Threepids = &threepids
	}
	if a.Activate != nil {
		deactivated := !*a.Activate
		change.Deactivated = &deactivated
	}
	switch a.UserType {
	case "":
	case "regular":
		change.UserType = admin.Clear[string]()
	default:
		change.UserType = admin.Set(a.UserType)
	}
	return change
}

// modified is a changed or new account.
type modified struct {
	admin.Answer[admin.User]
	how modifying
}

// View says what was changed from what to what.
func (m modified) View() render.Doc {
	if !m.how.exists {
		return render.Doc{sentence("Made the account", m.how.user, "."), m.how.compared()}
	}
	return render.Doc{sentence("Changed", m.how.user, "."), m.how.compared()}
}
