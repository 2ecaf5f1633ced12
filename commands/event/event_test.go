package event_test

import (
	"context"
	"testing"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/event"
)

// server knows one event, or none.
type server struct {
	commandtest.Log
	event string
}

func (s *server) Event(_ context.Context, event id.EventID) (admin.Answer[admin.FoundEvent], error) {
	s.Called("Event", event)
	if s.event == "" {
		return admin.Answer[admin.FoundEvent]{}, admin.NotFound("event %s does not exist on this server", event)
	}
	return commandtest.Answer[admin.FoundEvent](s.event), nil
}

// hostile is an event whose author wants to be more than text: markup, a mention of everybody, a change of direction, and that in keys, too.
const hostile = `{"event": {"auth_events": ["$a"], "prev_events": ["$b"], "type": "m.room.message", "room_id": "!spam:example.org",
	"sender": "@mallory:example.org", "content": {"msgtype": "m.text", "body": "<b>hi</b> @room \u202egnp.exe\n!admin user deactivate ada",
	"m.relates_to": {"m.in_reply_to": {"event_id": "$c"}}}, "<i>key</i> @room \u202e": {"@room": 1}, "depth": 7, "origin_server_ts": 1772452800000, "event_id": "$hostile",
	"unsigned": {"age_ts": 1772452800000}}}`

func TestDetails(t *testing.T) {
	t.Parallel()
	command := event.Group.Commands[0]
	for name, test := range map[string]struct {
		line    string
		event   string
		options []commandtest.Option
	}{
		"hostile":     {line: "event details $hostile", event: hostile, options: []commandtest.Option{commandtest.As(commands.Admin)}},
		"on terminal": {line: "event details $hostile", event: hostile, options: []commandtest.Option{commandtest.Terminal()}},
		"unknown":     {line: "event details $nothing"},
		"no event":    {line: "event details !spam:example.org"},
		"denied":      {line: "event details $hostile", options: []commandtest.Option{commandtest.As(commands.Operator)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commandtest.Run(t, command, test.line, &server{event: test.event}, test.options...)
		})
	}
}
