package task

import (
	"context"
	"fmt"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var listCmd = commands.Define[listArgs, lister](commands.Meta{
	Name:    "task list",
	Summary: "List what the homeserver works on, and what it finished in the last week.",
	Detail: "Five tasks run at a time, the others wait. Actions are shutdown_and_purge_room, purge_room, purge_history, " +
		"redact_all_events, update_join_states, delete_device_messages and delete_old_otks.",
	Examples: []string{
		"task list", "task list --status failed", "task list --action purge_history --status active --status scheduled",
		"task list --resource !abc:example.org",
	},
})

// lister lists tasks.
type lister interface {
	Tasks(ctx context.Context, query admin.TaskQuery) (admin.Answer[admin.ScheduledTasks], error)
}

type listArgs struct {
	Action   []string `value:"ACTION" help:"Only tasks that do this."`
	Status   []string `value:"STATUS" enum:"scheduled|active|complete|cancelled|failed" help:"Only tasks in this state."`
	Resource string   `value:"ID" help:"Only tasks on this room, user or device."`
}

// Run lists the tasks.
func (a *listArgs) Run(ctx context.Context, _ *commands.Env, api lister) (commands.Result, error) {
	found, err := api.Tasks(ctx, admin.TaskQuery{Actions: a.Action, Statuses: a.Status, Resource: a.Resource})
	if err != nil {
		return nil, err
	}
	return listed{found}, nil
}

type listed struct {
	admin.Answer[admin.ScheduledTasks]
}

// View shows a table.
func (l listed) View() render.Doc {
	heading := render.Heading{render.Text(count(len(l.Value.Tasks)))}
	if len(l.Value.Tasks) == 0 {
		return render.Doc{heading}
	}
	table := render.Table{Columns: []render.Column{
		{Name: "action"},
		{Name: "status"},
		{Name: "timestamp_ms"},
		{Name: "resource_id"},
		{Name: "id", Optional: true},
		{Name: "error", Free: true},
	}}
	for _, task := range l.Value.Tasks {
		table.Rows = append(table.Rows, []render.Inline{
			render.Outside(task.Action), render.Outside(task.Status), render.Millis(task.TimestampMS),
			known(task.ResourceID, render.ID(task.ResourceID)), render.ID(task.ID), known(task.Error, render.Outside(task.Error)),
		})
	}
	return render.Doc{heading, table}
}

// known is a value that some tasks do not have.
func known(text string, value render.Inline) render.Inline {
	if text == "" {
		return render.Unknown{}
	}
	return value
}

func count(n int) string {
	switch n {
	case 0:
		return "No tasks"
	case 1:
		return "1 task"
	}
	return fmt.Sprintf("%d tasks", n)
}
