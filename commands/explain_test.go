package commands_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/all"
	"caretaker/render"
)

const (
	unchanged = "Nothing was changed."
	unknown   = "It is unknown whether anything was changed; it is not tried again."
)

// sent marks an error after which nobody knows what happened.
func sent(err *admin.Error) *admin.Error {
	err.Sent = true
	return err
}

func TestExplain(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 300)
	for name, test := range map[string]struct {
		line                   string // of a call that was understood; "" for none
		out                    commands.Outcome
		message, changed, hint string
	}{
		"usage":           {"user lock bob", commands.OutcomeOf(nil, &commands.UsageError{Message: "no"}), "no", unchanged, "help"},
		"usage, command":  {"user lock bob", commands.OutcomeOf(nil, &commands.UsageError{Message: "no", Command: lockCmd}), "no", unchanged, "help user lock"},
		"usage, hint":     {"", commands.OutcomeOf(nil, &commands.UsageError{Message: "no", Hint: "user list"}), "no", unchanged, "user list"},
		"long":            {"", commands.OutcomeOf(nil, &commands.UsageError{Message: long}), long[:2*159] + "…", unchanged, "help"},
		"denied":          {"user lock bob", commands.OutcomeOf(nil, &commands.DeniedError{Message: "no", Hint: "whoami"}), "no", unchanged, "whoami"},
		"failed":          {"user lock bob", commands.OutcomeOf(nil, admin.Failed("cannot")), "cannot", unchanged, "help user lock"},
		"no such user":    {"user lock bob", commands.OutcomeOf(nil, admin.NotFound("no @bob")), "no @bob", unchanged, "user search bob"},
		"capitals":        {"user lock @Bob:example.org", commands.OutcomeOf(nil, admin.NotFound("no")), "no", unchanged, "user details bob"},
		"odd name":        {"user lock @b$b:example.org", commands.OutcomeOf(nil, admin.NotFound("no")), "no", unchanged, `user search "b$b"`},
		"no such room":    {"room delete #spam", commands.OutcomeOf(nil, admin.NotFound("no")), "no", unchanged, "room list"},
		"nothing such":    {"regtok update spring", commands.OutcomeOf(nil, admin.NotFound("no")), "no", unchanged, "help regtok update"},
		"unsupported":     {"user lock bob", commands.OutcomeOf(nil, admin.Unsupported("user lock", "user suspend bob")), `this server does not support "user lock"`, unchanged, "user suspend bob"},
		"unavailable":     {"user lock bob", commands.OutcomeOf(nil, admin.Unavailable("gone")), "gone", unchanged, "check"},
		"denied by it":    {"user lock bob", commands.OutcomeOf(nil, admin.Denied("no right")), "no right", unchanged, "check"},
		"unknown, user":   {"user lock bob", commands.OutcomeOf(nil, sent(admin.Unavailable("broke"))), "broke", unknown, "user details @bob:example.org"},
		"unknown, room":   {"room delete !abc", commands.OutcomeOf(nil, sent(admin.Unavailable("broke"))), "broke", unknown, `room details !abc`},
		"unknown, other":  {"regtok update spring", commands.OutcomeOf(nil, sent(admin.Unavailable("broke"))), "broke", unknown, "check"},
		"no audit":        {"user lock bob", commands.Outcome{Err: errors.Join(commands.ErrNoAudit, io.EOF)}, "the audit record cannot be written, and without it nothing is changed", unchanged, "check"},
		"internal":        {"user lock bob", commands.OutcomeOf(nil, io.EOF), `"user lock" went wrong inside caretaker; its log says why`, unchanged, "help user lock"},
		"internal, begun": {"user lock bob", commands.Outcome{Err: io.EOF, Ref: "17"}, `"user lock" went wrong inside caretaker; its log says why`, unknown, "audit details 17"},
		"internal, read":  {"user list", commands.Outcome{Err: io.EOF, Ref: "17"}, `"user list" went wrong inside caretaker; its log says why`, unchanged, "help user list"},
		"no call":         {"", commands.OutcomeOf(nil, io.EOF), "this went wrong inside caretaker; its log says why", unchanged, "help"},
		"work begun": {
			"room delete !abc", commands.Outcome{Err: admin.Failed("cannot"), Item: commands.Item{Target: "!abc", State: "x"}},
			"cannot", "The work had begun, and a part of it may be done.", "help room delete",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call := &commands.Call{Env: roomEnv()}
			if test.line != "" {
				call = parse(t, test.line, roomEnv())
			}
			f := commands.Explain(call, test.out)
			if f.Message != test.message || f.Changed != test.changed || f.Hint != test.hint {
				t.Errorf("got  %+v\nwant %q %q %q", f, test.message, test.changed, test.hint)
			}
			if len([]rune(f.Message)) > 160 {
				t.Errorf("the message has %d characters", len([]rune(f.Message)))
			}
			if _, err := all.Registry().ParseText(f.Hint, roomEnv()); err != nil {
				t.Errorf("the hint %q is not understood: %v", f.Hint, err)
			}
		})
	}
}

// The help explains itself: nobody is told to type "help help".
func TestHintsAtTheHelp(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"here", "hepl", "help --blok", "help -x"} {
		call, err := all.Registry().ParseText(line, terminalEnv())
		if f := commands.Explain(call, commands.OutcomeOf(nil, err)); err == nil || f.Hint != "help" {
			t.Errorf("%q: got %v, %q, want the hint help", line, err, f.Hint)
		}
	}
}

// The cause is for the log: people never see it.
func TestCauseIsNotShown(t *testing.T) {
	t.Parallel()
	err := admin.Failed("cannot")
	err.Cause = errors.New("dial tcp: secret")
	for _, err := range []error{err, errors.New("dial tcp: secret")} {
		f := commands.Explain(parse(t, "user lock bob", roomEnv()), commands.OutcomeOf(nil, err))
		plain, html := render.Room(f.Doc(), render.Options{Prefix: "!admin"})
		if f.Cause == nil || strings.Contains(plain+html, "secret") {
			t.Errorf("got %+v, shown as %q", f, plain)
		}
	}
}

func TestFailureInWords(t *testing.T) {
	t.Parallel()
	f := commands.Failure{Message: "über", Changed: unchanged, Hint: "help"}
	plain, _ := render.Room(f.Doc(), render.Options{Prefix: "!admin"})
	if !strings.Contains(plain, "Über") || !strings.Contains(plain, unchanged) || !strings.Contains(plain, "!admin help") {
		t.Errorf("got %q", plain)
	}
	f = commands.Failure{Changed: unchanged}
	if plain, _ = render.Room(f.Doc(), render.Options{}); strings.Contains(plain, "Try") {
		t.Errorf("got %q, want no hint", plain)
	}
}
