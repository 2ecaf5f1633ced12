package task_test

import (
	"context"
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/task"
)

// homeserver has scheduled tasks.
type homeserver struct {
	commandtest.Log
	list string // JSON
	err  error
}

func (h *homeserver) Tasks(_ context.Context, query admin.TaskQuery) (admin.Answer[admin.ScheduledTasks], error) {
	h.Called("Tasks", query)
	if h.err != nil {
		return admin.Answer[admin.ScheduledTasks]{}, h.err
	}
	return commandtest.Answer[admin.ScheduledTasks](h.list), nil
}

const some = `{"scheduled_tasks": [
	{"id": "GSA124oegf1", "action": "shutdown_and_purge_room", "status": "complete", "timestamp_ms": 1772362800000,
	 "resource_id": "!spam:example.org", "result": {"kicked_users": []}, "error": null},
	{"id": "KwTjAmLLVsMgTnvk", "action": "purge_history", "status": "failed", "timestamp_ms": 1772449200000,
	 "resource_id": "!lobby:example.org", "result": null, "error": "cannot <b>purge</b> the room"},
	{"id": "x", "action": "delete_old_otks", "status": "scheduled", "timestamp_ms": 1772539200000, "resource_id": null, "x_new": 1}]}`

func TestExamples(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, task.Group)
}

func TestList(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line    string
		server  homeserver
		options []commandtest.Option
		want    commands.Status
	}{
		"some":        {"task list", homeserver{list: some}, []commandtest.Option{commandtest.As(commands.Viewer)}, commands.StatusOK},
		"on terminal": {"task list", homeserver{list: some}, []commandtest.Option{commandtest.Terminal()}, commands.StatusOK},
		"none":        {"task list", homeserver{list: `{"scheduled_tasks": []}`}, nil, commands.StatusOK},
		"selected": {"task list --action purge_history --status active --status failed --resource !a:example.org",
			homeserver{list: `{"scheduled_tasks": []}`}, nil, commands.StatusOK},
		"no such status": {"task list --status done", homeserver{}, nil, commands.StatusUsage},
		"away":           {"task list", homeserver{err: admin.Unavailable("cannot list tasks: no homeserver can be reached at 127.0.0.1:8008")}, nil, commands.StatusUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := test.server
			ran := commandtest.Run(t, task.Group.Commands[0], test.line, &server, test.options...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}
