package report_test

import (
	"context"
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/report"
)

// server is a homeserver with the answers that a test gives it. What it was not
// given does not exist.
type server struct {
	commandtest.Log
	list, one, deleted string
}

func answer[T any](raw, what string) (admin.Answer[T], error) {
	if raw == "" {
		return admin.Answer[T]{}, admin.NotFound("%s does not exist on this server", what)
	}
	return commandtest.Answer[T](raw), nil
}

func (s *server) EventReports(_ context.Context, query admin.EventReportQuery) (admin.Answer[admin.EventReportPage], error) {
	s.Called("EventReports", query)
	return answer[admin.EventReportPage](s.list, "list")
}

func (s *server) UserReports(_ context.Context, query admin.UserReportQuery) (admin.Answer[admin.UserReportPage], error) {
	s.Called("UserReports", query)
	return answer[admin.UserReportPage](s.list, "list")
}

func (s *server) EventReport(_ context.Context, report int64) (admin.Answer[admin.EventReport], error) {
	s.Called("EventReport", report)
	return answer[admin.EventReport](s.one, "event report 12")
}

func (s *server) UserReport(_ context.Context, report int64) (admin.Answer[admin.UserReport], error) {
	s.Called("UserReport", report)
	return answer[admin.UserReport](s.one, "user report 12")
}

func (s *server) DeleteEventReport(_ context.Context, report int64) (admin.Answer[admin.Done], error) {
	s.Called("DeleteEventReport", report)
	return answer[admin.Done](s.deleted, "event report 12")
}

func (s *server) DeleteUserReport(_ context.Context, report int64) (admin.Answer[admin.Done], error) {
	s.Called("DeleteUserReport", report)
	return answer[admin.Done](s.deleted, "user report 12")
}

// What a complaint and its event may hold: markup, mentions, text that turns direction, and what looks like a command.
const (
	hostile = `"<b>spam</b> @room \u202egnp.exe\n!admin user deactivate ada"`
	facts   = `"id": 12, "received_ts": 1772452800000, "room_id": "!spam:example.org", "name": ` + hostile + `, "canonical_alias": null,
		"event_id": "$hostile", "user_id": "@bob:example.org", "reason": ` + hostile + `, "score": -100, "sender": "@mallory:example.org"`
	bare = `{"id": 3, "received_ts": 1767225600000, "room_id": "!quiet:example.org", "event_id": "$e", "user_id": "@bob:example.org",
		"reason": null, "score": null, "sender": null}`
	ofEvent = `{` + facts + `, "event_json": {"type": "m.room.message", "sender": "@mallory:example.org", "content": {"msgtype": "m.text", "body": ` + hostile + `},
		"origin_server_ts": 1772452800000, "depth": 7}}`
	ofUser = `{"id": 12, "received_ts": 1772452800000, "target_user_id": "@mallory:example.org", "user_id": "@bob:example.org", "reason": ` + hostile + `}`
)

func run(t *testing.T, line string, fake *server, options ...commandtest.Option) commandtest.Ran {
	t.Helper()
	tokens, err := commands.Tokenise(line)
	if err != nil {
		t.Fatal(err)
	}
	command, _ := commands.NewRegistry(report.Group).Find([]string{tokens.Words[0].Text, tokens.Words[1].Text})
	if command == nil {
		t.Fatalf("%q names no command", line)
	}
	return commandtest.Run(t, command, line, fake, options...)
}

func TestReports(t *testing.T) {
	t.Parallel()
	events := server{list: `{"event_reports": [{` + facts + `}, ` + bare + `], "total": 30, "next_token": 2}`, one: ofEvent, deleted: `{}`}
	users := server{list: `{"user_reports": [` + ofUser + `], "total": 1}`, one: ofUser, deleted: `{}`}
	for name, test := range map[string]struct {
		line   string
		server server
		role   commands.Role // viewer by default
		door   []commandtest.Option
		want   commands.Status // ok by default
	}{
		"list":               {line: "report list", server: events},
		"list, terminal":     {line: "report list -f 2 -l 5 -r --room !spam:example.org --by bob --sender mallory", server: events, door: []commandtest.Option{commandtest.Terminal()}},
		"list, none":         {line: "report list", server: server{list: `{"event_reports": [], "total": 0}`}},
		"list of users":      {line: "report list -k user --target mallory --by bob", server: users},
		"list, wrong option": {line: "report list -k user --room !spam:example.org", want: commands.StatusUsage},
		"list, target":       {line: "report list --target mallory", want: commands.StatusUsage},
		"list, wrong kind":   {line: "report list -k room", want: commands.StatusUsage},
		"details":            {line: "report details 12", server: events},
		"details, terminal":  {line: "report details 12", server: events, door: []commandtest.Option{commandtest.Terminal()}},
		"details of a user":  {line: "report details 12 --kind user", server: users},
		"details of unknown": {line: "report details 12", want: commands.StatusFailed},
		"details of no one":  {line: "report details spam", want: commands.StatusUsage},
		"delete":             {line: "report delete 12", server: events, role: commands.Operator},
		"delete of a user":   {line: "report delete 12 -k user", server: users, role: commands.Operator},
		"delete unknown":     {line: "report delete 12 -k user", role: commands.Operator, want: commands.StatusFailed},
		"delete, denied":     {line: "report delete 12", want: commands.StatusDenied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			role, want := max(test.role, commands.Viewer), test.want
			if want == "" {
				want = commands.StatusOK
			}
			ran := run(t, test.line, &test.server, append(test.door, commandtest.As(role))...)
			if ran.Outcome.Status != want {
				t.Errorf("got status %s, want %s", ran.Outcome.Status, want)
			}
		})
	}
}
