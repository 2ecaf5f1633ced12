package regtok_test

import (
	"context"
	"strings"
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/regtok"
)

func command(line string) *commands.Command {
	for _, c := range regtok.Group.Commands {
		if strings.HasPrefix(line+" ", c.Name+" ") {
			return c
		}
	}
	panic("no command in " + line)
}

// server is a homeserver with the tokens that list names.
type server struct {
	commandtest.Log
	list   string // JSON of the list, empty: none
	one    string // JSON of one token
	err    error
	refuse map[string]error // of deleting this token
}

func (s *server) RegistrationTokens(_ context.Context, valid *bool) (admin.Answer[admin.RegistrationTokens], error) {
	s.Called("RegistrationTokens", valid)
	if s.list == "" {
		s.list = `{"registration_tokens": []}`
	}
	return commandtest.Answer[admin.RegistrationTokens](s.list), s.err
}

func (s *server) token() (admin.Answer[admin.RegistrationToken], error) {
	if s.err != nil {
		return admin.Answer[admin.RegistrationToken]{}, s.err
	}
	return commandtest.Answer[admin.RegistrationToken](s.one), nil
}

func (s *server) RegistrationToken(_ context.Context, token string) (admin.Answer[admin.RegistrationToken], error) {
	s.Called("RegistrationToken", token)
	return s.token()
}

func (s *server) NewRegistrationToken(_ context.Context, token admin.NewRegistrationToken) (admin.Answer[admin.RegistrationToken], error) {
	s.Called("NewRegistrationToken", token)
	return s.token()
}

func (s *server) UpdateRegistrationToken(_ context.Context, token string, change admin.UpdateRegistrationToken) (admin.Answer[admin.RegistrationToken], error) {
	s.Called("UpdateRegistrationToken", token, change)
	return s.token()
}

func (s *server) DeleteRegistrationToken(_ context.Context, token string) (admin.Answer[admin.Done], error) {
	s.Called("DeleteRegistrationToken", token)
	if err := s.refuse[token]; err != nil {
		return admin.Answer[admin.Done]{}, err
	}
	return commandtest.Answer[admin.Done](`{}`), s.err
}

const (
	unlimited = `{"token": "spring-2026", "uses_allowed": null, "pending": 0, "completed": 3, "expiry_time": null}`
	limited   = `{"token": "spring-2026", "uses_allowed": 1, "pending": 0, "completed": 0, "expiry_time": 1773057600000, "x_new": 1}`
	several   = `{"registration_tokens": [
		{"token": "spring-2026", "uses_allowed": null, "pending": 0, "completed": 3, "expiry_time": null, "x_new": 1},
		{"token": "abcdefghijklmnop", "uses_allowed": 5, "pending": 1, "completed": 4, "expiry_time": 1773057600000},
		{"token": "winter", "uses_allowed": 5, "pending": 0, "completed": 0, "expiry_time": 1767225600000}]}`
)

func TestExamples(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, regtok.Group)
}

func TestCommands(t *testing.T) {
	t.Parallel()
	unknown := admin.NotFound("registration token spring-2026 does not exist on this server")
	refused := admin.Failed("cannot make registration token spring-2026: Token already exists: spring-2026")
	for name, test := range map[string]struct {
		line    string
		server  *server
		options []commandtest.Option
		want    commands.Status
	}{
		"list":               {line: "regtok list", server: &server{list: several}, want: commands.StatusOK},
		"list as dates":      {line: "regtok list --dt", server: &server{list: several}, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusOK},
		"list as numbers":    {line: "regtok list -v --ts", server: &server{list: several}, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusOK},
		"list invalid":       {line: "regtok list -V", server: &server{}, want: commands.StatusOK},
		"list both":          {line: "regtok list -v -V", server: &server{}, want: commands.StatusUsage},
		"details":            {line: "regtok details spring-2026", server: &server{one: limited}, want: commands.StatusOK},
		"details unknown":    {line: "regtok details spring-2026", server: &server{err: unknown}, want: commands.StatusFailed},
		"new":                {line: "regtok new", server: &server{one: unlimited}, want: commands.StatusOK},
		"new with limits":    {line: "regtok new -n spring-2026 -u 1 -e 7d", server: &server{one: limited}, want: commands.StatusOK},
		"new with timestamp": {line: "regtok new -l 32 -t 1773057600000", server: &server{one: limited}, want: commands.StatusOK},
		"new expires twice":  {line: "regtok new -t 1773057600000 -e 7d", server: &server{}, want: commands.StatusUsage},
		"new below zero":     {line: "regtok new -u -1", server: &server{}, want: commands.StatusUsage},
		"new exists":         {line: "regtok new -n spring-2026", server: &server{err: refused}, want: commands.StatusFailed},
		"update":             {line: "regtok update spring-2026 -u 1 -e 2026-03-09T12:00:00Z", server: &server{one: limited}, want: commands.StatusOK},
		"update unlimited":   {line: "regtok update spring-2026 -u -1 -t -1", server: &server{one: unlimited}, want: commands.StatusOK},
		"update nothing":     {line: "regtok update spring-2026", server: &server{}, want: commands.StatusUsage},
		"update unknown":     {line: "regtok update spring-2026 -u 0", server: &server{err: unknown}, want: commands.StatusFailed},
		"delete":             {line: "regtok delete spring-2026", server: &server{one: unlimited}, want: commands.StatusOK},
		"delete unknown":     {line: "regtok delete spring-2026", server: &server{err: unknown}, want: commands.StatusFailed},
		"delete expired":     {line: "regtok delete --expired", server: &server{list: several}, want: commands.StatusOK},
		"delete no expired":  {line: "regtok delete --expired", server: &server{}, want: commands.StatusOK},
		"delete nothing":     {line: "regtok delete", server: &server{}, want: commands.StatusUsage},
		"delete both":        {line: "regtok delete spring-2026 --expired", server: &server{}, want: commands.StatusUsage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := commandtest.Run(t, command(test.line), test.line, test.server, test.options...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
			if test.want == commands.StatusUsage && len(test.server.Calls()) > 0 {
				t.Errorf("a usage error made calls: %v", test.server.Calls())
			}
		})
	}
}

// Two are expired; the second cannot be deleted, or neither can.
func TestDeleteExpiredPartly(t *testing.T) {
	t.Parallel()
	const two = `{"registration_tokens": [
		{"token": "autumn", "pending": 0, "completed": 0, "expiry_time": 1767225600000},
		{"token": "winter", "pending": 0, "completed": 0, "expiry_time": 1767225600000}]}`
	busy := admin.Unavailable("cannot delete registration token: the homeserver is too busy and asks to wait")
	for name, test := range map[string]struct {
		refuse map[string]error
		want   commands.Status
	}{
		"second fails":    {map[string]error{"winter": busy}, commands.StatusPartial},
		"first fails":     {map[string]error{"autumn": busy}, commands.StatusUnavailable},
		"one is gone":     {map[string]error{"autumn": admin.NotFound("gone")}, commands.StatusOK},
		"all are deleted": {nil, commands.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := commandtest.Run(t, command("regtok delete"), "regtok delete --expired", &server{list: two, refuse: test.refuse})
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

func TestAuditHasFourCharacters(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"regtok details abcdefgh", "regtok update abcdefgh -u 1", "regtok delete abcdefgh", "regtok new -n abcdefgh"} {
		ran := commandtest.Try(t, command(line), line, &server{one: unlimited})
		for _, entry := range ran.Entries {
			if text := entry.Command + entry.Target; strings.Contains(text, "abcdefgh") || !strings.Contains(text, "abcd…") {
				t.Errorf("%s: the audit has %q, want the first four characters only", line, text)
			}
		}
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	for line, role := range map[string]commands.Role{
		"regtok list": commands.Viewer, "regtok details a": commands.Viewer, "regtok new": commands.Operator,
		"regtok update a -u 1": commands.Operator, "regtok delete a": commands.Admin,
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			fake := &server{list: several, one: unlimited}
			if got := commandtest.Try(t, command(line), line, fake, commandtest.As(role-1)).Outcome.Status; got != commands.StatusDenied || len(fake.Calls()) > 0 {
				t.Errorf("as %s got %s after %v, want denied", role-1, got, fake.Calls())
			}
			if got := commandtest.Try(t, command(line), line, fake, commandtest.As(role)).Outcome.Status; got != commands.StatusOK {
				t.Errorf("as %s got %s, want ok", role, got)
			}
		})
	}
}
