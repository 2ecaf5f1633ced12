package commands_test

import (
	"strings"
	"testing"

	"caretaker/commands"
	"caretaker/commands/all"
)

func TestComplete(t *testing.T) {
	t.Parallel()
	registry := all.Registry()
	for name, test := range map[string]struct {
		words []string
		want  string // all candidates, or some where it begins with "…"
	}{
		"nothing yet":         {nil, "… user room media status version audit help bot"},
		"first word":          {[]string{"ro"}, "room"},
		"after a group":       {[]string{"room", "de"}, "details delete delete-status"},
		"after a global":      {[]string{"-o", "json", "room", "blo"}, "block block-status"},
		"value of a global":   {[]string{"--output", "m"}, "minified"},
		"value with =":        {[]string{"room", "list", "--output=j"}, "--output=json"},
		"options":             {[]string{"room", "delete", "--n"}, "--new-room-user-id --no-purge"},
		"opposites":           {[]string{"room", "block", "--unb"}, "--unblock"},
		"options of terminal": {[]string{"room", "delete", "--wa"}, "--wait"},
		"global options":      {[]string{"room", "delete", "--dry"}, "--dry-run"},
		"given options":       {[]string{"room", "delete", "-b", "--b"}, ""},
		"enumeration":         {[]string{"room", "list", "--sort", "joined_"}, "joined_members joined_local_members"},
		"enumeration of -s":   {[]string{"room", "list", "-rs", "na"}, "name"},
		"anything":            {[]string{"room", "details", ""}, ""},
		"help":                {[]string{"help", "room", "resol"}, "resolve"},
		"after --":            {[]string{"room", "details", "--", "--"}, ""},
		"only in rooms":       {[]string{"conf"}, ""},
		"unknown option":      {[]string{"room", "list", "--nonsense", "--rev"}, "--reverse"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, candidate := range registry.Complete(test.words, commands.DoorTerminal) {
				got = append(got, candidate.Text)
			}
			some, partly := strings.CutPrefix(test.want, "… ")
			if !partly && strings.Join(got, " ") != test.want {
				t.Errorf("%q: got %q, want %q", test.words, strings.Join(got, " "), test.want)
			}
			for _, want := range strings.Fields(some) {
				if partly && !strings.Contains(" "+strings.Join(got, " ")+" ", " "+want+" ") {
					t.Errorf("%q: %q is missing in %q", test.words, want, got)
				}
			}
		})
	}
}

func TestMarkdownHasEveryCommand(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	registry := all.Registry()
	if err := registry.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, c := range registry.All() {
		for _, want := range append([]string{"### " + c.Name + "\n", c.Usage()}, c.Examples...) {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: %q is missing", c.Name, want)
			}
		}
	}
}
