package commands_test

import (
	"reflect"
	"testing"
	"time"

	"caretaker/commands"
)

func ptr[T any](v T) *T { return &v }

// listOf is what "user list" holds at a terminal when nothing is given.
func listOf(change func(*listArgs)) listArgs {
	a := listArgs{Page: commands.Page{Limit: 100}, SortBy: "name", Exclude: []string{"bot"}}
	change(&a)
	return a
}

func TestParse(t *testing.T) {
	t.Parallel()
	bob, spam := commands.UserRef{UserID: "@bob:example.org"}, commands.RoomRef{Alias: "#spam:example.org"}
	for line, want := range map[string]any{
		"user list":                      listOf(func(*listArgs) {}),
		"User LIST":                      listOf(func(*listArgs) {}),
		"user list -dgn bob":             listOf(func(a *listArgs) { a.Deactivated, a.Guests, a.Name = true, ptr(true), "bob" }),
		"user list -nd":                  listOf(func(a *listArgs) { a.Name = "d" }),
		"user list -G":                   listOf(func(a *listArgs) { a.Guests = ptr(false) }),
		"user list --no-guests":          listOf(func(a *listArgs) { a.Guests = ptr(false) }),
		"user list -l5":                  listOf(func(a *listArgs) { a.Limit = 5 }),
		"user list -l=5 --from=7":        listOf(func(a *listArgs) { a.Limit, a.From = 5, 7 }),
		"user list --limit 5 -d":         listOf(func(a *listArgs) { a.Limit, a.Deactivated = 5, true }),
		"user list --sort-by created_ts": listOf(func(a *listArgs) { a.SortBy = "created_ts" }),
		"user list -x a -x b":            listOf(func(a *listArgs) { a.Exclude = []string{"a", "b"} }),
		`user list -x ""`:                listOf(func(a *listArgs) { a.Exclude = []string{""} }),
		"user list --name=":              listOf(func(*listArgs) {}),
		"user list --name=-d":            listOf(func(a *listArgs) { a.Name = "-d" }),
		`user list -n "-d"`:              listOf(func(a *listArgs) { a.Name = "-d" }),
		"user list -n -z":                listOf(func(a *listArgs) { a.Name = "-z" }),
		"-o json user list":              listOf(func(*listArgs) {}),
		"--dry-run user list -d":         listOf(func(a *listArgs) { a.Deactivated = true }),
		"user modify -t email a@b --threepid msisdn 49123 bob": modifyArgs{
			User: bob, Threepid: []commands.Pair{{"email", "a@b"}, {"msisdn", "49123"}},
		},
		"user modify bob -temail a@b":             modifyArgs{User: bob, Threepid: []commands.Pair{{"email", "a@b"}}},
		"user modify bob --threepid=email a@b -a": modifyArgs{User: bob, Threepid: []commands.Pair{{"email", "a@b"}}, Admin: ptr(true)},
		"user modify bob -u":                      modifyArgs{User: bob, Admin: ptr(false)},
		`user modify bob -n ""`:                   modifyArgs{User: bob, DisplayName: ptr("")},
		"user modify -- bob":                      modifyArgs{User: bob},
		"user modify -n X -- -bob":                modifyArgs{User: commands.UserRef{UserID: "@-bob:example.org"}, DisplayName: ptr("X")},
		`user modify "-bob"`:                      modifyArgs{User: commands.UserRef{UserID: "@-bob:example.org"}},
		"regtok update spring -u -1":              tokenArgs{Token: "spring", Uses: ptr[int64](-1)},
		"regtok update -u -1 spring":              tokenArgs{Token: "spring", Uses: ptr[int64](-1)},
		"regtok update spring –u −1":              tokenArgs{Token: "spring", Uses: ptr[int64](-1)},
		"regtok update -5":                        tokenArgs{Token: "-5"},
		"regtok update -":                         tokenArgs{Token: "-"},
		"regtok list -v":                          tokensArgs{Valid: ptr(true)},
		"room delete #spam:example.org —block":    deleteArgs{Rooms: []commands.RoomRef{spam}, Block: true},
		"room delete #spam -b -m “so long”":       deleteArgs{Rooms: []commands.RoomRef{spam}, Block: true, Message: "so long"},
		"room delete #spam !abc -bm hi":           deleteArgs{Rooms: []commands.RoomRef{spam, {RoomID: "!abc"}}, Block: true, Message: "hi"},
		"notice send bob":                         sendArgs{To: bob},
		`notice send bob "good day" "<b>x</b>"`:   sendArgs{To: bob, Text: "good day", Formatted: "<b>x</b>"},
		`notice send bob "" "<b>x</b>"`:           sendArgs{To: bob, Formatted: "<b>x</b>"},
		"notice send bob\n*Hi*\n\n  there":        sendArgs{To: bob, Markdown: "*Hi*\n\n  there"},
		"notice send bob hi\n ":                   sendArgs{To: bob, Text: "hi"},
		"bot import\na\nb":                        importArgs{Text: "a\nb"},
		"media purge --idle 90m":                  purgeArgs{Idle: 90 * time.Minute},
		"help room delete":                        helpArgs{Words: []string{"room", "delete"}},
		"room --help":                             helpArgs{Words: []string{"room"}},
		"--help":                                  helpArgs{},
		"-h room":                                 helpArgs{Words: []string{"room"}},
		"rom delete -h":                           helpArgs{Words: []string{"rom", "delete"}},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			call := parse(t, line, terminalEnv())
			if got := reflect.ValueOf(call.Args).Elem().Interface(); !reflect.DeepEqual(got, want) {
				t.Errorf("%q: got %+v, want %+v", line, got, want)
			}
		})
	}
}

// What is not understood is never half-executed. Errors name it and say what fits.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"":                                  "there is no command",
		"--":                                "there is no command",
		"room":                              `"room" is a group of commands and needs one more word`,
		"xyzzy":                             `there is no command "xyzzy"`,
		"user lsit":                         `there is no command "user lsit"; did you mean "user list"?`,
		"user list --limt 5":                `"user list" has no option --limt; did you mean --limit?`,
		"user list -q":                      `"user list" has no option -q`,
		"user list -dqg":                    `"user list" has no option -q`,
		"user list --Limit 5":               `"user list" has no option --Limit; did you mean --limit?`,
		"--limit 5 user list":               "there is no option --limit",
		"user list bob":                     `"bob" at character 11 is one word too many for "user list"; text with blanks needs quotes`,
		"user list -l":                      "-l needs a value: N",
		"user list --name":                  "--name needs a value: TEXT",
		"user list --name --from 5":         "--name needs a value: TEXT",
		"user list -n -d":                   "-n needs a value: TEXT",
		"user list -n -x1":                  "-n needs a value: TEXT",
		"user list -n --dry-run":            "-n needs a value: TEXT",
		"user list -n -- x":                 "-n needs a value: TEXT",
		"user list -d=1":                    "-d takes no value",
		"user list --deactivated=yes":       "--deactivated takes no value",
		"user list -d -d":                   "-d is given twice",
		"user list -dd":                     "-d is given twice",
		"user list -l 5 --limit 5":          "-l and --limit contradict or repeat each other",
		"user list -g -G":                   "-g and -G contradict or repeat each other",
		"user list --from -1":               `--from: "-1" is less than 0`,
		"user list -l many":                 `-l: "many" is not a whole number`,
		"user list -l 99999999999999999999": `-l: "99999999999999999999" is not a whole number`,
		"user list --sort-by age":           `--sort-by: "age" is not one of name, created_ts`,
		"user list -o xml":                  `"xml" is not an output format; use yaml, json, minified, ndjson, human, pprint, table, csv`,
		"user list\nbob":                    `"user list" takes nothing from the lines below the first`,
		"user lock":                         `"user lock" needs USER: who`,
		"room delete -b":                    `"room delete" needs ROOM: which rooms`,
		"room delete #spam !":               `ROOM: "!" is neither a room id nor an alias (want !… or #…)`,
		"user modify bob -t email":          "-t needs two words: MEDIUM ADDRESS",
		"user modify bob -t email -a":       "-t needs two words: MEDIUM ADDRESS",
		`user modify bob -t "email a@b" c`:  "-t needs two words: MEDIUM ADDRESS",
		"user modify bob -Px -a":            "--password and --admin cannot be used together",
		"regtok update x -u -2":             `-u: "-2" is less than -1`,
		"regtok update x -e soon":           `-e: "soon" is not a date (want 2024-01-31, 2024-01-31 18:00, RFC 3339, 90d, 2 weeks ago, tomorrow 18:00)`,
		"notice send bob a b c":             `"c" at character 21 is one word too many for "notice send"; text with blanks needs quotes`,
		"notice send bob --markdown a\nb":   `"notice send" takes nothing from the lines below the first`,
		"bot import a\nb":                   `"bot import" takes nothing from the lines below the first`,
		"confirm abc":                       `"confirm" works only in a room`,
		"media purge --idle 5 years ago":    `--idle: "5" is not a duration (want 90d, 12h, 30m)`,
		`user list "`:                       "the quote that opens at character 11 is not closed on its line",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			usage := refusal(t, line, terminalEnv())
			if usage.Message != want {
				t.Errorf("%q: got %q, want %q", line, usage.Message, want)
			}
			if _, err := registry.ParseText(usage.HintLine(), terminalEnv()); err != nil {
				t.Errorf("%q: the hint %q is not understood: %v", line, usage.HintLine(), err)
			}
		})
	}
}

// An own short form wins over a global one of the same letter; global options stand
// before and after the command.
func TestGlobalOptions(t *testing.T) {
	t.Parallel()
	call := parse(t, "-v -o json regtok list -v --reason “it’s late” --dry-run", terminalEnv())
	if valid := call.Args.(*tokensArgs).Valid; valid == nil || !*valid {
		t.Error("-v after the command is not the command's own")
	}
	g := call.Globals
	if len(g.Verbose) != 1 || g.Output != "json" || g.Reason != "it’s late" || call.Env.Reason != g.Reason || !call.Env.DryRun {
		t.Errorf("got %+v and %+v", g, call.Env)
	}
	if n := len(parse(t, "user list -vvv", terminalEnv()).Globals.Verbose); n != 3 {
		t.Errorf("-vvv: got %d, want 3", n)
	}
	for _, name := range []string{"yes", "batch", "no-confirm", "non-interactive", "scripting"} {
		if !parse(t, "user list --"+name, terminalEnv()).Globals.Yes {
			t.Errorf("--%s is not --yes", name)
		}
	}
	if call := parse(t, "user list bob too many words -h", terminalEnv()); !call.Globals.Help {
		t.Error("-h does not ask for help")
	}
}

func TestDoors(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"user lock bob --yes":      "--yes works only on a terminal",
		"user lock bob --batch":    "--batch works only on a terminal",
		"-c x user list":           "-c works only on a terminal",
		"bot import --file x":      "--file works only on a terminal",
		"user lock bob --expect 1": "--expect works only on a terminal",
	} {
		if got := refusal(t, line, roomEnv()).Message; got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
	if limit := args[listArgs](t, "user list", roomEnv()).Limit; limit != 25 {
		t.Errorf("in a room the limit is %d, want 25", limit)
	}
	schedule := roomEnv()
	schedule.Door = commands.DoorSchedule
	if limit := args[listArgs](t, "user list", schedule).Limit; limit != 25 {
		t.Errorf("on a schedule the limit is %d, want 25", limit)
	}
	if got := args[confirmArgs](t, "confirm abc 0", roomEnv()); got.Code != "abc" || got.Count == nil || *got.Count != 0 {
		t.Errorf("got %+v", got)
	}
	if file := args[importArgs](t, "bot import --file x", terminalEnv()).File; file != "x" {
		t.Errorf("got the file %q", file)
	}
}
