package regtok

import (
	"context"
	"errors"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var newCmd = commands.Define[newArgs, maker](commands.Meta{
	Name:     "regtok new",
	Summary:  "Make a registration token.",
	Risk:     commands.Reversible,
	Examples: []string{"regtok new --uses-allowed 1 --expire-at 7d", "regtok new -n spring-2026 -u 50 -e 2026-06-01", "regtok new"},
})

type maker interface {
	NewRegistrationToken(ctx context.Context, token admin.NewRegistrationToken) (admin.Answer[admin.RegistrationToken], error)
}

type newArgs struct {
	Token       commands.RegToken `short:"n" help:"The token: letters, digits and ._~- (without it, a random one)."`
	Length      int               `short:"l" default:"16" min:"1" help:"Length of a random token."`
	UsesAllowed *int64            `short:"u" min:"0" help:"How often it can be used (without it, any number of times)."`
	ExpiryTS    *int64            `short:"t" long:"expiry-ts" min:"1" value:"MS" help:"When it expires, in milliseconds since 1970 (without it, never)."`
	ExpireAt    *commands.Date    `short:"e" when:"ahead" help:"When it expires (without it, never)."`
}

// Validate refuses two times of expiry.
func (a *newArgs) Validate() error { return oneExpiry(a.ExpiryTS, a.ExpireAt) }

func oneExpiry(ts *int64, at *commands.Date) error {
	if ts != nil && at != nil {
		return errors.New("--expiry-ts and --expire-at cannot be used together")
	}
	return nil
}

// Run makes the token.
func (a *newArgs) Run(ctx context.Context, _ *commands.Env, api maker) (commands.Result, error) {
	token := admin.NewRegistrationToken{
		Token: string(a.Token), Length: a.Length, UsesAllowed: a.UsesAllowed, ExpiryTime: a.ExpiryTS,
	}
	if a.ExpireAt != nil {
		ms := a.ExpireAt.Milli()
		token.ExpiryTime = &ms
	}
	answer, err := api.NewRegistrationToken(ctx, token)
	if err != nil {
		return nil, err
	}
	return made{answer}, nil
}

// made is a new registration token.
type made struct {
	admin.Answer[admin.RegistrationToken]
}

// View shows the token and says in words what it allows.
func (m made) View() render.Doc {
	return render.Doc{
		render.Para{render.Text("Made the registration token "), render.ID(m.Value.Token), render.Text(".")},
		render.Para{limits(m.Value)},
	}
}
