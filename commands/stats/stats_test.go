package stats_test

import (
	"context"
	"strings"
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/stats"
)

// homeserver keeps statistics.
type homeserver struct {
	commandtest.Log
	answer string // JSON
	err    error
}

func (h *homeserver) MediaUsage(_ context.Context, query admin.MediaUsageQuery) (admin.Answer[admin.MediaUsagePage], error) {
	h.Called("MediaUsage", query)
	if h.err != nil {
		return admin.Answer[admin.MediaUsagePage]{}, h.err
	}
	return commandtest.Answer[admin.MediaUsagePage](h.answer), nil
}

func (h *homeserver) RoomSizes(context.Context) (admin.Answer[admin.RoomSizes], error) {
	h.Called("RoomSizes")
	if h.err != nil {
		return admin.Answer[admin.RoomSizes]{}, h.err
	}
	return commandtest.Answer[admin.RoomSizes](h.answer), nil
}

const (
	users = `{"users": [
		{"user_id": "@bob:example.org", "displayname": "Bob <b>", "media_count": 4, "media_length": 210000000},
		{"user_id": "@ada:example.org", "displayname": null, "media_count": 1, "media_length": 1024, "x_new": 1}], "total": 9, "next_token": 2}`
	noUsers = `{"users": [], "total": 0}`
	rooms   = `{"rooms": [{"room_id": "!lobby:example.org", "estimated_size": 47325417353}, {"room_id": "!NqZk2", "estimated_size": 8192}]}`
)

func command(line string) *commands.Command {
	for _, c := range stats.Group.Commands {
		if strings.HasPrefix(line+" ", c.Name+" ") {
			return c
		}
	}
	panic("no command in " + line)
}

func TestExamples(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, stats.Group)
}

func TestStats(t *testing.T) {
	t.Parallel()
	viewer, terminal := []commandtest.Option{commandtest.As(commands.Viewer)}, []commandtest.Option{commandtest.Terminal()}
	for name, test := range map[string]struct {
		line    string
		server  homeserver
		options []commandtest.Option
		want    commands.Status
	}{
		"media":             {"stats media", homeserver{answer: users}, viewer, commands.StatusOK},
		"media on terminal": {"stats media", homeserver{answer: users}, terminal, commands.StatusOK},
		"media of none":     {"stats media", homeserver{answer: noUsers}, nil, commands.StatusOK},
		"media selected": {"stats media -n bo --since 2026-01-01 --until 2026-02-01 --sort user_id -f 5 -l 3",
			homeserver{answer: noUsers}, nil, commands.StatusOK},
		"media smallest":   {"stats media -s media_count -r", homeserver{answer: noUsers}, nil, commands.StatusOK},
		"media backwards":  {"stats media --since 2026-02-01 --until 2026-01-01", homeserver{}, nil, commands.StatusUsage},
		"media bad sort":   {"stats media --sort size", homeserver{}, nil, commands.StatusUsage},
		"rooms":            {"stats rooms", homeserver{answer: rooms}, viewer, commands.StatusOK},
		"rooms none":       {"stats rooms", homeserver{answer: `{"rooms": []}`}, nil, commands.StatusOK},
		"rooms on SQLite":  {"stats rooms", homeserver{err: admin.Failed("cannot measure rooms: the server's database cannot tell")}, nil, commands.StatusFailed},
		"rooms not at all": {"stats rooms everything", homeserver{}, nil, commands.StatusUsage},
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
