package user

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var lockCmd = commands.Define[lockArgs, locker](commands.Meta{
	Name:     "user lock",
	Summary:  "Keep an account from being used, without logging it out.",
	Risk:     commands.Reversible,
	Examples: []string{"user lock bob", "user lock author --reason \"asks for passwords\""},
})

var unlockCmd = commands.Define[unlockArgs, locker](commands.Meta{
	Name:     "user unlock",
	Summary:  "Let a locked account be used again.",
	Risk:     commands.Reversible,
	Examples: []string{"user unlock bob"},
})

// locker needs the details, since locking an account that does not exist would make it.
type locker interface {
	reader
	Lock(ctx context.Context, user id.UserID, locked bool) (admin.Answer[admin.User], error)
}

type lockArgs struct {
	User commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
}

// Run locks the account.
func (a *lockArgs) Run(ctx context.Context, _ *commands.Env, api locker) (commands.Result, error) {
	return setLocked(ctx, api, a.User.UserID, true)
}

type unlockArgs struct {
	User commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
}

// Run unlocks the account.
func (a *unlockArgs) Run(ctx context.Context, _ *commands.Env, api locker) (commands.Result, error) {
	return setLocked(ctx, api, a.User.UserID, false)
}

func setLocked(ctx context.Context, api locker, user id.UserID, locked bool) (commands.Result, error) {
	before, err := api.User(ctx, user)
	if err != nil {
		return nil, err
	}
	after, err := api.Lock(ctx, user, locked)
	if err != nil {
		return nil, err
	}
	return lockSet{after, user, locked, before.Value.Locked}, nil
}

// lockSet is an account that was locked or unlocked.
type lockSet struct {
	admin.Answer[admin.User]
	user        id.UserID
	locked, was bool
}

// View says what happened.
func (l lockSet) View() render.Doc {
	done, state := "Unlocked", "unlocked"
	if l.locked {
		done, state = "Locked", "locked"
	}
	if l.locked == l.was {
		return render.Doc{render.Para{render.ID(l.user), render.Text(" was " + state + " already.")}}
	}
	return render.Doc{sentence(done, l.user, ".")}
}
