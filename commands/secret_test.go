package commands_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"caretaker/commands"
	"caretaker/commands/all"
)

const password = "hunter2-Hunter2"

// Every spelling of a password in a room, with slips of the finger: each is refused,
// asked to be redacted, and never repeated.
var spelledPasswords = []string{
	"user modify bob -P %s",
	"user modify bob -P%s",
	"user modify bob -P=%s",
	"user modify bob --password %s",
	"user modify bob --password=%s",
	"user modify bob —password “%s”",
	"user modify bob –P ‘%s’",
	`user modify bob --password="%s x"`,
	"USER Modify -aP %s bob",
	"user modify -P %s",
	"user modify bob -P %s -h",
	"-h user modify bob -P %s",
	"user modify bob -P %s -P x",
	"user modify bob -P %s --nonsense",
	"user modify bob -P %s --age 0",
	"user modify bob -P %s -a",
	"user modify bob -P %s --yes",
	"user modify bob -P %s\nand more",
	// the option misspelt
	"user modify bob --pasword %s",
	"user modify bob --pasword=%s",
	"user modify bob --Password %s",
	"user modify bob -p %s",
	"user modify bob -p%s",
	"user modify bob —passwort %s",
	"user modify bob --%s",
	"user modify bob --%s=x",
	"--password %s user modify bob",
	"--pasword=%s user modify bob",
	"-P %s user modify bob",
	"-P%s user modify bob",
	// a value where it does not belong
	"user modify bob %s",
	`user modify "my %s"`,
	"user modify bob --age %s",
	"user modify bob -o %s",
	"user modify bob\n%s",
	// the command misspelt
	"user modfy bob -P %s",
	"usr modify bob --password %s",
	"user mdify bob --pasword %s",
	"modify bob %s",
	"usermodify bob %s",
	"nonsense bob --password %s",
	"nonsense bob -P%s",
	// another command
	"user lock bob --password %s",
	"user lock bob --pasword=%s",
	"user lock bob -P %s",
	"help user modify bob -P %s",
	// quotes that never end
	`user modify bob -P "%s`,
	`user modify bob -P %s -n "Bob`,
	`user modfy bob -P "%s`,
	`user modify bob --password="%s`,
	`--password "%s`,
	`nonsense -P %s "`,
}

func TestSecretsInRooms(t *testing.T) {
	t.Parallel()
	for _, spelling := range spelledPasswords {
		t.Run(spelling, func(t *testing.T) {
			t.Parallel()
			call, err := registry.ParseText(fmt.Sprintf(spelling, password), roomEnv())
			usage := refusal(t, fmt.Sprintf(spelling, password), roomEnv())
			if !usage.Secret {
				t.Errorf("%q is not to be redacted", spelling)
			}
			failure := commands.Explain(call, commands.OutcomeOf(nil, err))
			checkNoSecret(t, usage.Message, usage.HintLine(), strings.Join(usage.Choices, " "), fmt.Sprintf("%+v", failure))
			if call.Command != nil {
				checkNoSecret(t, call.Line(), call.Masked())
			}
		})
	}
}

func checkNoSecret(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(strings.ToLower(text), "hunter2") {
			t.Errorf("a password is repeated: %q", text)
		}
	}
}

// Errors without a password do not have the message redacted: people want to mend it.
func TestHarmlessErrorsAreNotRedacted(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"user lsit", "user list --limt 5", "user lock", `user lock "bob`, "room delete #spam --blok", "nonsense", "room", "media purge -b soon", "-x",
	} {
		if refusal(t, line, roomEnv()).Secret {
			t.Errorf("%q is to be redacted", line)
		}
	}
}

func TestSecretsOnTerminals(t *testing.T) {
	t.Parallel()
	call := parse(t, "user modify bob -P "+password, terminalEnv())
	if got := call.Args.(*modifyArgs).Password; got == nil || string(*got) != password {
		t.Error("the password did not arrive")
	}
	checkNoSecret(t, call.Line(), call.Masked(), call.Target(), fmt.Sprint(call.Args), fmt.Sprintf("%+v", call.Args.(*modifyArgs).Password))
	text, err := json.Marshal(call.Args)
	if err != nil {
		t.Fatal(err)
	}
	checkNoSecret(t, string(text))
	for _, line := range []string{
		"user modify bob -P x --age " + password, "user modify " + `"a ` + password + `"`, "user modify bob " + password, "user modify bob --" + password,
	} {
		checkNoSecret(t, refusal(t, line, terminalEnv()).Message)
	}
	schedule := roomEnv()
	schedule.Door = commands.DoorSchedule
	_ = refusal(t, "user modify bob -P "+password, schedule)
}

// The same with all commands that there are.
func TestEverySecretOptionIsRefusedInRooms(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, line := range []string{
		"user password bob -p %s", "user password bob --password=%s", "user pasword bob -p %s", "user password bob %s", "password bob %s",
		"user modify bob -P %s", "user register bob -p %s", "user register bob --pasword %s", "user password bob -p \"%s",
	} {
		call, err := all.Registry().ParseText(fmt.Sprintf(line, password), roomEnv())
		tried++
		failure := commands.Explain(call, commands.OutcomeOf(nil, err))
		checkNoSecret(t, failure.Message, failure.Hint)
		if commands.StatusOf(err) != commands.StatusUsage {
			t.Errorf("%q is understood", line)
		}
	}
	if tried == 0 {
		t.Error("nothing was tried")
	}
}

// What people type who have not understood how passwords are set: none of it stays in the room, none is repeated.
func TestPasswordsBesideTheirCommands(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		// a word of the command forgotten, doubled, or not one of ours
		"password bob %s", "pasword bob %s", "passwd bob %s", "Passwort bob %s", "reset password bob %s", "set-password bob %s", "login bob %s",
		"!admin user password bob %s", "!admin user password bob -p %s", "caretaker user password bob %s", "!admin !admin user modify bob %s",
		"login %s", "passwd %s", "bot login bob %s", "room password %s", "change password of bob to %s", "secret %s",
		// one word too many
		"user reactivate bob %s", "user lock bob %s", "user password bob %s", "user lock bob and %s", `user lock bob "%s x"`,
		// an option that is none
		"config --token %s", "config --token=%s", "user details bob --access-token %s", "user details bob --access-token=%s", "user list --tokn %s",
		"room list --secret %s", "room list --shared-secret=%s", "user lock bob --passphrase %s", "user lock bob --pw %s", "user lock bob --new-pass %s",
		"room list —password “%s”", "room list --Token %s", "nonsense --token %s", "--token %s user list", "config -p %s", "user lock bob --token %s \"",
	} {
		typed := fmt.Sprintf(line, password)
		call, err := all.Registry().ParseText(typed, roomEnv())
		usage, ok := errors.AsType[*commands.UsageError](err)
		if !ok {
			t.Errorf("%q: got %v, want a usage error", line, err)
			continue
		}
		if !usage.Secret {
			t.Errorf("%q is not to be redacted: %s", line, usage.Message)
		}
		checkNoSecret(t, fmt.Sprintf("%+v", commands.Explain(call, commands.OutcomeOf(nil, err))), strings.Join(usage.Choices, " "))
		if call.Command != nil {
			checkNoSecret(t, call.Line(), call.Masked())
		}
	}
}

// Other slips stay where they are, so that people can mend them.
func TestHarmlessErrorsOfAllCommandsAreNotRedacted(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"user lsit", "user lock", "room details here now", "room list --limt 5", "media purge --befor 90d", "regtok list --valit", "nonsense", "hepl", "regtok",
		"room list --sort-bye name", "!admin room list", "logs", "regtok create --use 5", "sattus",
	} {
		if _, err := all.Registry().ParseText(line, roomEnv()); err == nil {
			t.Errorf("%q is understood", line)
		} else if usage, ok := errors.AsType[*commands.UsageError](err); !ok || usage.Secret {
			t.Errorf("%q is to be redacted: %v", line, err)
		}
	}
}

func TestMaskedTokens(t *testing.T) {
	t.Parallel()
	for token, want := range map[string]string{"": "", "abcd": "abcd", "abcde": "abcd…", "äöüßx": "äöüß…"} {
		if got := commands.RegToken(token).Masked(); got != want {
			t.Errorf("%q: got %q, want %q", token, got, want)
		}
	}
	call := parse(t, "regtok update spring-2026 -u 5", roomEnv())
	if got, want := call.Masked(), "regtok update --uses 5 spri…"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := call.Line(), "regtok update --uses 5 spring-2026"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := call.Target(), "spri…"; got != want {
		t.Errorf("target: got %q, want %q", got, want)
	}
}
