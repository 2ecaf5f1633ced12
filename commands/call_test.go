package commands_test

import (
	"strings"
	"testing"
	"time"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// The next page is the same list with another --from.
func TestWith(t *testing.T) {
	t.Parallel()
	call := parse(t, "user list -dn bob --from 25 -o json", roomEnv())
	next, ok := call.With("from", "50")
	if want := "user list --from 50 --deactivated --name bob --output json"; !ok || next != want {
		t.Errorf("got %q, %v, want %q", next, ok, want)
	}
	if got := call.Args.(*listArgs).From; got != 25 {
		t.Errorf("the call itself now begins at %d", got)
	}
	if next, ok = parse(t, "user list", roomEnv()).With("from", "25"); !ok || next != "user list --from 25" {
		t.Errorf("got %q, %v", next, ok)
	}
	for _, test := range [][3]string{{"user list", "from", "many"}, {"user list", "nonsense", "1"}, {"user lock bob", "USER", "eve"}} {
		if next, ok := parse(t, test[0], roomEnv()).With(test[1], test[2]); ok {
			t.Errorf("%q with %s %s: got %q", test[0], test[1], test[2], next)
		}
	}
}

// Every answer that read a date repeats it with its zone.
func TestDatesAreRepeated(t *testing.T) {
	t.Parallel()
	env := roomEnv()
	env.Zone = zone(t, "Europe/Berlin")
	for line, want := range map[string]string{
		"media purge -b 2024-07-31":          "The date was read as 2024-07-31T00:00:00+02:00.",
		"media purge -b 2024-07-31T18:00Z":   "The date was read as 2024-07-31T18:00:00Z.",
		"regtok update x -e 2h":              "The date was read as 2026-03-02T15:00:00+01:00.",
		"user list":                          "",
		"media purge -b 2h --dry-run -o csv": "The date was read as 2026-03-02T11:00:00+01:00.",
	} {
		plain, _ := render.Room(parse(t, line, env).DatesDoc(), render.Options{})
		if strings.TrimSpace(plain) != want {
			t.Errorf("%q: got %q, want %q", line, plain, want)
		}
	}
	if doc := (&commands.Call{}).DatesDoc(); doc != nil {
		t.Errorf("without arguments: got %v", doc)
	}
}

func TestRequestsInWords(t *testing.T) {
	t.Parallel()
	plain, _ := render.Room(commands.RequestsDoc([]admin.Request{
		{Method: "PUT", Path: "/a", Query: "x=1", Body: map[string]string{"password": "***"}}, {Method: "DELETE", Path: "/b"},
	}), render.Options{})
	for _, want := range []string{"Nothing was sent.", "PUT /a?x=1\n", `"password": "***"`, "DELETE /b"} {
		if !strings.Contains(plain, want) {
			t.Errorf("%q is missing in:\n%s", want, plain)
		}
	}
	if plain, _ = render.Room(commands.RequestsDoc(nil), render.Options{}); !strings.Contains(plain, "Nothing would be sent.") {
		t.Errorf("got %q", plain)
	}
}

// References arrive as ids, whatever kind of field holds them.
func TestReferencesAreResolved(t *testing.T) {
	t.Parallel()
	h := trial{env: roomEnv()}
	call, out := h.run(t, "media purge -r #spam")
	if room := call.Args.(*purgeArgs).Room; out.Err != nil || room.RoomID != "!spam:example.org" || room.Alias != "#spam:example.org" {
		t.Errorf("got %+v, %v", room, out.Err)
	}
	call, _ = h.run(t, "room delete #a !b #a")
	if got, want := call.Line(), "room delete !a:example.org !b !a:example.org"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if rooms := call.Rooms(); len(rooms) != 3 {
		t.Errorf("got %v", rooms)
	}
}

func TestItems(t *testing.T) {
	t.Parallel()
	var got []string
	for item, err := range commands.OneItem("one") {
		got = append(got, item.Target)
		if err != nil {
			t.Error(err)
		}
	}
	for item, err := range commands.Items([]time.Duration{time.Second, time.Minute}) {
		if err != nil {
			t.Error(err)
		}
		if got = append(got, item.Target); len(got) == 2 {
			break
		}
	}
	if strings.Join(got, " ") != "one 1s" {
		t.Errorf("got %q", got)
	}
}
