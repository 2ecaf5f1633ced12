package user_test

import (
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
)

const (
	underWay = `{"status": "active"}`
	complete = `{"status": "complete", "failed_redactions": {}}`
)

func TestRedact(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line   string
		server *server
		again  int
		want   commands.Status
	}{
		"started":      {"user redact bob", &server{}, 0, commands.StatusAccepted},
		"to the end":   {"user redact bob --reason spam -l 5 -r !a:example.org -r !b:example.org", &server{states: []string{underWay, "", complete}}, 9, commands.StatusOK},
		"under way":    {"user redact bob", &server{states: []string{underWay}}, 1, commands.StatusAccepted},
		"some left":    {"user redact bob", &server{states: []string{`{"status": "complete", "failed_redactions": {"$b": "403: You don't have <b>power</b>", "$a": "no"}}`}}, 9, commands.StatusPartial},
		"failed":       {"user redact bob", &server{states: []string{`{"status": "failed", "error": "Something.\nbad"}`}}, 9, commands.StatusFailed},
		"remote":       {"user redact @eve:example.net", &server{missing: true}, 0, commands.StatusAccepted},
		"unknown":      {"user redact bob", &server{missing: true}, 0, commands.StatusFailed},
		"twice":        {"user redact bob", &server{err: admin.Failed("cannot redact the messages of user @bob:example.org: Redact already in progress for user")}, 0, commands.StatusFailed},
		"not a number": {"user redact bob -l 0", &server{}, 0, commands.StatusUsage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := commandtest.Run(t, command("user redact"), test.line, test.server, commandtest.Again(test.again))
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

func TestRedactStatus(t *testing.T) {
	t.Parallel()
	for name, fake := range map[string]*server{
		"active":    {states: []string{underWay}},
		"some left": {states: []string{`{"status": "complete", "failed_redactions": {"$a": "no"}}`}},
		"failed":    {states: []string{`{"status": "failed", "error": "bad"}`}},
		"unknown":   {readErr: admin.NotFound("redaction PzbHhmOm does not exist on this server")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commandtest.Run(t, command("user redact-status"), "user redact-status PzbHhmOm", fake, commandtest.As(commands.Viewer))
		})
	}
}

func TestDeleteMedia(t *testing.T) {
	t.Parallel()
	const oneLeft = `{"media": [{"media_id": "abc", "media_length": 5, "created_ts": 1772442000000}], "total": 1}`
	for name, test := range map[string]struct {
		server  *server
		options []commandtest.Option
		want    commands.Status
	}{
		"one slice":           {&server{slices: []int{3}}, nil, commands.StatusOK},
		"first slice":         {&server{slices: []int{100}, media: twoFiles}, nil, commands.StatusAccepted},
		"three slices":        {&server{slices: []int{100, 100, 0}}, []commandtest.Option{commandtest.Again(9)}, commands.StatusOK},
		"terminal":            {&server{slices: []int{100, 100, 7}}, []commandtest.Option{commandtest.Terminal()}, commands.StatusOK},
		"terminal, broken":    {&server{slices: []int{100, -1}}, []commandtest.Option{commandtest.Terminal()}, commands.StatusPartial},
		"broken on the way":   {&server{slices: []int{100, -1}}, []commandtest.Option{commandtest.Again(9)}, commands.StatusPartial},
		"one cannot be moved": {&server{slices: []int{3}, media: oneLeft}, nil, commands.StatusPartial},
		"nothing":             {&server{slices: []int{0}}, nil, commands.StatusOK},
		"unknown":             {&server{readErr: admin.NotFound("user @bob:example.org does not exist on this server")}, nil, commands.StatusFailed},
		"unanswered":          {&server{err: lost()}, nil, commands.StatusUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := commandtest.Run(t, command("user delete-media"), "user delete-media bob", test.server, test.options...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

func TestDeactivateRegex(t *testing.T) {
	t.Parallel()
	spam := func() *server {
		return &server{pages: map[string]string{"": `{"users": [{"name": "@spam1:example.org"}, {"name": "@bob:example.org", "displayname": "@spam"},
			{"name": "@nospam:example.org"}, {"name": "@spam2:example.org", "locked": true}, {"name": "@caretaker:example.org"}], "total": 6, "next_token": "5"}`,
			"from 5": `{"users": [{"name": "@spam2:example.org", "locked": true}, {"name": "@spam3:example.org", "is_guest": true}], "total": 6}`}}
	}
	for name, test := range map[string]struct {
		line   string
		server *server
		role   commands.Role
		want   commands.Status
	}{
		"list":          {`user deactivate-regex "@spam.*" -n`, spam(), commands.Viewer, commands.StatusOK},
		"dry run":       {`user deactivate-regex "@spam\\d" -e --dry-run`, spam(), commands.Owner, commands.StatusOK},
		"everybody":     {`user deactivate-regex @ -n -p 2`, spam(), commands.Viewer, commands.StatusOK},
		"alternatives":  {`user deactivate-regex "@bob|@nospam" -n`, spam(), commands.Viewer, commands.StatusOK},
		"from the left": {`user deactivate-regex spam -n`, spam(), commands.Viewer, commands.StatusOK},
		"for real":      {`user deactivate-regex @spam`, spam(), commands.Owner, commands.StatusFailed},
		"not allowed":   {`user deactivate-regex @spam`, spam(), commands.Admin, commands.StatusDenied},
		"bad pattern":   {`user deactivate-regex "@spam(" -n`, spam(), commands.Owner, commands.StatusUsage},
		"not of RE2":    {`user deactivate-regex "@(?!bob)" -n`, spam(), commands.Owner, commands.StatusUsage},
		"unbalanced":    {`user deactivate-regex "a)(b" -n`, spam(), commands.Owner, commands.StatusUsage},
		"no pages":      {`user deactivate-regex @spam -n -p 0`, spam(), commands.Owner, commands.StatusUsage},
		"unavailable":   {`user deactivate-regex @spam -n`, &server{readErr: admin.Unavailable("no homeserver can be reached at localhost")}, commands.Owner, commands.StatusUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := commandtest.Run(t, command("user deactivate-regex"), test.line, test.server, commandtest.As(test.role))
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}
