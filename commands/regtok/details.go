package regtok

import (
	"context"
	"time"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var detailsCmd = commands.Define[detailsArgs, reader](commands.Meta{
	Name:     "regtok details",
	Summary:  "Show a registration token.",
	Examples: []string{"regtok details spring-2026"},
})

type detailsArgs struct {
	Token commands.RegToken `arg:"TOKEN" help:"The token."`
	commands.Times
}

// Run reads the token.
func (a *detailsArgs) Run(ctx context.Context, env *commands.Env, api reader) (commands.Result, error) {
	answer, err := api.RegistrationToken(ctx, string(a.Token))
	if err != nil {
		return nil, err
	}
	return details{answer, a.Times, env.Now, env.Zone}, nil
}

// details is one registration token.
type details struct {
	admin.Answer[admin.RegistrationToken]
	times commands.Times
	now   time.Time
	zone  *time.Location
}

// MarshalJSON gives the server's answer, with dates where they are asked for.
func (d details) MarshalJSON() ([]byte, error) { return dated(d.Raw, d.times, d.zone) }

// View lists what is known.
func (d details) View() render.Doc { return render.Doc{fields(d.Value, d.times, d.now)} }
