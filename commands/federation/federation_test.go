package federation_test

import (
	"context"
	"strings"
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/federation"
)

// homeserver knows other servers.
type homeserver struct {
	commandtest.Log
	pages []string // JSON of the list, by call; the last one stays
	one   string   // JSON of one server
	rooms string   // JSON of a page of rooms
	err   error
}

func (h *homeserver) Destinations(_ context.Context, query admin.DestinationQuery) (admin.Answer[admin.DestinationPage], error) {
	h.Called("Destinations", query)
	if h.err != nil {
		return admin.Answer[admin.DestinationPage]{}, h.err
	}
	page := h.pages[0]
	if len(h.pages) > 1 {
		h.pages = h.pages[1:]
	}
	return commandtest.Answer[admin.DestinationPage](page), nil
}

func (h *homeserver) Destination(_ context.Context, destination string) (admin.Answer[admin.Destination], error) {
	h.Called("Destination", destination)
	if h.err != nil {
		return admin.Answer[admin.Destination]{}, h.err
	}
	return commandtest.Answer[admin.Destination](h.one), nil
}

func (h *homeserver) DestinationRooms(_ context.Context, destination string, from, limit int, reverse bool) (admin.Answer[admin.DestinationRooms], error) {
	h.Called("DestinationRooms", destination, from, limit, reverse)
	if h.err != nil {
		return admin.Answer[admin.DestinationRooms]{}, h.err
	}
	return commandtest.Answer[admin.DestinationRooms](h.rooms), nil
}

func (h *homeserver) ResetDestination(_ context.Context, destination string) (admin.Answer[admin.Done], error) {
	h.Called("ResetDestination", destination)
	return commandtest.Answer[admin.Done](`{}`), h.err
}

const (
	well    = `{"destination": "matrix.example.net", "retry_last_ts": 0, "retry_interval": 0, "failure_ts": null, "last_successful_stream_ordering": 120}`
	failing = `{"destination": "gone.example.net", "retry_last_ts": 1772449200000, "retry_interval": 600000, "failure_ts": 1772362800000, "last_successful_stream_ordering": null, "x_new": 1}`
	waiting = `{"destination": "slow.example.net", "retry_last_ts": 1772449200000, "retry_interval": 259200000, "failure_ts": null, "last_successful_stream_ordering": 7}`
	first   = `{"destinations": [` + well + `, ` + failing + `], "total": 4, "next_token": "2"}`
	second  = `{"destinations": [` + failing + `, ` + waiting + `], "total": 4}`
	rooms   = `{"rooms": [{"room_id": "!lobby:example.org", "stream_ordering": 8326}, {"room_id": "!NqZk2", "stream_ordering": 93534}], "total": 3, "next_token": "2"}`
	empty   = `{"destinations": [], "total": 0}`
)

var (
	unknown = admin.NotFound("destination nowhere.example does not exist on this server")
	idle    = admin.Failed("cannot reset the connection to destination matrix.example.net: " +
		"The retry timing does not need to be reset for this destination")
)

func command(line string) *commands.Command {
	for _, c := range federation.Group.Commands {
		if strings.HasPrefix(line+" ", c.Name+" ") {
			return c
		}
	}
	panic("no command in " + line)
}

func TestExamples(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, federation.Group)
}

func TestFederation(t *testing.T) {
	t.Parallel()
	terminal := []commandtest.Option{commandtest.Terminal()}
	for name, test := range map[string]struct {
		line    string
		server  homeserver
		options []commandtest.Option
		want    commands.Status
	}{
		"list":             {"federation list", homeserver{pages: []string{first}}, []commandtest.Option{commandtest.As(commands.Viewer)}, commands.StatusOK},
		"list on terminal": {"federation list", homeserver{pages: []string{first}}, terminal, commands.StatusOK},
		"list of none":     {"federation list", homeserver{pages: []string{empty}}, nil, commands.StatusOK},
		"list selected":    {"federation list -n net -f 2 -l 5 --sort failure_ts -r", homeserver{pages: []string{second}}, nil, commands.StatusOK},
		"list bad sort":    {"federation list --sort name", homeserver{}, nil, commands.StatusUsage},
		"failing":          {"federation list --failing", homeserver{pages: []string{first, second}}, nil, commands.StatusOK},
		"failing none":     {"federation list --failing -n matrix", homeserver{pages: []string{empty}}, terminal, commands.StatusOK},
		"failing away":     {"federation list --failing", homeserver{err: admin.Unavailable("cannot list destinations")}, nil, commands.StatusUnavailable},
		"details":          {"federation details matrix.example.net", homeserver{one: well}, nil, commands.StatusOK},
		"details failing":  {"federation details gone.example.net", homeserver{one: failing}, nil, commands.StatusOK},
		"details unknown":  {"federation details nowhere.example", homeserver{err: unknown}, terminal, commands.StatusFailed},
		"rooms":            {"federation rooms matrix.example.net -l 2", homeserver{rooms: rooms}, nil, commands.StatusOK},
		"rooms unknown":    {"federation rooms nowhere.example", homeserver{err: unknown}, nil, commands.StatusFailed},
		"reset":            {"federation reset gone.example.net", homeserver{}, []commandtest.Option{commandtest.As(commands.Operator)}, commands.StatusOK},
		"reset for naught": {"federation reset matrix.example.net", homeserver{err: idle}, nil, commands.StatusFailed},
		"reset denied":     {"federation reset gone.example.net", homeserver{}, []commandtest.Option{commandtest.As(commands.Viewer)}, commands.StatusDenied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := test.server
			ran := commandtest.Run(t, command(test.line), test.line, &server, test.options...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

// A list whose next page is the same page again must not be read for ever.
func TestFailingEnds(t *testing.T) {
	t.Parallel()
	server := &homeserver{pages: []string{`{"destinations": [` + failing + `], "total": 1, "next_token": "0"}`}}
	commandtest.Try(t, command("federation list"), "federation list --failing", server)
	if calls := server.Calls(); len(calls) != 1 {
		t.Errorf("read %d pages, want 1", len(calls))
	}
}
