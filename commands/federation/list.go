package federation

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var listCmd = commands.Define[listArgs, lister](commands.Meta{
	Name:    "federation list",
	Summary: "List the servers that this one sends to.",
	Detail: "Failures show up to twenty minutes late. The homeserver cannot select the failing ones: --failing reads all " +
		"pages and shows those of all.",
	Examples: []string{
		"federation list", "federation list --failing", "federation list -n example.net", "federation list --sort failure_ts -r",
	},
})

// lister lists destinations.
type lister interface {
	Destinations(ctx context.Context, query admin.DestinationQuery) (admin.Answer[admin.DestinationPage], error)
}

type listArgs struct {
	commands.Page
	Destination string `short:"n" value:"TEXT" help:"Only servers with this part in their name."`
	Failing     bool   `help:"Only servers that cannot be reached, out of all pages."`
	Sort        string `short:"s" value:"COLUMN" enum:"destination|retry_last_ts|retry_interval|failure_ts|last_successful_stream_ordering" help:"Sort by this column."`
	Reverse     bool   `short:"r" help:"Sort the other way round."`
}

// Run lists a page, or all that fail.
func (a *listArgs) Run(ctx context.Context, env *commands.Env, api lister) (commands.Result, error) {
	if a.Failing {
		return a.failing(ctx, api)
	}
	found, err := api.Destinations(env.Verbatim(ctx), a.query(a.From, a.Limit))
	if err != nil {
		return nil, err
	}
	return listed{found, a.From}, nil
}

func (a *listArgs) query(from, limit int) admin.DestinationQuery {
	return admin.DestinationQuery{From: from, Limit: limit, Destination: a.Destination, OrderBy: a.Sort, Reverse: a.Reverse}
}

type listed struct {
	admin.Answer[admin.DestinationPage]
	from int
}

// NextFrom implements [commands.Paged].
func (l listed) NextFrom() string { return string(l.Value.NextToken) }

// View shows a table.
func (l listed) View() render.Doc {
	heading := render.Heading{span(l.from, len(l.Value.Destinations), l.Value.Total, "server", "servers")}
	if len(l.Value.Destinations) == 0 {
		return render.Doc{heading}
	}
	return render.Doc{heading, table(l.Value.Destinations)}
}

// table shows servers, one per row.
func table(destinations []admin.Destination) render.Table {
	t := render.Table{Columns: []render.Column{
		{Name: "destination"},
		{Name: "state"},
		{Name: "failure_ts"},
		{Name: "retry_last_ts", Optional: true},
		{Name: "retry_interval", Optional: true},
	}}
	for _, d := range destinations {
		t.Rows = append(t.Rows, []render.Inline{
			render.ID(d.Destination), render.Text(state(d)), render.Millis(d.FailureTS), render.Millis(d.RetryLastTS), every(d.RetryInterval),
		})
	}
	return t
}
