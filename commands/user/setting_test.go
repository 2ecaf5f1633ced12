package user_test

import (
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	missing := admin.NotFound("user @bob:example.org does not exist on this server")
	for name, test := range map[string]struct {
		line   string
		server *server
		want   commands.Status
	}{
		"shadow-ban":         {"user shadow-ban bob", &server{}, commands.StatusOK},
		"lift shadow-ban":    {"user shadow-ban -u bob", &server{}, commands.StatusOK},
		"shadow-ban nobody":  {"user shadow-ban bob", &server{err: missing}, commands.StatusFailed},
		"admin":              {"user admin bob", &server{right: true}, commands.StatusOK},
		"no admin":           {"user admin bob", &server{}, commands.StatusOK},
		"admin, nobody":      {"user admin bob", &server{missing: true}, commands.StatusFailed},
		"grant":              {"user admin bob --grant", &server{}, commands.StatusOK},
		"revoke":             {"user admin bob --revoke", &server{}, commands.StatusOK},
		"grant and revoke":   {"user admin bob --grant --revoke", &server{}, commands.StatusUsage},
		"grant nobody":       {"user admin bob --grant", &server{err: missing}, commands.StatusFailed},
		"ratelimit":          {"user ratelimit bob", &server{}, commands.StatusOK},
		"ratelimit, own":     {"user ratelimit bob", &server{limits: `{"messages_per_second": 0, "burst_count": 12}`}, commands.StatusOK},
		"ratelimit set":      {"user ratelimit bob --messages-per-second 5 --burst-count 0", &server{}, commands.StatusOK},
		"ratelimit clear":    {"user ratelimit bob --clear", &server{}, commands.StatusOK},
		"ratelimit half":     {"user ratelimit bob --burst-count 5", &server{}, commands.StatusUsage},
		"ratelimit negative": {"user ratelimit bob --messages-per-second -1 --burst-count 5", &server{}, commands.StatusUsage},
		"ratelimit both":     {"user ratelimit bob --messages-per-second 1 --burst-count 5 --clear", &server{}, commands.StatusUsage},
		"ratelimit nobody":   {"user ratelimit bob", &server{readErr: missing}, commands.StatusFailed},
		"features":           {"user features bob", &server{}, commands.StatusOK},
		"features set":       {"user features bob --enable msc3881 --enable msc3575 --disable msc4222", &server{}, commands.StatusOK},
		"features both":      {"user features bob --enable msc3881 --disable msc3881", &server{}, commands.StatusUsage},
		"features unknown":   {"user features bob --enable msc1", &server{err: admin.Failed("cannot change the features of user @bob:example.org: 'msc1' is not recognised as a valid experimental feature")}, commands.StatusFailed},
		"features nobody":    {"user features bob", &server{missing: true}, commands.StatusFailed},
		"features of nobody": {"user features bob --enable msc3881", &server{missing: true}, commands.StatusFailed},
		"validity":           {"user validity bob", &server{}, commands.StatusOK},
		"validity date":      {"user validity bob --expire 90d --no-renewal-emails", &server{}, commands.StatusOK},
		"validity nobody":    {"user validity bob", &server{missing: true}, commands.StatusFailed},
		"key reset":          {"user allow-key-reset bob", &server{}, commands.StatusOK},
		"key reset nobody":   {"user allow-key-reset bob", &server{missing: true}, commands.StatusFailed},
		"key reset no keys":  {"user allow-key-reset bob", &server{err: missing}, commands.StatusFailed},
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

func TestRiskOfSettings(t *testing.T) {
	t.Parallel()
	type demand struct {
		risk commands.Risk
		role commands.Role
	}
	for line, want := range map[string]demand{
		"user admin bob":                     {commands.Read, commands.Viewer},
		"user admin bob --grant":             {commands.Reversible, commands.Owner},
		"user admin bob --revoke":            {commands.Reversible, commands.Owner},
		"user ratelimit bob":                 {commands.Read, commands.Viewer},
		"user ratelimit bob --clear":         {commands.Reversible, commands.Operator},
		"user features bob":                  {commands.Read, commands.Viewer},
		"user features bob --disable f":      {commands.Reversible, commands.Operator},
		"user validity bob":                  {commands.Reversible, commands.Operator},
		"user allow-key-reset bob":           {commands.Reversible, commands.Admin},
		"user shadow-ban bob":                {commands.Reversible, commands.Operator},
		"user login bob":                     {commands.Destructive, commands.Admin},
		"user logout bob":                    {commands.Destructive, commands.Admin},
		"user prune-devices bob":             {commands.Destructive, commands.Admin},
		"user prune-devices bob -l":          {commands.Read, commands.Viewer},
		"user redact bob":                    {commands.Destructive, commands.Admin},
		"user redact-status x":               {commands.Read, commands.Viewer},
		"user delete-media bob":              {commands.Destructive, commands.Admin},
		"user deactivate-regex @bob":         {commands.Catastrophic, commands.Owner},
		"user deactivate-regex @bob -n":      {commands.Read, commands.Viewer},
		"user deactivate-regex @b --dry-run": {commands.Catastrophic, commands.Owner},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			call := commandtest.Parse(t, command("user "+verb(line)), line)
			if risk, role := call.Risk(); risk != want.risk || role != want.role {
				t.Errorf("got %s for %s, want %s for %s", risk, role, want.risk, want.role)
			}
		})
	}
}
