package commands_test

import (
	"strings"
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// matched is what bulk work matches.
type matched []string

func (m matched) Matches() int { return len(m) }

func (m matched) View() render.Doc {
	return render.Doc{render.Para{render.Text("matched: " + strings.Join(m, " "))}}
}

// Who tries bulk work wants to see what it would hit, and the requests; other
// results are made of a stand-in's empty answers and say nothing true.
func TestDryRunShowsWhatBulkWorkMatches(t *testing.T) {
	t.Parallel()
	requests := []admin.Request{{Method: "DELETE", Path: "/v2/rooms/a"}}
	for name, test := range map[string]struct {
		out  commands.Outcome
		want []string
		not  string
	}{
		"bulk":         {commands.Outcome{Result: matched{"!a", "!b"}, Requests: requests}, []string{"matched: !a !b", "DELETE /v2/rooms/a"}, "Nothing would"},
		"bulk of none": {commands.Outcome{Result: matched{}}, []string{"Nothing would be sent."}, "matched"},
		"single":       {commands.Outcome{Result: commands.Silent{}, Requests: requests}, []string{"DELETE /v2/rooms/a"}, "matched"},
		"failed":       {commands.Outcome{Requests: requests}, []string{"DELETE /v2/rooms/a"}, "matched"},
	} {
		text := render.Terminal(test.out.DryRunDoc(), render.Options{})
		for _, want := range test.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing in:\n%s", name, want, text)
			}
		}
		if strings.Contains(text, test.not) {
			t.Errorf("%s: %q has no place in:\n%s", name, test.not, text)
		}
	}
}
