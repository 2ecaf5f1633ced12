package user_test

import (
	"strings"
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/user"
)

func TestExamples(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, user.Group)
}

const twoUsers = `{"users": [
	{"name": "@bob:example.org", "displayname": "Bob <b>Ross</b>", "admin": true, "locked": true, "creation_ts": 1735689600000, "last_seen_ts": 1772442000000, "x_new": 1},
	{"name": "@eve:example.org", "displayname": null, "user_type": "bot", "creation_ts": 1735689600000, "last_seen_ts": null}],
	"total": 27, "next_token": "25"}`

func TestList(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line    string
		server  *server
		options []commandtest.Option
	}{
		"page":     {line: "user list", server: &server{pages: map[string]string{"": twoUsers}}},
		"terminal": {line: "user list --from 2 -l 3", server: &server{pages: map[string]string{"": twoUsers}}, options: []commandtest.Option{commandtest.Terminal()}},
		"nobody":   {line: "user list -n zoe", server: &server{}},
		"filters": {
			line:   "user list -GLd -A --sort-by last_seen_ts --reverse --exclude-user-type bot --exclude-user-type empty -i bo",
			server: &server{},
		},
		"guests and admins": {line: "user list --guests --admins", server: &server{}},
		"two searches":      {line: "user list -n bob -i bob", server: &server{}},
		"unknown key":       {line: "user list --sort-by age", server: &server{}},
		"unavailable":       {line: "user list", server: &server{readErr: admin.Unavailable("no homeserver can be reached at localhost")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commandtest.Run(t, command("user list"), test.line, test.server, append(test.options, commandtest.As(commands.Viewer))...)
		})
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line  string
		pages map[string]string
	}{
		"name": {"user search bo", map[string]string{"bo": twoUsers}},
		"user id, each once": {"user search @bo", map[string]string{
			"@bo": `{"users": [{"name": "@bob:example.org", "displayname": "@bo"}], "total": 1}`,
		}},
		"nobody": {"user search zoe", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commandtest.Run(t, command("user search"), test.line, &server{pages: test.pages}, commandtest.As(commands.Viewer))
		})
	}
}

func TestDetails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line    string
		server  *server
		options []commandtest.Option
	}{
		"all facts": {line: "user details bob", server: &server{}},
		"terminal":  {line: "user details bob", server: &server{}, options: []commandtest.Option{commandtest.Terminal()}},
		"author":    {line: "user details author", server: &server{}, options: []commandtest.Option{commandtest.Replying("@eve:example.org")}},
		"unknown":   {line: "user details bo", server: &server{missing: true}},
		"remote":    {line: "user details @bob:example.net", server: &server{readErr: admin.Failed("cannot read user @bob:example.net: Can only look up local users")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commandtest.Run(t, command("user details"), test.line, test.server, append(test.options, commandtest.As(commands.Viewer))...)
		})
	}
}

func TestWhois(t *testing.T) {
	t.Parallel()
	commandtest.Run(t, command("user whois"), "user whois bob", &server{}, commandtest.As(commands.Operator))
}

func TestWhoisOfUnused(t *testing.T) {
	t.Parallel()
	commandtest.Run(t, command("user whois"), "user whois bob", &server{missing: true})
}

func TestWhoisIsPrivate(t *testing.T) {
	t.Parallel()
	fake := &server{}
	ran := commandtest.Run(t, command("user whois"), "user whois bob", fake, commandtest.As(commands.Viewer))
	if ran.Outcome.Status != commands.StatusDenied || len(fake.Calls()) > 0 {
		t.Errorf("got %s after %s, want denied before anything is sent", ran.Outcome.Status, strings.Join(fake.Calls(), ", "))
	}
}
