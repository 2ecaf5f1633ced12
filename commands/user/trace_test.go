package user_test

import (
	"strings"
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
)

func TestFind(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line   string
		server *server
		want   commands.Status
	}{
		"external id":     {"user auth-provider a/b -p oidc-x", &server{}, commands.StatusOK},
		"no provider":     {"user auth-provider a/b", &server{}, commands.StatusUsage},
		"unknown id":      {"user auth-provider a/b -p oidc-x", &server{readErr: admin.NotFound("an account for a/b at provider oidc-x does not exist on this server")}, commands.StatusFailed},
		"email":           {"user 3pid Bob@Example.Com", &server{}, commands.StatusOK},
		"phone":           {"user 3pid -m msisdn \"+49 (170) 123-4567\"", &server{}, commands.StatusOK},
		"another medium":  {"user 3pid -m fax 123", &server{}, commands.StatusUsage},
		"unknown address": {"user 3pid x@y.z", &server{readErr: admin.NotFound("an account with the email address x@y.z does not exist on this server")}, commands.StatusFailed},
		"free":            {"user available zoe", &server{}, commands.StatusOK},
		"full id":         {"user available @zoe:example.org", &server{}, commands.StatusOK},
		"elsewhere":       {"user available @zoe:example.net", &server{}, commands.StatusFailed},
		"taken":           {"user available bob", &server{readErr: admin.Failed("cannot use the name bob: User ID already taken")}, commands.StatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := commandtest.Run(t, command("user "+verb(test.line)), test.line, test.server)
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

const twoFiles = `{"media": [
	{"media_id": "abc", "media_type": "image/png", "media_length": 1536, "upload_name": "cat <b>.png", "created_ts": 1772442000000,
	 "last_access_ts": null, "quarantined_by": "@ada:example.org", "safe_from_quarantine": false, "x_new": 1},
	{"media_id": "def", "media_type": null, "media_length": 2, "upload_name": null, "created_ts": 1735689600000,
	 "last_access_ts": 1735689600000, "quarantined_by": null, "safe_from_quarantine": true}],
	"total": 9, "next_token": 2}`

func TestMedia(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line    string
		server  *server
		options []commandtest.Option
	}{
		"page":         {line: "user media bob", server: &server{media: twoFiles}},
		"dates":        {line: "user media bob --dt -f 0 -l 2", server: &server{media: twoFiles}, options: []commandtest.Option{commandtest.Terminal()}},
		"milliseconds": {line: "user media bob --ts", server: &server{media: twoFiles}, options: []commandtest.Option{commandtest.Terminal()}},
		"sorted":       {line: "user media bob --sort media_length -r", server: &server{}},
		"unknown":      {line: "user media bob", server: &server{readErr: admin.NotFound("user @bob:example.org does not exist on this server")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commandtest.Run(t, command("user media"), test.line, test.server, append(test.options, commandtest.As(commands.Viewer))...)
		})
	}
}

func TestMembership(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line   string
		server *server
	}{
		"aliases":              {"user membership bob", &server{}},
		"ids":                  {"user membership bob --ids", &server{}},
		"none":                 {"user membership bob", &server{missing: true}},
		"away while reading":   {"user membership bob", &server{aliasErr: admin.Unavailable("no homeserver can be reached at localhost")}},
		"all states":           {"user membership @eve:example.net --all-states", &server{}},
		"all states of none":   {"user membership bob --all-states --ids", &server{missing: true}},
		"aliases of all":       {"user membership bob --all-states --aliases", &server{}},
		"aliases and also ids": {"user membership bob --ids --aliases", &server{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commandtest.Run(t, command("user membership"), test.line, test.server, commandtest.As(commands.Viewer))
		})
	}
}

func TestActivity(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line   string
		server *server
	}{
		"week":    {"user activity bob", &server{}},
		"day":     {"user activity bob --since 24h", &server{}},
		"unknown": {"user activity bob", &server{missing: true}},
		"no date": {"user activity bob --since lately", &server{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commandtest.Run(t, command("user activity"), test.line, test.server, commandtest.As(commands.Operator))
		})
	}
}

func TestAccountData(t *testing.T) {
	t.Parallel()
	commandtest.Run(t, command("user account-data"), "user account-data bob", &server{}, commandtest.As(commands.Admin))
}

func TestAccountDataOfUnused(t *testing.T) {
	t.Parallel()
	commandtest.Run(t, command("user account-data"), "user account-data bob", &server{missing: true})
}

func TestPushers(t *testing.T) {
	t.Parallel()
	key := pushKey
	for name, test := range map[string]struct {
		server  *server
		options []commandtest.Option
	}{
		"room":     {&server{}, []commandtest.Option{commandtest.Hide(&key)}},
		"terminal": {&server{}, []commandtest.Option{commandtest.Terminal()}},
		"none":     {&server{missing: true}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commandtest.Run(t, command("user pushers"), "user pushers bob", test.server, append(test.options, commandtest.As(commands.Operator))...)
		})
	}
}

// Private data is for those alone who are entrusted with it.
func TestPrivateReads(t *testing.T) {
	t.Parallel()
	for line, role := range map[string]commands.Role{
		"user whois bob":        commands.Viewer,
		"user 3pid x@y.z":       commands.Viewer,
		"user activity bob":     commands.Viewer,
		"user pushers bob":      commands.Viewer,
		"user account-data bob": commands.Operator,
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			fake := &server{}
			ran := commandtest.Try(t, command("user "+verb(line)), line, fake, commandtest.As(role))
			if ran.Outcome.Status != commands.StatusDenied || len(fake.Calls()) > 0 {
				t.Errorf("got %s after %s, want denied before anything is sent", ran.Outcome.Status, strings.Join(fake.Calls(), ", "))
			}
			if ran := commandtest.Try(t, command("user "+verb(line)), line, &server{}, commandtest.As(role+1)); len(ran.Entries) != 1 {
				t.Errorf("it left %d audit records, want 1", len(ran.Entries))
			}
		})
	}
}
