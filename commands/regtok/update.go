package regtok

import (
	"context"
	"errors"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var updateCmd = commands.Define[updateArgs, updater](commands.Meta{
	Name:     "regtok update",
	Summary:  "Change how often and how long a registration token can be used.",
	Risk:     commands.Reversible,
	Examples: []string{"regtok update spring-2026 -u 100", "regtok update spring-2026 --uses-allowed -1 --expiry-ts -1", "regtok update spring-2026 -e 30d"},
})

type updater interface {
	UpdateRegistrationToken(ctx context.Context, token string, change admin.UpdateRegistrationToken) (admin.Answer[admin.RegistrationToken], error)
}

type updateArgs struct {
	Token       commands.RegToken `arg:"TOKEN" help:"The token."`
	UsesAllowed *int64            `short:"u" min:"-1" help:"How often it can be used; -1 is any number of times, 0 stops it."`
	ExpiryTS    *int64            `short:"t" long:"expiry-ts" min:"-1" value:"MS" help:"When it expires, in milliseconds since 1970; -1 is never."`
	ExpireAt    *commands.Date    `short:"e" when:"ahead" help:"When it expires."`
}

// Validate refuses two times of expiry, and a call that changes nothing.
func (a *updateArgs) Validate() error {
	if a.UsesAllowed == nil && a.ExpiryTS == nil && a.ExpireAt == nil {
		return errors.New("there is nothing to change; use --uses-allowed, --expiry-ts or --expire-at")
	}
	return oneExpiry(a.ExpiryTS, a.ExpireAt)
}

// Run changes the token.
func (a *updateArgs) Run(ctx context.Context, _ *commands.Env, api updater) (commands.Result, error) {
	change := admin.UpdateRegistrationToken{UsesAllowed: limit(a.UsesAllowed), ExpiryTime: limit(a.ExpiryTS)}
	if a.ExpireAt != nil {
		change.ExpiryTime = admin.Set(a.ExpireAt.Milli())
	}
	answer, err := api.UpdateRegistrationToken(ctx, string(a.Token), change)
	if err != nil {
		return nil, err
	}
	return updated{answer}, nil
}

// limit is the change that an option asks for: -1 takes the limit away.
func limit(n *int64) admin.Change[int64] {
	switch {
	case n == nil:
		return admin.Change[int64]{}
	case *n == -1:
		return admin.Clear[int64]()
	}
	return admin.Set(*n)
}

// updated is a changed registration token.
type updated struct {
	admin.Answer[admin.RegistrationToken]
}

// View says in words what the token allows now.
func (u updated) View() render.Doc {
	return render.Doc{
		render.Para{render.Text("Changed the registration token "), render.ID(u.Value.Token), render.Text(".")},
		render.Para{limits(u.Value)},
	}
}
