package user_test

import (
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line    string
		server  *server
		options []commandtest.Option
		want    commands.Status
	}{
		"room":      {line: "user login bob", server: &server{}, want: commands.StatusOK},
		"room json": {line: "user login bob -o json", server: &server{}, want: commands.StatusOK},
		"days":      {line: "user login bob -d 7", server: &server{}, want: commands.StatusOK},
		"never":     {line: "user login bob --expire-never", server: &server{}, want: commands.StatusOK},
		"past":      {line: "user login bob --expire 2025-01-01", server: &server{}, want: commands.StatusFailed},
		"past ms":   {line: "user login bob --expire-ts 1000", server: &server{}, want: commands.StatusFailed},
		"no days":   {line: "user login bob -d 0", server: &server{}, want: commands.StatusUsage},
		"two ends":  {line: "user login bob -d 1 --expire-never", server: &server{}, want: commands.StatusUsage},
		"unknown":   {line: "user login bob", server: &server{missing: true}, want: commands.StatusFailed},
		"oneself":   {line: "user login bob", server: &server{err: admin.Failed("cannot log in as user @bob:example.org: Cannot use admin API to login as self")}, want: commands.StatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token := accessToken
			ran := commandtest.Run(t, command("user login"), test.line, test.server, append(test.options, commandtest.Hide(&token))...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

// A terminal prints what its user asked for.
func TestLoginOnTerminal(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"date": "user login bob --expire \"tomorrow 18:00\"", "milliseconds": "user login bob --expire-ts 1780000000000",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commandtest.Run(t, command("user login"), line, &server{}, commandtest.Terminal())
		})
	}
}

func TestLogout(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server *server
		want   commands.Status
	}{
		"four devices": {&server{}, commands.StatusOK},
		"none":         {&server{devices: `{"devices": [], "total": 0}`}, commands.StatusOK},
		"unknown":      {&server{missing: true}, commands.StatusFailed},
		"unanswered":   {&server{err: lost()}, commands.StatusUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := commandtest.Run(t, command("user logout"), "user logout bob", test.server)
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

func TestPruneDevices(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line    string
		server  *server
		options []commandtest.Option
		want    commands.Status
	}{
		"defaults":       {line: "user prune-devices bob", server: &server{}, want: commands.StatusOK},
		"list only":      {line: "user prune-devices bob -l --dt", server: &server{}, options: []commandtest.Option{commandtest.As(commands.Viewer)}, want: commands.StatusOK},
		"not allowed":    {line: "user prune-devices bob", server: &server{}, options: []commandtest.Option{commandtest.As(commands.Operator)}, want: commands.StatusDenied},
		"younger":        {line: "user prune-devices bob -l -d 20", server: &server{}, want: commands.StatusOK},
		"survivors":      {line: "user prune-devices bob -l -d 0 -s 3", server: &server{}, want: commands.StatusOK},
		"everywhere":     {line: "user prune-devices bob -d 0 -s 0", server: &server{}, want: commands.StatusOK},
		"one":            {line: "user prune-devices bob -i MONTH -d 1", server: &server{}, want: commands.StatusOK},
		"one, too young": {line: "user prune-devices bob -l -i MONTH", server: &server{}, want: commands.StatusOK},
		"one unknown":    {line: "user prune-devices bob -i WATCH", server: &server{}, want: commands.StatusFailed},
		"nothing to do":  {line: "user prune-devices bob -s 4", server: &server{}, want: commands.StatusOK},
		"terminal":       {line: "user prune-devices bob --ts -l", server: &server{}, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusOK},
		"unknown":        {line: "user prune-devices bob", server: &server{missing: true}, want: commands.StatusFailed},
		"refused":        {line: "user prune-devices bob", server: &server{err: admin.Failed("cannot delete devices of user @bob:example.org: no")}, want: commands.StatusFailed},
		"both times":     {line: "user prune-devices bob --dt --ts", server: &server{}, want: commands.StatusUsage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := commandtest.Run(t, command("user prune-devices"), test.line, test.server, test.options...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}
