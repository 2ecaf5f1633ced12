package commands_test

import (
	"strings"
	"testing"

	"maunium.net/go/mautrix/id"

	"caretaker/commands"
)

func TestProtection(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line    string
		role    commands.Role
		message string // "" when it is done
	}{
		"ordinary user":             {"user lock bob", commands.Operator, ""},
		"unknown user":              {"user lock nobody", commands.Operator, ""}, // the command says so itself
		"remote user":               {"user lock @sam:elsewhere.net", commands.Operator, ""},
		"bot":                       {"user lock caretaker", commands.Owner, "@caretaker:example.org is the bot itself"},
		"bot, of an operator":       {"user lock caretaker", commands.Operator, "@caretaker:example.org is the bot itself"},
		"last owner":                {"user lock grace", commands.Owner, "@grace:example.org is the last owner"},
		"last owner, of an admin":   {"user lock grace", commands.Admin, "@grace:example.org is the last owner"},
		"upwards":                   {"user lock alan", commands.Operator, "@alan:example.org has a higher role than you"},
		"on one's like":             {"user lock alan", commands.Admin, ""},
		"upwards, of an owner":      {"user lock alan", commands.Owner, ""},
		"server admin":              {"user lock sam", commands.Admin, "@sam:example.org is a server admin"},
		"server admin, of an owner": {"user lock sam", commands.Owner, ""},
		"not to be read":            {"user lock unread", commands.Admin, "the homeserver does not answer"},
		"dry run":                   {"user lock sam --dry-run", commands.Admin, "@sam:example.org is a server admin"},
		"notice":                    {"notice send grace hi", commands.Operator, ""},
		"room":                      {"room delete !abc", commands.Admin, ""},
		"management room":           {"room delete here", commands.Owner, "!management:example.org is a management room"},
		"management room by alias":  {"room delete #management", commands.Owner, "!management:example.org is a management room"},
		"management room of two":    {"room delete !abc !management:example.org", commands.Owner, "!management:example.org is a management room"},
		"nowhere":                   {"room delete #nowhere", commands.Owner, "there is no room #nowhere:example.org"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := trial{env: as(test.role)}
			h.admins = []id.UserID{"@sam:example.org"}
			h.roles = map[id.UserID]commands.Role{"@alan:example.org": commands.Admin, "@grace:example.org": commands.Owner}
			call, out := h.run(t, test.line)
			if test.message == "" {
				if out.Err != nil {
					t.Errorf("%q: %v", test.line, out.Err)
				}
				return
			}
			f := commands.Explain(call, out)
			if !strings.HasPrefix(f.Message, test.message) || len(h.entries) > 0 {
				t.Errorf("%q: got %+v, want %q", test.line, f, test.message)
			}
			for _, asked := range h.calls {
				if strings.HasPrefix(asked, "Lock ") || strings.HasPrefix(asked, "DeleteRoom ") {
					t.Errorf("%q: %s was sent", test.line, asked)
				}
			}
			if _, err := registry.ParseText(f.Hint, roomEnv()); err != nil && !strings.HasPrefix(f.Hint, "user details ") && f.Hint != "bot rooms" && f.Hint != "room list" && f.Hint != "check" {
				t.Errorf("%q: the hint %q is not understood: %v", test.line, f.Hint, err)
			}
		})
	}
}
