package regtok

import (
	"context"
	"fmt"
	"time"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var listCmd = commands.Define[listArgs, lister](commands.Meta{
	Name:     "regtok list",
	Summary:  "List registration tokens.",
	Examples: []string{"regtok list", "regtok list --valid", "regtok list -V -o json --dt"},
})

// lister lists registration tokens: valid ones, others, or with nil all.
type lister interface {
	RegistrationTokens(ctx context.Context, valid *bool) (admin.Answer[admin.RegistrationTokens], error)
}

type listArgs struct {
	Valid *bool `short:"v" off:"V,invalid" help:"Show only valid tokens, or only those that are expired or used up."`
	commands.Times
}

// Run lists the tokens.
func (a *listArgs) Run(ctx context.Context, env *commands.Env, api lister) (commands.Result, error) {
	answer, err := api.RegistrationTokens(ctx, a.Valid)
	if err != nil {
		return nil, err
	}
	return listed{answer, a.Times, env.Now, env.Zone}, nil
}

// listed are registration tokens.
type listed struct {
	admin.Answer[admin.RegistrationTokens]
	times commands.Times
	now   time.Time
	zone  *time.Location
}

// MarshalJSON gives the server's answer, with dates where they are asked for.
func (l listed) MarshalJSON() ([]byte, error) { return dated(l.Raw, l.times, l.zone) }

// View shows a table.
func (l listed) View() render.Doc {
	count := fmt.Sprintf("%d registration tokens.", len(l.Value.Tokens))
	switch len(l.Value.Tokens) {
	case 0:
		count = "No registration tokens."
	case 1:
		count = "1 registration token."
	}
	return render.Doc{render.Para{render.Text(count)}, table(l.Value.Tokens, l.times, l.now)}
}
