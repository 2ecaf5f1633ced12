package background

import (
	"context"
	"maps"
	"slices"
	"time"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var statusCmd = commands.Define[statusArgs, observer](commands.Meta{
	Name:     "background status",
	Summary:  "Show whether background updates run, and which.",
	Detail:   "The server tells only about the one that it is working on, and not how much is left.",
	Examples: []string{"background status"},
})

// observer looks at background updates.
type observer interface {
	BackgroundUpdatesEnabled(ctx context.Context) (admin.Answer[admin.BackgroundUpdates], error)
	BackgroundStatus(ctx context.Context) (admin.Answer[admin.BackgroundStatus], error)
}

type statusArgs struct{}

// Run asks whether they are switched on, and what runs.
func (a *statusArgs) Run(ctx context.Context, _ *commands.Env, api observer) (commands.Result, error) {
	enabled, err := api.BackgroundUpdatesEnabled(ctx)
	if err != nil {
		return nil, err
	}
	running, err := api.BackgroundStatus(ctx)
	if err != nil {
		return nil, err
	}
	return status{running, *enabled.Value.Enabled}, nil
}

type status struct {
	admin.Answer[admin.BackgroundStatus]
	enabled bool
}

// View shows one row for each database.
func (s status) View() render.Doc {
	doc := render.Doc{s.summary()}
	if len(s.Value.Current) == 0 {
		return doc
	}
	table := render.Table{Columns: []render.Column{
		{Name: "name"},
		{Name: "items", Right: true},
		{Name: "for"},
		{Name: "database", Optional: true},
	}}
	for _, database := range slices.Sorted(maps.Keys(s.Value.Current)) {
		update := s.Value.Current[database]
		took := time.Duration(update.TotalDuration * float64(time.Millisecond)).Round(time.Second)
		table.Rows = append(table.Rows, []render.Inline{
			render.Outside(update.Name), render.Int(update.TotalItemCount), render.Text(took.String()), render.Outside(database),
		})
	}
	return append(doc, table)
}

func (s status) summary() render.Para {
	switch {
	case !s.enabled:
		return render.Para{render.Text("Background updates are switched off. "),
			render.Command("background enable"), render.Text(" lets them go on.")}
	case len(s.Value.Current) == 0:
		return render.Para{render.Text("Background updates are switched on, and there is nothing to do.")}
	}
	return render.Para{render.Text("Background updates are switched on. This runs:")}
}
