package commands_test

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"caretaker/commands"
	"caretaker/commands/all"
)

// written holds how calls are written: options first, references and dates in full.
var written = map[string]string{
	"USER list":                                    "user list",
	"user list -dgn bob":                           "user list --guests --deactivated --name bob",
	"user list -G -l 5 -f 0":                       "user list --from 0 --limit 5 --no-guests",
	`user list -n "" -x a -x ""`:                   `user list --name "" --exclude a --exclude ""`,
	`user list -n "-d"`:                            "user list --name=-d",
	`user list -n "--a b"`:                         `user list --name="--a b"`,
	"user list --name=--":                          "user list --name=--",
	"user list -n —x":                              "user list --name=--x",
	`user list -n "—x"`:                            `user list --name "—x"`,
	`user list -n 'it is "so"'`:                    `user list --name "it is \"so\""`,
	`user list -n a\b`:                             `user list --name "a\\b"`,
	"user list -o j --reason “why not” --dry-run":  `user list --output j --dry-run --reason "why not"`,
	"user modify bob -t email a@b -t msisdn 49 -u": "user modify --threepid email a@b --threepid msisdn 49 --no-admin @bob:example.org",
	`user modify bob -t "" "a b" -n ""`:            `user modify --display-name "" --threepid "" "a b" @bob:example.org`,
	"user modify -- -bob":                          "user modify @-bob:example.org",
	"user lock author":                             "user lock @bob:example.org",
	"room delete here #spam -b":                    "room delete --block !management:example.org #spam:example.org",
	"regtok update -- -x":                          "regtok update -- -x",
	"regtok update -5 -u -1":                       "regtok update --uses -1 -5",
	`regtok update ""`:                             `regtok update ""`,
	"regtok update x -e 1h":                        "regtok update --expire-at 2026-03-02T13:00:00Z x",
	"media purge -b 2024-01-31T10:00:00.5+01:00":   "media purge --before 2024-01-31T10:00:00.5+01:00",
	"media purge -i abc --idle 1.5h":               "media purge --media mxc://example.org/abc --idle 5400s",
	`notice send bob "" "<b>"`:                     `notice send @bob:example.org "" "<b>"`,
	"notice send bob\n*Hi*":                        "notice send @bob:example.org",
	"confirm abc 0":                                "confirm abc 0",
	`help "" -- --x`:                               `help -- "" --x`,
}

func TestLine(t *testing.T) {
	t.Parallel()
	for line, want := range written {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			call := parse(t, line, roomEnv())
			if got := call.Line(); got != want {
				t.Errorf("%q: got %q, want %q", line, got, want)
			}
			checkRoundTrip(t, registry, call)
		})
	}
	call := parse(t, "room delete !abc --yes -v -c x --wait --columns a,b --expect 5", terminalEnv())
	if got, want := call.Line(), "room delete --expect 5 --wait --columns a,b !abc"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// reporter is a test of the standard library or of rapid.
type reporter interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkRoundTrip checks that what a call is written as means the same call: prompts,
// pages and jobs are stored that way.
func checkRoundTrip(t reporter, r *commands.Registry, call *commands.Call) {
	t.Helper()
	line, err := commands.Tokenise(call.Line())
	if err != nil {
		t.Fatalf("%q is not understood: %v", call.Line(), err)
	}
	line.Body = call.Body // stored beside the line
	again, err := r.Parse(line, call.Env)
	if err != nil {
		t.Fatalf("%q is not understood: %v", call.Line(), err)
	}
	if again.Line() != call.Line() || again.Masked() != call.Masked() || again.Target() != call.Target() {
		t.Fatalf("%q is read back as %q", call.Line(), again.Line())
	}
	if !reflect.DeepEqual(again.Args, call.Args) && !strings.Contains(call.Line(), `"***"`) {
		t.Fatalf("%q is read back with %+v, want %+v", call.Line(), again.Args, call.Args)
	}
	if again.Globals.Reason != call.Globals.Reason || again.Globals.DryRun != call.Globals.DryRun || again.Globals.Output != call.Globals.Output {
		t.Fatalf("%q is read back with %+v, want %+v", call.Line(), again.Globals, call.Globals)
	}
}

// checkMasked checks that the masked line tells at most the first characters of a token.
func checkMasked(t reporter, call *commands.Call) {
	t.Helper()
	switch a := call.Args.(type) {
	case *tokenArgs:
		if runes := []rune(string(a.Token)); len(runes) > 6 && strings.Contains(call.Masked()+call.Target(), string(runes[:6])) && call.Globals.Reason == "" {
			t.Fatalf("%q tells the token %q", call.Masked(), a.Token)
		}
	case *modifyArgs:
		if a.Password != nil && !strings.Contains(call.Masked(), `--password "***"`) {
			t.Fatalf("%q does not mask the password", call.Masked())
		}
	}
}

func TestEveryExampleRoundTrips(t *testing.T) {
	t.Parallel()
	r := all.Registry()
	for _, c := range r.All() {
		for _, example := range c.Examples {
			for _, env := range []commands.Env{roomEnv(), terminalEnv()} {
				if call, err := r.ParseText(example, env); err == nil {
					checkRoundTrip(t, r, call)
				}
			}
		}
	}
}

// pool are the words that random lines are made of.
var pool = []string{
	"-d", "-g", "-G", "-n", "-l", "5", "-f", "0", "--name", "--sort-by", "created_ts", "-x", "--exclude=", "-dg", "-l7", "--limit=3",
	"-P", "-t", "email", "a@b.org", "-a", "-u", "--age", "1", "-1", "-b", "-m", "—block", "–b", "-e", "90d", "2024-01-31", "--idle", "-i",
	"mxc://a/b", "-r", "here", "#spam", "!abc", "bob", "@bob:b.org", "author", "--", "-", "--reason", "--dry-run", "-o", "json", `""`, `"a b"`,
	"'it isn't'", `"\"\\"`, "“—x”", `"-d"`, `"--"`, "it's", "a\\b", "$x", "über", "--markdown", "spring-2026-token", "＠x", "\u2068y\u2069", "=", "--name=-d",
}

func TestRandomLinesRoundTrip(t *testing.T) {
	t.Parallel()
	understood := 0
	rapid.Check(t, func(t *rapid.T) {
		command := rapid.SampledFrom(registry.All()).Draw(t, "command")
		words := rapid.SliceOfN(rapid.SampledFrom(pool), 0, 6).Draw(t, "words")
		env := rapid.SampledFrom([]commands.Env{roomEnv(), terminalEnv()}).Draw(t, "env")
		line := strings.Join(append([]string{command.Name}, words...), " ")
		if call, err := registry.ParseText(line, env); err == nil && !call.Globals.Help {
			understood++
			checkRoundTrip(t, registry, call)
			checkMasked(t, call)
		}
	})
	if understood == 0 {
		t.Error("no line was understood, so that nothing was tried")
	}
}

func FuzzParse(f *testing.F) {
	for line := range written {
		f.Add(line, true)
	}
	for _, spelling := range spelledPasswords {
		f.Add(strings.ReplaceAll(spelling, "%s", password), false)
	}
	f.Fuzz(func(t *testing.T, text string, room bool) {
		env := terminalEnv()
		if room {
			env = roomEnv()
		}
		call, err := registry.ParseText(text, env)
		if err != nil {
			f := commands.Explain(call, commands.OutcomeOf(nil, err))
			if len([]rune(f.Message)) > 160 || f.Message == "" || commands.StatusOf(err) != commands.StatusUsage {
				t.Fatalf("%q: got %T %q", text, err, f.Message)
			}
			return
		}
		if !call.Globals.Help {
			checkRoundTrip(t, registry, call)
			checkMasked(t, call)
		}
	})
}
