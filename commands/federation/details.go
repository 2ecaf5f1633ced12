package federation

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var detailsCmd = commands.Define[detailsArgs, reader](commands.Meta{
	Name:     "federation details",
	Summary:  "Show whether another server can be reached.",
	Examples: []string{"federation details example.net"},
})

// destination is embedded by the arguments of commands about one server.
type destination struct {
	Name string `arg:"DEST" help:"Name of the other server, as in user ids."`
}

type detailsArgs struct{ destination }

// Run reads the server's state.
func (a *detailsArgs) Run(ctx context.Context, _ *commands.Env, api reader) (commands.Result, error) {
	found, err := api.Destination(ctx, a.Name)
	if err != nil {
		return nil, err
	}
	return details{found}, nil
}

type details struct {
	admin.Answer[admin.Destination]
}

// View says how the server can be reached, then all that is known.
func (d details) View() render.Doc {
	words := render.Para{render.ID(d.Value.Destination), render.Text(" can be reached, as far as is known.")}
	if d.Value.Failing() {
		words = render.Para{render.ID(d.Value.Destination), render.Text(" cannot be reached. "),
			render.Command("federation reset " + d.Value.Destination), render.Text(" has it tried again at once.")}
	}
	facts := render.Object(d.Raw, "destination", "failure_ts", "retry_last_ts", "retry_interval")
	for i := range facts {
		if facts[i].Name == "retry_interval" {
			facts[i].Value = every(d.Value.RetryInterval)
		}
	}
	return render.Doc{words, facts}
}
