package user

import (
	"context"
	"errors"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var rateLimitCmd = commands.Define[rateLimitArgs, limiter](commands.Meta{
	Name:    "user ratelimit",
	Summary: "Show how much an account may send, or change that.",
	Detail:  "By itself the server's configuration decides. 0 lifts a limit: bots often need that.",
	Examples: []string{
		"user ratelimit bob", "user ratelimit bridge --messages-per-second 0 --burst-count 0", "user ratelimit bob --clear",
	},
})

type limiter interface {
	RateLimit(ctx context.Context, user id.UserID) (admin.Answer[admin.RateLimit], error)
	SetRateLimit(ctx context.Context, user id.UserID, messagesPerSecond, burstCount int64) (admin.Answer[admin.RateLimit], error)
	ClearRateLimit(ctx context.Context, user id.UserID) (admin.Answer[admin.Done], error)
}

type rateLimitArgs struct {
	User              commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	MessagesPerSecond *int64           `min:"0" help:"Messages per second; 0 for any number."`
	BurstCount        *int64           `min:"0" help:"Messages at once before the other limit counts; 0 for any number."`
	Clear             bool             `help:"Let the server's configuration decide again."`
}

// Validate wants both numbers or none: the server takes the one that is missing for no limit.
func (a *rateLimitArgs) Validate() error {
	switch {
	case (a.MessagesPerSecond == nil) != (a.BurstCount == nil):
		return errors.New("--messages-per-second and --burst-count go together")
	case a.MessagesPerSecond != nil && a.Clear:
		return errors.New("--clear and new limits contradict each other")
	}
	return nil
}

// Risk is that of a change when there is one.
func (a *rateLimitArgs) Risk() (commands.Risk, commands.Role) {
	if a.MessagesPerSecond == nil && !a.Clear {
		return commands.Read, commands.Viewer
	}
	return commands.Reversible, commands.Operator
}

// Preview shows what is.
func (a *rateLimitArgs) Preview(ctx context.Context, _ *commands.Env, api limiter) (commands.Result, error) {
	return a.read(ctx, api)
}

// Run shows, sets or clears the limits.
func (a *rateLimitArgs) Run(ctx context.Context, _ *commands.Env, api limiter) (commands.Result, error) {
	switch {
	case a.Clear:
		answer, err := api.ClearRateLimit(ctx, a.User.UserID)
		if err != nil {
			return nil, err
		}
		return limitsCleared{answer, a.User.UserID}, nil
	case a.MessagesPerSecond == nil:
		return a.read(ctx, api)
	}
	answer, err := api.SetRateLimit(ctx, a.User.UserID, *a.MessagesPerSecond, *a.BurstCount)
	if err != nil {
		return nil, err
	}
	return limits{answer, a.User.UserID}, nil
}

func (a *rateLimitArgs) read(ctx context.Context, api limiter) (commands.Result, error) {
	answer, err := api.RateLimit(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	return limits{answer, a.User.UserID}, nil
}

// limits are how much an account may send.
type limits struct {
	admin.Answer[admin.RateLimit]
	user id.UserID
}

// View says whether there are limits of its own, and which.
func (l limits) View() render.Doc {
	if !l.Value.Overridden() {
		return render.Doc{render.Para{render.ID(l.user), render.Text(" has the limits of the server's configuration.")}}
	}
	return render.Doc{
		render.Para{render.ID(l.user), render.Text(" has limits of its own:")},
		render.Fields{
			{Name: "messages_per_second", Value: limit(l.Value.MessagesPerSecond)},
			{Name: "burst_count", Value: limit(l.Value.BurstCount)},
		},
	}
}

// limit is a number; 0 stands for none.
func limit(n *int64) render.Inline {
	if n == nil || *n == 0 {
		return render.Text("unlimited")
	}
	return render.Int(*n)
}

// limitsCleared is an account for which the configuration counts again.
type limitsCleared struct {
	admin.Answer[admin.Done]
	user id.UserID
}

// View says so.
func (l limitsCleared) View() render.Doc {
	return render.Doc{render.Para{render.ID(l.user), render.Text(" has the limits of the server's configuration again.")}}
}
