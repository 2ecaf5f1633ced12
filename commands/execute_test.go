package commands_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"caretaker/admin"
	"caretaker/commands"
)

// Every role against every risk, also where options raise it.
func TestRolesAndRisks(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]struct {
		risk commands.Risk
		role commands.Role
		asks bool
	}{
		"user list":                      {commands.Read, commands.Viewer, false},
		"user lock bob":                  {commands.Reversible, commands.Operator, false},
		"user modify bob -n Bob":         {commands.Reversible, commands.Operator, false},
		"user modify bob -a":             {commands.Reversible, commands.Owner, false},
		"user modify bob -u":             {commands.Reversible, commands.Owner, false},
		"user modify bob -P x":           {commands.Destructive, commands.Admin, true},
		"user modify bob -P x --dry-run": {commands.Destructive, commands.Admin, false},
		"room delete !abc":               {commands.Destructive, commands.Admin, true},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			env := terminalEnv()
			call := parse(t, line, env)
			if risk, role := call.Risk(); risk != want.risk || role != want.role || call.Asks() != want.asks || call.Changes() != (risk > commands.Read) {
				t.Errorf("got %s, %s, asks %v, want %+v", risk, role, call.Asks(), want)
			}
			for role := commands.NoRole; role <= commands.Owner; role++ {
				env.Caller.Role = role
				h := trial{env: env}
				_, out := h.run(t, line)
				if denied := out.Status == commands.StatusDenied; denied != (role < want.role) {
					t.Errorf("%s: got %s (%v)", role, out.Status, out.Err)
				}
				if role < want.role && len(h.calls)+len(h.entries) > 0 {
					t.Errorf("%s: denied, but %q was asked and %v recorded", role, h.calls, h.entries)
				}
			}
		})
	}
}

func TestPreview(t *testing.T) {
	t.Parallel()
	x := executor(commands.Services{&homeserver{}}, &journal{})
	for line, want := range map[string]string{"room delete !abc": "about to delete", "user lock bob": ""} {
		preview, err := x.Preview(t.Context(), parse(t, line, roomEnv()))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := preview.(said); string(got) != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

// What changes something is recorded before it runs, with what it acts on by id.
func TestAudit(t *testing.T) {
	t.Parallel()
	h := trial{env: roomEnv()}
	_, out := h.run(t, "user lock bob --reason “sends spam”")
	want := commands.Entry{
		Actor: "@ada:example.org", Door: commands.DoorRoom, Room: "!management:example.org", Event: "$command",
		Command: `user lock --reason "sends spam" @bob:example.org`, Target: "@bob:example.org", Reason: "sends spam", Risk: commands.Reversible,
	}
	if out.Status != commands.StatusOK || out.Ref != "17" || len(h.entries) != 1 || h.entries[0] != want {
		t.Errorf("got %+v with the records %+v", out, h.entries)
	}
	if _, out := h.run(t, "user list"); out.Ref != "" || len(h.entries) != 1 {
		t.Error("a read was recorded")
	}
	h = trial{env: roomEnv()}
	h.run(t, "room delete #spam")
	if got := h.entries[0]; got.Command != "room delete !spam:example.org" || got.Target != "!spam:example.org" {
		t.Errorf("got %+v, want the room by id", got)
	}
}

// Reads of private data are audited like changes, with --dry-run all the same: it changes nothing about them.
func TestPrivateReadsAreAudited(t *testing.T) {
	t.Parallel()
	secretive := commands.Define[quietArgs, commands.None](commands.Meta{
		Name: "user whois", Summary: "Show sessions.", Role: commands.Operator, Examples: []string{"user whois"},
	})
	local := commands.Define[quietArgs, commands.None](commands.Meta{
		Name: "audit list", Summary: "Show the audit.", Role: commands.Admin, Local: true, Examples: []string{"audit list"},
	})
	r := commands.NewRegistry(commands.Group{Commands: []*commands.Command{secretive, local}})
	for _, test := range []struct {
		line string
		env  commands.Env
		want bool
	}{
		{"user whois", roomEnv(), true}, {"user whois --dry-run", roomEnv(), true}, {"user whois", terminalEnv(), true},
		{"audit list", roomEnv(), true}, {"audit list", terminalEnv(), false},
	} {
		call, err := r.ParseText(test.line, test.env)
		if err != nil {
			t.Fatal(err)
		}
		j := journal{}
		out := executor(nil, &j).Execute(t.Context(), call)
		if out.Status != commands.StatusOK || (len(j.entries) == 1) != test.want || call.Audited() != test.want {
			t.Errorf("%q (%s): got %+v and %d records", test.line, test.env.Door, out, len(j.entries))
		}
	}
}

func TestNothingRunsWithoutARecord(t *testing.T) {
	t.Parallel()
	h := trial{env: roomEnv(), journal: journal{err: errors.New("disk full")}}
	call, out := h.run(t, "user lock bob")
	if out.Status != commands.StatusFailed || !errors.Is(out.Err, commands.ErrNoAudit) || len(h.calls) > 0 {
		t.Errorf("got %+v after %q", out, h.calls)
	}
	if f := commands.Explain(call, out); f.Changed != "Nothing was changed." || f.Hint != "check" || f.Cause == nil {
		t.Errorf("got %+v", f)
	}
	if _, out := h.run(t, "user list"); out.Status != commands.StatusOK {
		t.Errorf("a read that is not audited: got %+v", out)
	}
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	h := trial{env: roomEnv()}
	_, out := h.run(t, "user lock bob --dry-run")
	if out.Status != commands.StatusOK || len(h.calls)+len(h.entries) > 0 || len(out.Requests) != 1 {
		t.Fatalf("got %+v after %q and %v", out, h.calls, h.entries)
	}
	if got := out.Requests[0]; got.Method != http.MethodPost || got.Path != "/Lock/@bob:example.org" {
		t.Errorf("got %+v", got)
	}
	text, err := commands.DryRun(out.Requests).MarshalJSON()
	if want := `{"dry_run":true,"requests":[{"method":"POST","path":"/Lock/@bob:example.org","query":"","body":{"password":"***"}}]}`; err != nil || string(text) != want {
		t.Errorf("got %s (%v), want %s", text, err, want)
	}
	if text, _ := commands.DryRun(nil).MarshalJSON(); string(text) != `{"dry_run":true,"requests":[]}` {
		t.Errorf("got %s", text)
	}
	// Long work is not left half-begun: there is nothing to come back to.
	if _, out = h.run(t, "room delete !abc --dry-run"); out.Status != commands.StatusOK || out.Again != nil || len(out.Requests) != 1 {
		t.Errorf("got %+v", out)
	}
	if _, out = h.run(t, "user list --dry-run"); out.Status != commands.StatusOK || out.Result == nil {
		t.Errorf("a read: got %+v, want its result", out)
	}
}

func TestLongWork(t *testing.T) {
	t.Parallel()
	h := trial{env: roomEnv()}
	call, out := h.run(t, "room delete !abc")
	if out.Status != commands.StatusAccepted || out.Again == nil || out.Item != (commands.Item{Target: "!abc", State: "started"}) {
		t.Fatalf("got %+v, want to be called again", out)
	}
	x := executor(commands.Services{&h.homeserver}, &h.journal)
	again := x.Continue(t.Context(), call, out.Item, nil)
	if again.Status != commands.StatusOK || again.Again != nil || again.Result != said("deleted") || len(h.entries) != 1 {
		t.Errorf("got %+v and %d records", again, len(h.entries))
	}
	if _, out := h.run(t, "room delete !a !b"); out.Status != commands.StatusUsage {
		t.Errorf("two at once: got %+v", out)
	}
	h.homeserver.err = io.ErrUnexpectedEOF
	failed := x.Continue(t.Context(), call, out.Item, nil)
	if failed.Status != commands.StatusFailed || commands.Explain(call, failed).Changed != "The work had begun, and a part of it may be done." {
		t.Errorf("got %+v", failed)
	}
}

func TestUnsupported(t *testing.T) {
	t.Parallel()
	call := parse(t, "user lock bob", roomEnv())
	err := executor(commands.Services{5}, &journal{}).Prepare(t.Context(), call)
	out := commands.OutcomeOf(nil, err)
	if f := commands.Explain(call, out); out.Status != commands.StatusUnsupported || f.Hint != "user modify bob" || !strings.Contains(f.Message, "user lock") {
		t.Errorf("got %+v, %+v", out, f)
	}
	call = parse(t, "room delete #spam", roomEnv())
	services := commands.Services{struct{ deleter }{}}
	if err := executor(services, &journal{}).Prepare(t.Context(), call); admin.CodeOf(err) != admin.CodeUnsupported {
		t.Errorf("an alias without a directory: got %v", err)
	}
}

// graded says itself how well it went.
type graded struct{ said }

func (graded) Status() commands.Status { return commands.StatusPartial }

func TestOutcomeOf(t *testing.T) {
	t.Parallel()
	for want, out := range map[commands.Status]commands.Outcome{
		commands.StatusOK:          commands.OutcomeOf(said("x"), nil),
		commands.StatusPartial:     commands.OutcomeOf(graded{}, nil),
		commands.StatusFailed:      commands.OutcomeOf(graded{}, io.EOF),
		commands.StatusUsage:       commands.OutcomeOf(nil, &commands.UsageError{}),
		commands.StatusDenied:      commands.OutcomeOf(nil, &commands.DeniedError{}),
		commands.StatusUnsupported: commands.OutcomeOf(nil, admin.Unsupported("x", "")),
		commands.StatusUnavailable: commands.OutcomeOf(nil, admin.Unavailable("x")),
		commands.StatusAccepted:    commands.OutcomeOf(said("x"), commands.Again(1, "s")),
	} {
		if out.Status != want {
			t.Errorf("got %s, want %s", out.Status, want)
		}
	}
	for _, err := range []error{admin.Failed("x"), admin.NotFound("x"), context.Canceled} {
		if got := commands.StatusOf(err); got != commands.StatusFailed {
			t.Errorf("%v: got %s", err, got)
		}
	}
	if got := commands.StatusOf(admin.Denied("x")); got != commands.StatusDenied {
		t.Errorf("got %s", got)
	}
}
