package user

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var loginCmd = commands.Define[loginArgs, impersonator](commands.Meta{
	Name:    "user login",
	Summary: "Make an access token with which you act as somebody else.",
	Detail: "Without an option it ends after a day. The token has no device, so the user does not see it. It ends earlier by a " +
		"logout with itself, or when the account that made it logs out everywhere; the user's own logout does not end it. " +
		"In a room it is sent to you in a direct message.",
	Risk:     commands.Destructive,
	Secret:   true,
	Examples: []string{"user login bob", "user login bob --expire-days 7", "user login bob --expire \"tomorrow 18:00\"", "user login bob --expire-never"},
})

type impersonator interface {
	reader
	LoginAs(ctx context.Context, user id.UserID, until time.Time) (admin.Answer[admin.LoginToken], error)
}

type loginArgs struct {
	User        commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	ExpireDays  *int             `short:"d" min:"1" value:"DAYS" help:"The token ends after so many days; one without any of these options."`
	Expire      *commands.Date   `when:"ahead" help:"The token ends at this date."`
	ExpireTS    *int64           `long:"expire-ts" min:"1" value:"MS" help:"The token ends at this time, in milliseconds since 1970."`
	ExpireNever bool             `help:"The token never ends by itself."`
}

// Validate refuses several ends.
func (a *loginArgs) Validate() error {
	given := 0
	for _, is := range []bool{a.ExpireDays != nil, a.Expire != nil, a.ExpireTS != nil, a.ExpireNever} {
		if is {
			given++
		}
	}
	if given > 1 {
		return errors.New("only one of --expire-days, --expire, --expire-ts and --expire-never can be used")
	}
	return nil
}

// until is when the token ends, the zero time for never.
func (a *loginArgs) until(env *commands.Env) (time.Time, error) {
	var until time.Time
	switch {
	case a.ExpireNever:
		return until, nil
	case a.ExpireDays != nil:
		until = env.Now.UTC().AddDate(0, 0, *a.ExpireDays) // days of 24 hours
	case a.Expire != nil:
		until = a.Expire.Time
	case a.ExpireTS != nil:
		until = time.UnixMilli(*a.ExpireTS)
	default:
		until = env.Now.UTC().AddDate(0, 0, 1)
	}
	if !until.After(env.Now) {
		e := admin.Failed("cannot log in as user %s: the token would have ended already, at %s", a.User.UserID, until.In(env.Zone).Format(time.RFC3339))
		e.Hint = "help user login"
		return until, e
	}
	return until, nil
}

// Preview shows whose account would be open.
func (a *loginArgs) Preview(ctx context.Context, env *commands.Env, api impersonator) (commands.Result, error) {
	until, err := a.until(env)
	if err != nil {
		return nil, err
	}
	account, err := api.User(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	return impersonating{account, until}, nil
}

// Run makes the token.
func (a *loginArgs) Run(ctx context.Context, env *commands.Env, api impersonator) (commands.Result, error) {
	until, err := a.until(env)
	if err != nil {
		return nil, err
	}
	answer, err := api.LoginAs(ctx, a.User.UserID, until)
	if err != nil {
		return nil, err
	}
	return impersonated{answer, a.User.UserID, until, env.Door == commands.DoorTerminal}, nil
}

// impersonating is what a token would open.
type impersonating struct {
	admin.Answer[admin.User]
	until time.Time
}

// View shows the account and asks for care.
func (i impersonating) View() render.Doc {
	return render.Doc{
		sentence("Make an access token for", i.Value.UserID, "?"),
		brief(i.Value),
		render.List{
			{render.Text("Whoever has it can read and do everything as this user. Please respect their privacy.")},
			ending(i.until),
		},
	}
}

// ending says when a token ends.
func ending(until time.Time) render.Para {
	if until.IsZero() {
		return render.Para{render.Text("The token never ends by itself.")}
	}
	return render.Para{render.Text("The token ends at "), render.Time(until), render.Text(".")}
}

// impersonated is a new access token for somebody else's account.
type impersonated struct {
	admin.Answer[admin.LoginToken]
	user     id.UserID
	until    time.Time
	terminal bool
}

// MarshalJSON gives the server's answer; outside of a terminal others would see it, and the token is masked.
func (i impersonated) MarshalJSON() ([]byte, error) {
	if i.terminal {
		return i.Raw, nil
	}
	return json.Marshal(i.Value)
}

// View says what was made, without the token.
func (i impersonated) View() render.Doc {
	doc := render.Doc{sentence("Made an access token for", i.user, "."), ending(i.until)}
	if i.terminal {
		return doc
	}
	return append(doc, render.Para{render.Text("You get it in a direct message.")})
}

// SecretView shows the token.
func (i impersonated) SecretView() render.Doc {
	return render.Doc{sentence("Access token for", i.user, ":"), render.Code{Text: i.Value.AccessToken.Reveal()}}
}
