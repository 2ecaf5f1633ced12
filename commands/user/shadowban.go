package user

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var shadowBanCmd = commands.Define[shadowBanArgs, shadowBanner](commands.Meta{
	Name:    "user shadow-ban",
	Summary: "Hide what an account sends from everybody else, or lift that.",
	Detail: "The user gets no error and no notice, but nobody sees their messages and invitations. It can confuse clients; " +
		"usually it is better to suspend or lock the account.",
	Risk:     commands.Reversible,
	Nearest:  "help user suspend",
	Examples: []string{"user shadow-ban bob", "user shadow-ban bob --unban"},
})

type shadowBanner interface {
	ShadowBan(ctx context.Context, user id.UserID, ban bool) (admin.Answer[admin.Done], error)
}

type shadowBanArgs struct {
	User  commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	Unban bool             `short:"u" help:"Lift the shadow-ban."`
}

// Run bans the account or lifts the ban.
func (a *shadowBanArgs) Run(ctx context.Context, _ *commands.Env, api shadowBanner) (commands.Result, error) {
	answer, err := api.ShadowBan(ctx, a.User.UserID, !a.Unban)
	if err != nil {
		return nil, err
	}
	return shadowBanned{answer, a.User.UserID, a.Unban}, nil
}

// shadowBanned is an account whose shadow-ban was set or lifted.
type shadowBanned struct {
	admin.Answer[admin.Done]
	user   id.UserID
	lifted bool
}

// View says what happened and how to undo it.
func (s shadowBanned) View() render.Doc {
	if s.lifted {
		return render.Doc{sentence("Lifted the shadow-ban of", s.user, ".")}
	}
	return render.Doc{
		sentence("Shadow-banned", s.user, "."),
		render.Para{render.Command("user shadow-ban " + string(s.user) + " --unban"), render.Text(" lifts it.")},
	}
}
