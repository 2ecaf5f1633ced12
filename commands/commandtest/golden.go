package commandtest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"caretaker/commands"
	"caretaker/render"
)

var update = flag.Bool("update", false, "write the golden files anew")

// text is the content of the golden file.
func (r *run) text() string {
	var b strings.Builder
	section := func(name, text string) {
		if text = strings.TrimRight(text, "\n"); text != "" {
			fmt.Fprintf(&b, "== %s\n%s\n\n", name, text)
		}
	}
	section("typed by "+string(r.env.Door), r.line)
	if r.Preview != nil {
		r.view(section, "preview", r.Preview.View())
	}
	section("status", string(r.Outcome.Status))
	if r.Outcome.Err != nil {
		section("error", r.failure())
	}
	if r.Outcome.Result != nil {
		r.result(section)
	}
	for _, entry := range r.Entries {
		section("audit", fmt.Sprintf("%s, %s\ntarget: %s", entry.Command, entry.Risk, entry.Target))
	}
	section("calls", strings.Join(r.calls(), "\n"))
	return r.masked(b.String())
}

func (r *run) options() render.Options {
	return render.Options{Now: r.env.Now, Zone: r.env.Zone, Prefix: r.env.Prefix}
}

func (r *run) result(section func(name, text string)) {
	r.view(section, "text", r.Outcome.Result.View())
	if secretive, ok := r.Outcome.Result.(commands.Secretive); ok {
		r.view(section, "secret", secretive.SecretView())
	}
	if paged, ok := r.Outcome.Result.(commands.Paged); ok {
		section("next", paged.NextFrom())
	}
	machine, err := render.Machine(render.JSON, r.Outcome.Result)
	if err != nil {
		machine = []byte("cannot be encoded: " + err.Error())
	}
	section("json", string(machine))
}

// view shows a document as the door shows it.
func (r *run) view(section func(name, text string), name string, doc render.Doc) {
	if r.env.Door == commands.DoorTerminal {
		section(name, render.Terminal(doc, r.options()))
		return
	}
	plain, html := render.Room(doc, r.options())
	section(name, plain)
	section(name+" as html", html)
}

// failure is the error as people read it.
func (r *run) failure() string {
	failure := commands.Explain(r.Call, r.Outcome)
	return fmt.Sprintf("%s\n%s\nhint: %s", failure.Message, failure.Changed, failure.Hint)
}

func (r *run) calls() []string {
	var calls []string
	for _, service := range r.services {
		if recorded, ok := service.(interface{ Calls() []string }); ok {
			calls = append(calls, recorded.Calls()...)
		}
	}
	return calls
}

func (r *run) masked(text string) string {
	for _, secret := range r.hidden {
		if *secret != "" {
			text = strings.ReplaceAll(text, *secret, "SECRET")
		}
	}
	return text
}

// problems are what is wrong whatever the golden file says.
func (r *run) problems() []string {
	var problems []string
	if r.Outcome.Err != nil {
		message := commands.Explain(r.Call, r.Outcome).Message
		if len([]rune(message)) > 160 || strings.ContainsAny(message, "{\n") {
			problems = append(problems, fmt.Sprintf("error is not one short sentence: %q", message))
		}
	}
	if r.env.Door == commands.DoorTerminal || r.Outcome.Result == nil {
		return problems
	}
	plain, html := render.Room(r.Outcome.Result.View(), r.options())
	machine, _ := render.Machine(render.JSON, r.Outcome.Result)
	shown := plain + html + string(machine) + fmt.Sprint(r.Entries)
	for _, secret := range r.hidden {
		if *secret != "" && strings.Contains(shown, *secret) {
			problems = append(problems, "the room or the audit sees a secret")
		}
	}
	return problems
}

var unsafeName = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// compare checks text against the golden file of the test.
func compare(t *testing.T, text string) {
	t.Helper()
	name := filepath.Join("testdata", unsafeName.ReplaceAllString(t.Name(), ".")+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v (run the test with -update)", err)
	}
	if text != string(want) {
		t.Errorf("%s differs (-update rewrites it)\ngot:\n%s\nwant:\n%s", name, text, want)
	}
}
