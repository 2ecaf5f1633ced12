package background

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var enableCmd = commands.Define[enableArgs, switcher](commands.Meta{
	Name:     "background enable",
	Summary:  "Let background updates go on.",
	Risk:     commands.Reversible,
	Role:     commands.Admin,
	Examples: []string{"background enable"},
})

var disableCmd = commands.Define[disableArgs, switcher](commands.Meta{
	Name:    "background disable",
	Summary: "Stop background updates until the homeserver is restarted.",
	Detail: "What the database is doing at this moment is not interrupted. A restart of the homeserver switches them on " +
		"again.",
	Risk:     commands.Reversible,
	Role:     commands.Admin,
	Examples: []string{"background disable"},
})

// switcher switches background updates on and off.
type switcher interface {
	EnableBackgroundUpdates(ctx context.Context, enabled bool) (admin.Answer[admin.BackgroundUpdates], error)
}

type (
	enableArgs  struct{}
	disableArgs struct{}
)

// Run switches background updates on.
func (a *enableArgs) Run(ctx context.Context, _ *commands.Env, api switcher) (commands.Result, error) {
	return flip(ctx, api, true)
}

// Run switches background updates off.
func (a *disableArgs) Run(ctx context.Context, _ *commands.Env, api switcher) (commands.Result, error) {
	return flip(ctx, api, false)
}

func flip(ctx context.Context, api switcher, on bool) (commands.Result, error) {
	answer, err := api.EnableBackgroundUpdates(ctx, on)
	if err != nil {
		return nil, err
	}
	return flipped{answer, on}, nil
}

type flipped struct {
	admin.Answer[admin.BackgroundUpdates]
	on bool
}

// View says how they are now.
func (f flipped) View() render.Doc {
	if f.on {
		return render.Doc{render.Para{render.Text("Background updates are switched on.")}}
	}
	return render.Doc{render.Para{render.Text("Background updates are switched off until the homeserver is restarted.")}}
}
