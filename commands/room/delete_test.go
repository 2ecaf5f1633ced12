package room_test

import (
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
)

const (
	started  = `{"delete_id": "PzbHhmOm"}`
	active   = `{"delete_id": "PzbHhmOm", "room_id": "!spam:example.org", "status": "active", "shutdown_room": {"kicked_users": ["@bob:example.org"], "failed_to_kick_users": [], "local_aliases": [], "new_room_id": null}}`
	complete = `{"delete_id": "PzbHhmOm", "room_id": "!spam:example.org", "status": "complete", "shutdown_room": {"kicked_users": ["@bob:example.org", "@eve:example.org"], "failed_to_kick_users": [], "local_aliases": ["#spam:example.org"], "new_room_id": "!new:example.org"}}`
	partly   = `{"delete_id": "PzbHhmOm", "room_id": "!spam:example.org", "status": "complete", "shutdown_room": {"kicked_users": [], "failed_to_kick_users": ["@bob:example.org"], "local_aliases": []}}`
	failed   = `{"delete_id": "PzbHhmOm", "room_id": "!spam:example.org", "status": "failed", "shutdown_room": null}`
	why      = `{"scheduled_tasks": [{"id": "other", "status": "failed", "error": "no"}, {"id": "PzbHhmOm", "status": "failed", "error": "Users are still joined to this room\n"}]}`
)

func TestDelete(t *testing.T) {
	t.Parallel()
	spam := server{room: spamRoom, members: spamMembers, deletion: started, alias: `{"room_id": "!spam:example.org", "servers": []}`}
	followed := func(statuses ...string) server {
		s := server{room: spamRoom, members: spamMembers, deletion: started, tasks: why, statuses: statuses}
		return s
	}
	away := followed(complete)
	away.statusErr = admin.Unavailable("no homeserver can be reached at 127.0.0.1:8008")
	for name, test := range map[string]struct {
		line   string
		server *server
		again  int
		role   commands.Role
		want   commands.Status
	}{
		"start":            {line: "room delete #spam --block", server: &spam, want: commands.StatusAccepted},
		"to the end":       {line: "room delete !spam:example.org", server: ptr(followed(active, complete)), again: 5, want: commands.StatusOK},
		"on its way":       {line: "room delete !spam:example.org", server: ptr(followed(active)), again: 1, want: commands.StatusAccepted},
		"server away":      {line: "room delete !spam:example.org", server: &away, again: 2, want: commands.StatusOK},
		"partly":           {line: "room delete !spam:example.org --no-purge", server: ptr(followed(partly)), again: 1, want: commands.StatusPartial},
		"failed":           {line: "room delete !spam:example.org", server: ptr(followed(failed)), again: 1, want: commands.StatusFailed},
		"forgotten":        {line: "room delete !spam:example.org", server: ptr(followed()), again: 1, want: commands.StatusFailed},
		"unknown":          {line: "room delete !spam:example.org", server: &server{}, want: commands.StatusFailed},
		"empty room":       {line: "room delete !quiet:example.org", server: &server{room: quietRoom, deletion: started}, want: commands.StatusAccepted},
		"new room":         {line: `room delete !spam:example.org -u ada -n "Moved" -m "Closed."`, server: ptr(followed()), want: commands.StatusAccepted},
		"new room unnamed": {line: "room delete !spam:example.org -u ada", server: ptr(followed()), want: commands.StatusAccepted},
		"idle message":     {line: "room delete !spam:example.org -m bye --force-purge", server: ptr(followed()), want: commands.StatusAccepted},
		"v1": {line: "room delete !spam:example.org --v1", want: commands.StatusOK, server: &server{room: spamRoom, members: spamMembers,
			deletionV1: `{"kicked_users": ["@bob:example.org"], "failed_to_kick_users": [], "local_aliases": [], "new_room_id": null}`}},
		"management room": {line: "room delete here", server: &server{}, want: commands.StatusDenied},
		"denied":          {line: "room delete !spam:example.org", server: &server{}, role: commands.Operator, want: commands.StatusDenied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			role := test.role
			if role == commands.NoRole {
				role = commands.Admin
			}
			ran := run(t, test.line, test.server, commandtest.Again(test.again), commandtest.As(role))
			if ran.Outcome.Status != test.want {
				t.Errorf("got status %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

func ptr[T any](value T) *T { return &value }

func TestDeleteOfHugeRoomReadsNoMembers(t *testing.T) {
	t.Parallel()
	run(t, "room delete !huge:example.org", &server{deletion: started, room: `{"room_id": "!huge:example.org", "name": "Everybody",
		"joined_members": 60000, "joined_local_members": 50, "creator": "@far:elsewhere.net"}`})
}

func TestDeleteStatus(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line   string
		server server
	}{
		"complete":         {line: "room delete-status -d PzbHhmOm", server: server{statuses: []string{complete}}},
		"failed":           {line: "room delete-status -d PzbHhmOm", server: server{statuses: []string{failed}, tasks: why}},
		"failed, no words": {line: "room delete-status -d PzbHhmOm", server: server{statuses: []string{failed}}},
		"unknown":          {line: "room delete-status -d nothing"},
		"of a room":        {line: "room delete-status -r !spam:example.org", server: server{deletions: `{"results": [` + complete + `, ` + failed + `]}`}},
		"of no deletion":   {line: "room delete-status -r !spam:example.org"},
		"both":             {line: "room delete-status -r !spam:example.org -d PzbHhmOm"},
		"neither":          {line: "room delete-status"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, test.line, &test.server)
		})
	}
}
