package user_test

import (
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
)

// lost is how a change ends whose answer never came.
func lost() error {
	e := admin.Unavailable("outcome unknown: tried to lock user @bob:example.org, but the connection to the homeserver broke")
	e.Sent = true
	return e
}

func TestStates(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line   string
		server *server
		want   commands.Status
	}{
		"lock":             {"user lock bob", &server{}, commands.StatusOK},
		"lock twice":       {"user lock bob", &server{account: `{"name": "@bob:example.org", "locked": true}`}, commands.StatusOK},
		"lock nobody":      {"user lock bob", &server{missing: true}, commands.StatusFailed},
		"lock unanswered":  {"user lock bob", &server{err: lost()}, commands.StatusUnavailable},
		"unlock":           {"user unlock bob --reason \"it was a joke\"", &server{account: `{"name": "@bob:example.org", "locked": true}`}, commands.StatusOK},
		"suspend":          {"user suspend bob", &server{}, commands.StatusOK},
		"unsuspend":        {"user suspend -U bob", &server{}, commands.StatusOK},
		"suspend refused":  {"user suspend bob", &server{err: admin.NotFound("user @bob:example.org does not exist on this server")}, commands.StatusFailed},
		"reactivate":       {"user reactivate bob", &server{account: deactivatedBob}, commands.StatusOK},
		"reactivate open":  {"user reactivate bob", &server{}, commands.StatusFailed},
		"reactivate none":  {"user reactivate bob", &server{missing: true}, commands.StatusFailed},
		"deactivate":       {"user deactivate bob", &server{}, commands.StatusOK},
		"erase":            {"user deactivate -e bob", &server{}, commands.StatusOK},
		"deactivate again": {"user deactivate bob", &server{account: deactivatedBob}, commands.StatusOK},
		"deactivate none":  {"user deactivate bob", &server{missing: true}, commands.StatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := commandtest.Run(t, command(test.line[:len("user ")+len(verb(test.line))]), test.line, test.server)
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

func verb(line string) string {
	parsed, err := commands.Tokenise(line)
	if err != nil {
		panic(err)
	}
	return parsed.Words[1].Text
}

func TestModify(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line    string
		server  *server
		options []commandtest.Option
		want    commands.Status
	}{
		"display name":         {line: "user modify bob -n \"Bob @room\"", server: &server{}, want: commands.StatusOK},
		"remove name":          {line: "user modify bob -n \"\"", server: &server{}, want: commands.StatusOK},
		"everything plain":     {line: "user modify bob -v mxc://example.org/a --user-type regular -L --activate", server: &server{}, want: commands.StatusOK},
		"addresses":            {line: "user modify bob -t email bob@example.net -t msisdn 491234", server: &server{}, want: commands.StatusOK},
		"clear addresses":      {line: "user modify bob --clear-threepids", server: &server{}, want: commands.StatusOK},
		"admin":                {line: "user modify bob -a", server: &server{}, want: commands.StatusOK},
		"no admin":             {line: "user modify bob -u", server: &server{}, want: commands.StatusOK},
		"deactivate":           {line: "user modify bob --deactivate", server: &server{}, want: commands.StatusOK},
		"unknown":              {line: "user modify bob -n Bob", server: &server{missing: true}, want: commands.StatusFailed},
		"create":               {line: "user modify bob -n Bob --user-type bot --create", server: &server{missing: true}, want: commands.StatusOK},
		"several refused":      {line: "user modify bob -n Bob -L", server: &server{err: admin.Failed("cannot modify user @bob:example.org: no")}, want: commands.StatusFailed},
		"one refused":          {line: "user modify bob -n Bob", server: &server{err: admin.Failed("cannot modify user @bob:example.org: no")}, want: commands.StatusFailed},
		"nothing":              {line: "user modify bob", server: &server{}, want: commands.StatusUsage},
		"both ways":            {line: "user modify bob --activate --deactivate", server: &server{}, want: commands.StatusUsage},
		"admin and not":        {line: "user modify bob -a -u", server: &server{}, want: commands.StatusUsage},
		"close and create":     {line: "user modify bob --deactivate --create", server: &server{}, want: commands.StatusUsage},
		"idle no-logout":       {line: "user modify bob -n Bob --no-logout", server: &server{}, want: commands.StatusUsage},
		"half an address":      {line: "user modify bob -t email", server: &server{}, want: commands.StatusUsage},
		"password":             {line: "user modify bob -P hunter2", server: &server{}, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusOK},
		"password, no logout":  {line: "user modify bob -p --no-logout", server: &server{}, options: []commandtest.Option{commandtest.Terminal("hunter2")}, want: commands.StatusOK},
		"nobody to ask":        {line: "user modify bob -p", server: &server{}, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusUsage},
		"create with password": {line: "user modify bob -P hunter2 --create", server: &server{missing: true}, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusOK},
		"password twice":       {line: "user modify bob -p -P hunter2", server: &server{}, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusUsage},
		"close with password":  {line: "user modify bob --deactivate -P hunter2", server: &server{}, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusUsage},
		"password in a room":   {line: "user modify bob -P hunter2", server: &server{}, want: commands.StatusUsage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			typed := "hunter2"
			ran := commandtest.Run(t, command("user modify"), test.line, test.server, append(test.options, commandtest.Hide(&typed))...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
			if test.want == commands.StatusUsage && len(test.server.Calls()) > 0 {
				t.Errorf("a usage error made calls: %v", test.server.Calls())
			}
		})
	}
}

func TestModifySendsThePassword(t *testing.T) {
	t.Parallel()
	fake := &server{}
	commandtest.Run(t, command("user modify"), "user modify bob -P hunter2", fake, commandtest.Terminal())
	if fake.password != "hunter2" {
		t.Errorf("set %q, want what was typed", fake.password)
	}
}

func TestRiskFollowsTheOptions(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]struct {
		risk commands.Risk
		role commands.Role
	}{
		"user modify bob -n Bob":               {commands.Reversible, commands.Operator},
		"user modify bob --lock":               {commands.Reversible, commands.Operator},
		"user modify bob -n Bob --create":      {commands.Reversible, commands.Admin},
		"user modify bob --admin":              {commands.Reversible, commands.Owner},
		"user modify bob --no-admin":           {commands.Reversible, commands.Owner},
		"user modify bob -t email a@b.c":       {commands.Destructive, commands.Admin},
		"user modify bob --clear-threepids":    {commands.Destructive, commands.Admin},
		"user modify bob --deactivate":         {commands.Destructive, commands.Admin},
		"user modify bob --deactivate --admin": {commands.Destructive, commands.Owner},
		"user modify bob -P secret":            {commands.Destructive, commands.Admin},
		"user modify bob -p":                   {commands.Destructive, commands.Admin},
		"user modify bob --activate":           {commands.Reversible, commands.Operator},
		"user register bob":                    {commands.Reversible, commands.Admin},
		"user register bob --admin":            {commands.Reversible, commands.Owner},
		"user password bob":                    {commands.Destructive, commands.Admin},
		"user deactivate bob":                  {commands.Destructive, commands.Admin},
		"user reactivate bob":                  {commands.Reversible, commands.Operator},
		"user suspend bob":                     {commands.Reversible, commands.Operator},
		"user whois bob":                       {commands.Read, commands.Operator},
		"user list":                            {commands.Read, commands.Viewer},
		"user search bob":                      {commands.Read, commands.Viewer},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			call := commandtest.Parse(t, command("user "+verb(line)), line, commandtest.Terminal())
			if risk, role := call.Risk(); risk != want.risk || role != want.role {
				t.Errorf("got %s for %s, want %s for %s", risk, role, want.risk, want.role)
			}
		})
	}
}

func TestNobodyActsUpwards(t *testing.T) {
	t.Parallel()
	const serverAdmin = `{"name": "@bob:example.org", "admin": true}`
	for _, line := range []string{
		"user lock bob", "user unlock bob", "user suspend bob", "user reactivate bob", "user deactivate bob", "user password bob",
		"user modify bob -n Bob", "user register bob",
	} {
		for name, test := range map[string]struct {
			line    string
			options []commandtest.Option
		}{
			"server admin": {line, []commandtest.Option{commandtest.As(commands.Admin)}},
			"higher role":  {line, []commandtest.Option{commandtest.As(commands.Admin), commandtest.Role("@bob:example.org", commands.Owner)}},
		} {
			t.Run(verb(line)+" "+name, func(t *testing.T) {
				t.Parallel()
				fake := &server{account: serverAdmin}
				status := commandtest.Try(t, command("user "+verb(line)), test.line, fake, test.options...).Outcome.Status
				if status != commands.StatusDenied {
					t.Errorf("got %s, want denied", status)
				}
			})
		}
	}
}
