package report

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var deleteCmd = commands.Define[deleteArgs, deleter](commands.Meta{
	Name:     "report delete",
	Summary:  "Close a report by deleting it; what it is about stays.",
	Risk:     commands.Reversible,
	Examples: []string{"report delete 12", "report delete 3 -k user"},
})

// deleter forgets reports.
type deleter interface {
	DeleteEventReport(ctx context.Context, report int64) (admin.Answer[admin.Done], error)
	DeleteUserReport(ctx context.Context, report int64) (admin.Answer[admin.Done], error)
}

type deleteArgs struct {
	kind
	number
}

// Run deletes the report.
func (a *deleteArgs) Run(ctx context.Context, _ *commands.Env, api deleter) (commands.Result, error) {
	remove := api.DeleteEventReport
	if a.ofUsers() {
		remove = api.DeleteUserReport
	}
	done, err := remove(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	return deleted{done, a.Kind, a.ID}, nil
}

type deleted struct {
	admin.Answer[admin.Done]
	kind string
	id   int64
}

// View implements [commands.Result].
func (d deleted) View() render.Doc {
	return render.Doc{render.Para{render.Text("Deleted " + d.kind + " report "), render.Int(d.id), render.Text("; what it is about stays.")}}
}
