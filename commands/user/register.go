package user

import (
	"context"
	"fmt"
	"strings"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var registerCmd = commands.Define[registerArgs, registrar](commands.Meta{
	Name:     "user register",
	Summary:  "Make an account with a password.",
	Detail:   "Needs homeserver.registration_shared_secret. In a room, a password is made and sent to you in a direct message.",
	Risk:     commands.Reversible,
	Role:     commands.Admin,
	Secret:   true,
	Nearest:  "help user modify",
	Examples: []string{"user register bob", "user register bob --display-name \"Bob Ross\" --generate", "user register helper --user-type bot"},
})

type registrar interface {
	Register(ctx context.Context, user admin.NewUser) (admin.Answer[admin.Registered], error)
}

type registerArgs struct {
	User commands.UserRef `arg:"LOCALPART" help:"Name of the account on this server, such as bob."`
	newPassword
	Admin       bool   `help:"Make the account a server admin. Needs the role owner."`
	DisplayName string `value:"NAME" help:"Display name, where it is not the localpart."`
	UserType    string `value:"TYPE" help:"Type of the account: bot, support, or one that the server is configured for."`
}

// Risk is higher for server admins.
func (a *registerArgs) Risk() (commands.Risk, commands.Role) {
	if a.Admin {
		return commands.Reversible, commands.Owner
	}
	return commands.Reversible, commands.Admin
}

// Validate refuses names that the server would change by itself.
func (a *registerArgs) Validate() error {
	if localpart := a.User.Localpart(); localpart != strings.ToLower(localpart) {
		return fmt.Errorf("user names are lower case: %s", strings.ToLower(localpart))
	}
	return a.newPassword.Validate()
}

// Preview says what would be made.
func (a *registerArgs) Preview(_ context.Context, env *commands.Env, _ registrar) (commands.Result, error) {
	if err := a.local(env); err != nil {
		return nil, err
	}
	return registering{a}, nil
}

// Run registers the account.
func (a *registerArgs) Run(ctx context.Context, env *commands.Env, api registrar) (commands.Result, error) {
	if err := a.local(env); err != nil {
		return nil, err
	}
	password, err := a.choose(env, "user register")
	if err != nil {
		return nil, err
	}
	answer, err := api.Register(ctx, admin.NewUser{
		Localpart: a.User.Localpart(), Password: password.password,
		Displayname: a.DisplayName, UserType: a.UserType, Admin: a.Admin,
	})
	if err != nil {
		return nil, err
	}
	done := registered{answer, password, a.Admin}
	if password.made {
		return registeredSecretly{done}, nil
	}
	return done, nil
}

func (a *registerArgs) local(env *commands.Env) error {
	if env.Local(a.User.UserID) {
		return nil
	}
	e := admin.Failed("%s is not a name on %s, so it cannot be registered here", a.User.UserID, env.ServerName)
	e.Hint = "help user register"
	return e
}

// registering is an account that would be made.
type registering struct{ args *registerArgs }

// View describes it.
func (r registering) View() render.Doc {
	what := "Make the account"
	if r.args.Admin {
		what = "Make the server admin"
	}
	return render.Doc{sentence(what, r.args.User.UserID, "?")}
}

// registered is a new account.
type registered struct {
	admin.Answer[admin.Registered]
	chosen
	admin bool
}

// MarshalJSON gives the server's answer; a terminal gets a password that was made with it.
func (r registered) MarshalJSON() ([]byte, error) { return r.json(r.Raw) }

// View says what was made, without the password.
func (r registered) View() render.Doc {
	what := "Registered"
	if r.admin {
		what = "Registered the server admin"
	}
	return append(render.Doc{sentence(what, r.Value.UserID, ".")}, r.announce()...)
}

// registeredSecretly is a new account with a password that nobody knows yet.
type registeredSecretly struct{ registered }

// SecretView shows the password that was made.
func (r registeredSecretly) SecretView() render.Doc { return r.reveal(r.Value.UserID) }
