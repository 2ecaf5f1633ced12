package background_test

import (
	"context"
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/background"
	"caretaker/commands/commandtest"
)

// homeserver has background updates.
type homeserver struct {
	commandtest.Log
	enabled bool
	status  string // JSON
	err     error
}

func (h *homeserver) answer(on bool) admin.Answer[admin.BackgroundUpdates] {
	if on {
		return commandtest.Answer[admin.BackgroundUpdates](`{"enabled": true, "x_new": 1}`)
	}
	return commandtest.Answer[admin.BackgroundUpdates](`{"enabled": false, "x_new": 1}`)
}

func (h *homeserver) BackgroundUpdatesEnabled(context.Context) (admin.Answer[admin.BackgroundUpdates], error) {
	h.Called("BackgroundUpdatesEnabled")
	return h.answer(h.enabled), h.err
}

func (h *homeserver) BackgroundStatus(context.Context) (admin.Answer[admin.BackgroundStatus], error) {
	h.Called("BackgroundStatus")
	return commandtest.Answer[admin.BackgroundStatus](h.status), h.err
}

func (h *homeserver) EnableBackgroundUpdates(_ context.Context, enabled bool) (admin.Answer[admin.BackgroundUpdates], error) {
	h.Called("EnableBackgroundUpdates", enabled)
	return h.answer(enabled), h.err
}

func (h *homeserver) StartBackgroundJob(_ context.Context, job admin.StartJob) (admin.Answer[admin.Done], error) {
	h.Called("StartBackgroundJob", job)
	return commandtest.Answer[admin.Done](`{}`), h.err
}

const (
	idle = `{"enabled": true, "current_updates": {}}`
	busy = `{"enabled": true, "x_new": 1, "current_updates": {
		"state": {"name": "state_group_index", "total_item_count": 40, "total_duration_ms": 1500.2, "average_items_per_ms": null},
		"master": {"name": "event_<b>stats", "total_item_count": 51200, "total_duration_ms": 3723000.5, "average_items_per_ms": 13.7}}}`
)

var queued = admin.Failed("cannot start job regenerate_directory: Job regenerate_directory is already in queue of background updates")

func TestExamples(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, background.Group)
}

func TestBackground(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line    string
		server  homeserver
		options []commandtest.Option
		want    commands.Status
	}{
		"idle":         {"background status", homeserver{enabled: true, status: idle}, nil, commands.StatusOK},
		"busy":         {"background status", homeserver{enabled: true, status: busy}, nil, commands.StatusOK},
		"off":          {"background status", homeserver{status: `{"enabled": false, "current_updates": {}}`}, []commandtest.Option{commandtest.Terminal()}, commands.StatusOK},
		"away":         {"background status", homeserver{status: idle, err: admin.Unavailable("cannot read the state")}, nil, commands.StatusUnavailable},
		"enable":       {"background enable", homeserver{}, nil, commands.StatusOK},
		"disable":      {"background disable", homeserver{}, nil, commands.StatusOK},
		"start":        {"background start regenerate_directory", homeserver{}, nil, commands.StatusOK},
		"start resign": {"background start event_resign --old-key ed25519:a_old --before 2026-01-01", homeserver{}, nil, commands.StatusOK},
		"queued":       {"background start regenerate_directory", homeserver{err: queued}, nil, commands.StatusFailed},
		"no such job":  {"background start vacuum", homeserver{}, nil, commands.StatusUsage},
		"wrong option": {"background start regenerate_directory --old-key a", homeserver{}, nil, commands.StatusUsage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := test.server
			ran := commandtest.Run(t, find(test.line), test.line, &server, test.options...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

func find(line string) *commands.Command {
	for _, c := range background.Group.Commands {
		if len(line) >= len(c.Name) && line[:len(c.Name)] == c.Name {
			return c
		}
	}
	panic("no command in " + line)
}

func TestRoles(t *testing.T) {
	t.Parallel()
	for line, role := range map[string]commands.Role{
		"background status": commands.Viewer, "background enable": commands.Admin, "background disable": commands.Admin,
		"background start regenerate_directory": commands.Admin,
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			server := &homeserver{status: idle}
			if got := commandtest.Try(t, find(line), line, server, commandtest.As(role-1)).Outcome.Status; got != commands.StatusDenied || len(server.Calls()) > 0 {
				t.Errorf("as %s got %s after %v, want denied", role-1, got, server.Calls())
			}
			if got := commandtest.Try(t, find(line), line, server, commandtest.As(role)).Outcome.Status; got != commands.StatusOK {
				t.Errorf("as %s got %s, want ok", role, got)
			}
		})
	}
}
