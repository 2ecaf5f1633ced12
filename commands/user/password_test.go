package user_test

import (
	"strings"
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
)

func TestPassword(t *testing.T) {
	t.Parallel()
	refused := admin.Denied("cannot set the password of user @bob:example.org: local passwords are off")
	for name, test := range map[string]struct {
		line    string
		server  *server
		options []commandtest.Option
		want    commands.Status
	}{
		"in a room":          {line: "user password bob", server: &server{}, want: commands.StatusOK},
		"in a room, kept":    {line: "user password bob -n -o json", server: &server{}, want: commands.StatusOK},
		"generate in a room": {line: "user password bob --generate", server: &server{}, want: commands.StatusOK},
		"asked":              {line: "user password bob", server: &server{}, options: []commandtest.Option{commandtest.Terminal("hunter2")}, want: commands.StatusOK},
		"given":              {line: "user password -p hunter2 bob", server: &server{}, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusOK},
		"generated":          {line: "user password bob --generate --no-logout", server: &server{}, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusOK},
		"nobody to ask":      {line: "user password bob", server: &server{}, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusUsage},
		"empty":              {line: "user password bob -p \"\"", server: &server{}, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusUsage},
		"two sources":        {line: "user password bob -p hunter2 --generate", server: &server{}, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusUsage},
		"typed in a room":    {line: "user password bob -p hunter2", server: &server{}, want: commands.StatusUsage},
		"typed as a word":    {line: "user password bob hunter2", server: &server{}, want: commands.StatusUsage},
		"unknown":            {line: "user password bob", server: &server{missing: true}, want: commands.StatusFailed},
		"refused":            {line: "user password bob", server: &server{err: refused}, want: commands.StatusDenied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runSecretly(t, "user password", test.line, test.server, test.want, test.options...)
		})
	}
}

func TestRegister(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line    string
		server  *server
		options []commandtest.Option
		want    commands.Status
	}{
		"in a room":     {line: "user register zoe --display-name \"Zoë\"", server: &server{}, want: commands.StatusOK},
		"full id":       {line: "user register @zoe:example.org --user-type bot", server: &server{}, want: commands.StatusOK},
		"admin":         {line: "user register zoe --admin", server: &server{}, want: commands.StatusOK},
		"generated":     {line: "user register zoe --generate", server: &server{}, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusOK},
		"asked":         {line: "user register zoe", server: &server{}, options: []commandtest.Option{commandtest.Terminal("hunter2")}, want: commands.StatusOK},
		"nobody to ask": {line: "user register zoe", server: &server{}, options: []commandtest.Option{commandtest.Terminal()}, want: commands.StatusUsage},
		"elsewhere":     {line: "user register @zoe:example.net", server: &server{}, want: commands.StatusFailed},
		"upper case":    {line: "user register Zoe", server: &server{}, want: commands.StatusUsage},
		"taken":         {line: "user register zoe", server: &server{err: admin.Failed("cannot register user @zoe:example.org: User ID already taken")}, want: commands.StatusFailed},
		"not an owner":  {line: "user register zoe --admin", server: &server{}, options: []commandtest.Option{commandtest.As(commands.Admin)}, want: commands.StatusDenied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runSecretly(t, "user register", test.line, test.server, test.want, test.options...)
		})
	}
}

// runSecretly runs a line and keeps its password out of the golden file.
func runSecretly(t *testing.T, name, line string, fake *server, want commands.Status, options ...commandtest.Option) {
	t.Helper()
	typed := "hunter2"
	options = append(options, commandtest.Hide(&typed), commandtest.Hide(&fake.password))
	ran := commandtest.Run(t, command(name), line, fake, options...)
	if ran.Outcome.Status != want {
		t.Errorf("got %s, want %s", ran.Outcome.Status, want)
	}
}

func TestPasswordsAreStrongAndDifferent(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 50 {
		fake := &server{}
		commandtest.Try(t, command("user password"), "user password bob", fake)
		if len(fake.password) != 20 || strings.ContainsAny(fake.password, "0O1lI \"'\\") {
			t.Errorf("made %q, want 20 letters and digits that cannot be confused", fake.password)
		}
		seen[fake.password] = true
	}
	if len(seen) != 50 {
		t.Errorf("made %d different passwords of 50", len(seen))
	}
}
