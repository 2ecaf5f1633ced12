package history_test

import (
	"context"
	"testing"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/history"
)

// server is a homeserver with the answers that a test gives it. What it was not
// given does not exist.
type server struct {
	commandtest.Log
	room, event, purge string
	statuses           []string // of a purge, one after the other
	eventErr           error
	statusErr          error // of the first question for a purge
}

func answer[T any](raw, what string) (admin.Answer[T], error) {
	if raw == "" {
		return admin.Answer[T]{}, admin.NotFound("%s does not exist on this server", what)
	}
	return commandtest.Answer[T](raw), nil
}

func (s *server) Room(_ context.Context, room id.RoomID) (admin.Answer[admin.Room], error) {
	s.Called("Room", room)
	return answer[admin.Room](s.room, "room "+room.String())
}

func (s *server) Event(_ context.Context, event id.EventID) (admin.Answer[admin.FoundEvent], error) {
	s.Called("Event", event)
	if s.eventErr != nil {
		return admin.Answer[admin.FoundEvent]{}, s.eventErr
	}
	return answer[admin.FoundEvent](s.event, "event "+event.String())
}

func (s *server) PurgeHistory(_ context.Context, room id.RoomID, which admin.PurgeHistory) (admin.Answer[admin.Purge], error) {
	s.Called("PurgeHistory", room, which)
	return answer[admin.Purge](s.purge, "room "+room.String())
}

func (s *server) HistoryPurge(_ context.Context, purge string) (admin.Answer[admin.PurgeStatus], error) {
	s.Called("HistoryPurge", purge)
	if err := s.statusErr; err != nil {
		s.statusErr = nil
		return admin.Answer[admin.PurgeStatus]{}, err
	}
	status := ""
	if len(s.statuses) > 0 {
		status, s.statuses = s.statuses[0], s.statuses[1:]
	}
	return answer[admin.PurgeStatus](status, "purge "+purge)
}

const (
	spamRoom = `{"room_id": "!spam:example.org", "name": "Buy <b>now</b> @room", "canonical_alias": "#spam:example.org",
		"joined_members": 12, "joined_local_members": 3}`
	purge    = `{"purge_id": "aUdpGEKf"}`
	active   = `{"status": "active"}`
	complete = `{"status": "complete"}`
	failed   = `{"status": "failed", "error": "cannot purge\nthe only event."}`
	last     = `{"event": {"type": "m.room.message", "event_id": "$last", "room_id": "!spam:example.org", "sender": "@bob:example.org",
		"origin_server_ts": 1767225600000, "content": {"body": "hi"}}}`
	elsewhere = `{"event": {"type": "m.room.message", "event_id": "$last", "room_id": "!other:example.org", "content": {}}}`
)

// run finds the command by name in the group and runs the line.
func run(t *testing.T, line string, fake any, options ...commandtest.Option) commandtest.Ran {
	t.Helper()
	tokens, err := commands.Tokenise(line)
	if err != nil {
		t.Fatal(err)
	}
	command, _ := commands.NewRegistry(history.Group).Find([]string{tokens.Words[0].Text, tokens.Words[1].Text})
	if command == nil {
		t.Fatalf("%q names no command", line)
	}
	return commandtest.Run(t, command, line, fake, options...)
}

func TestPurge(t *testing.T) {
	t.Parallel()
	known := func(statuses ...string) server {
		return server{room: spamRoom, event: last, purge: purge, statuses: statuses}
	}
	away := known(complete)
	away.statusErr = admin.Unavailable("no homeserver can be reached at 127.0.0.1:8008")
	old := known(active)
	old.eventErr = admin.Unsupported("event details", "")
	wrongRoom := known()
	wrongRoom.event = elsewhere
	for name, test := range map[string]struct {
		line    string
		server  server
		again   int
		role    commands.Role // admin by default
		options []commandtest.Option
		want    commands.Status
	}{
		"days":                {line: "history purge !spam:example.org -d 365", server: known(), want: commands.StatusAccepted},
		"date, to the end":    {line: "history purge !spam:example.org --before 2026-01-01", server: known(active, complete), again: 3, want: commands.StatusOK},
		"milliseconds":        {line: "history purge !spam:example.org --before-ts 1767225600000 --delete-local", server: known(active), again: 1, want: commands.StatusAccepted},
		"the beginning":       {line: "history purge !spam:example.org --before-ts 0", server: server{room: spamRoom}, want: commands.StatusFailed},
		"date ahead":          {line: "history purge !spam:example.org --before 2027-01-01", server: known(), want: commands.StatusAccepted},
		"event":               {line: "history purge !spam:example.org -i $last", server: known(), want: commands.StatusAccepted, options: []commandtest.Option{commandtest.Terminal()}},
		"event, all":          {line: "history purge !spam:example.org -i $last --delete-local", server: known(), want: commands.StatusAccepted},
		"event, old server":   {line: "history purge !spam:example.org -i $last", server: old, want: commands.StatusAccepted},
		"event, unknown":      {line: "history purge !spam:example.org -i $last", server: server{room: spamRoom}, want: commands.StatusFailed},
		"event of other room": {line: "history purge !spam:example.org -i $last", server: wrongRoom, want: commands.StatusFailed},
		"server away":         {line: "history purge !spam:example.org -d 1", server: away, again: 2, want: commands.StatusOK},
		"failed":              {line: "history purge !spam:example.org -d 1", server: known(failed), again: 1, want: commands.StatusFailed},
		"failed, no words":    {line: "history purge !spam:example.org -d 1", server: known(`{"status": "failed", "error": "<Task {}>"}`), again: 1, want: commands.StatusFailed},
		"forgotten":           {line: "history purge !spam:example.org -d 1", server: known(), again: 1, want: commands.StatusFailed},
		"nothing so old":      {line: "history purge !spam:example.org -d 1", server: server{room: spamRoom}, want: commands.StatusFailed},
		"unknown room":        {line: "history purge !nowhere:example.org -d 1", want: commands.StatusFailed},
		"management room":     {line: "history purge here -d 1", role: commands.Owner, want: commands.StatusDenied},
		"denied":              {line: "history purge !spam:example.org -d 1", role: commands.Operator, want: commands.StatusDenied},
		"no way":              {line: "history purge !spam:example.org", want: commands.StatusUsage},
		"two ways":            {line: "history purge !spam:example.org -d 1 --before 2026-01-01", want: commands.StatusUsage},
		"event of two rooms":  {line: "history purge !spam:example.org !other:example.org -i $last", want: commands.StatusUsage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			role := test.role
			if role == commands.NoRole {
				role = commands.Admin
			}
			ran := run(t, test.line, &test.server, append(test.options, commandtest.Again(test.again), commandtest.As(role))...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got status %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

func TestPurgeStatus(t *testing.T) {
	t.Parallel()
	for name, statuses := range map[string][]string{"complete": {complete}, "failed": {failed}, "unknown": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, "history purge-status aUdpGEKf", &server{statuses: statuses}, commandtest.As(commands.Viewer))
		})
	}
}
