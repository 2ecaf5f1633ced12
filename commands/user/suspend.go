package user

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var suspendCmd = commands.Define[suspendArgs, suspender](commands.Meta{
	Name:     "user suspend",
	Summary:  "Keep an account from writing and joining rooms, or lift that.",
	Detail:   "A suspended user can still log in, read, leave rooms and redact own messages.",
	Risk:     commands.Reversible,
	Nearest:  "help user lock",
	Examples: []string{"user suspend bob", "user suspend bob --unsuspend"},
})

type suspender interface {
	Suspend(ctx context.Context, user id.UserID, suspend bool) (admin.Answer[admin.Done], error)
}

type suspendArgs struct {
	User      commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	Unsuspend bool             `short:"U" help:"Lift the suspension."`
}

// Run suspends the account or lifts its suspension.
func (a *suspendArgs) Run(ctx context.Context, _ *commands.Env, api suspender) (commands.Result, error) {
	answer, err := api.Suspend(ctx, a.User.UserID, !a.Unsuspend)
	if err != nil {
		return nil, err
	}
	return suspended{answer, a.User.UserID, a.Unsuspend}, nil
}

// suspended is an account whose suspension was set or lifted.
type suspended struct {
	admin.Answer[admin.Done]
	user   id.UserID
	lifted bool
}

// View says what happened and how to undo it.
func (s suspended) View() render.Doc {
	if s.lifted {
		return render.Doc{sentence("Lifted the suspension of", s.user, ".")}
	}
	return render.Doc{
		sentence("Suspended", s.user, "."),
		render.Para{render.Command("user suspend " + string(s.user) + " --unsuspend"), render.Text(" lifts it.")},
	}
}
