package federation

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var resetCmd = commands.Define[resetArgs, resetter](commands.Meta{
	Name:    "federation reset",
	Summary: "Have another server tried again at once.",
	Detail: "After a failure the homeserver waits longer and longer before it tries again. One that can be reached needs no " +
		"reset, and the homeserver refuses it.",
	Risk:     commands.Reversible,
	Examples: []string{"federation reset example.net"},
})

// resetter has servers tried again.
type resetter interface {
	ResetDestination(ctx context.Context, destination string) (admin.Answer[admin.Done], error)
}

type resetArgs struct{ destination }

// Run resets the server.
func (a *resetArgs) Run(ctx context.Context, _ *commands.Env, api resetter) (commands.Result, error) {
	answer, err := api.ResetDestination(ctx, a.Name)
	if err != nil {
		return nil, err
	}
	return reset{answer, a.Name}, nil
}

type reset struct {
	admin.Answer[admin.Done]
	destination string
}

// View says what happens next.
func (r reset) View() render.Doc {
	return render.Doc{render.Para{render.ID(r.destination), render.Text(" is tried again now. "),
		render.Command("federation details " + r.destination), render.Text(" shows how that went.")}}
}
