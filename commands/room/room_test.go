package room_test

import (
	"context"
	"testing"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/room"
)

// server is a homeserver with the answers that a test gives it. What it was not
// given does not exist.
type server struct {
	commandtest.Log
	inside
	rooms, room, members, alias, aliases, block string
	deletion, deletionV1, deletions, tasks      string
	statuses                                    []string // of a deletion, one after the other
	err                                         error    // of every call
	statusErr                                   error    // of the first question for a deletion
}

// answer is what the server says, or that it knows nothing.
func answer[T any](s *server, raw, what string) (admin.Answer[T], error) {
	switch {
	case s.err != nil:
		return admin.Answer[T]{}, s.err
	case raw == "":
		return admin.Answer[T]{}, admin.NotFound("%s does not exist on this server", what)
	}
	return commandtest.Answer[T](raw), nil
}

func (s *server) Rooms(_ context.Context, query admin.RoomQuery) (admin.Answer[admin.RoomPage], error) {
	s.Called("Rooms", query)
	if len(s.pages) > 0 {
		s.rooms, s.pages = s.pages[0], s.pages[1:]
	}
	return answer[admin.RoomPage](s, s.rooms, "rooms")
}

func (s *server) Room(_ context.Context, room id.RoomID) (admin.Answer[admin.Room], error) {
	s.Called("Room", room)
	return answer[admin.Room](s, s.room, "room "+room.String())
}

func (s *server) Members(_ context.Context, room id.RoomID) (admin.Answer[admin.Members], error) {
	s.Called("Members", room)
	return answer[admin.Members](s, s.members, "room "+room.String())
}

func (s *server) ResolveAlias(_ context.Context, alias id.RoomAlias) (admin.Answer[admin.ResolvedAlias], error) {
	s.Called("ResolveAlias", alias)
	return answer[admin.ResolvedAlias](s, s.alias, "alias "+alias.String())
}

func (s *server) RoomAliases(_ context.Context, room id.RoomID) (admin.Answer[admin.RoomAliases], error) {
	s.Called("RoomAliases", room)
	return answer[admin.RoomAliases](s, s.aliases, "room "+room.String())
}

func (s *server) RoomBlock(_ context.Context, room id.RoomID) (admin.Answer[admin.Block], error) {
	s.Called("RoomBlock", room)
	return answer[admin.Block](s, s.block, "room "+room.String())
}

func (s *server) SetRoomBlock(_ context.Context, room id.RoomID, block bool) (admin.Answer[admin.Block], error) {
	s.Called("SetRoomBlock", room, block)
	return answer[admin.Block](s, s.block, "room "+room.String())
}

func (s *server) DeleteRoom(_ context.Context, room id.RoomID, opts admin.DeleteRoom) (admin.Answer[admin.Deletion], error) {
	s.Called("DeleteRoom", room, opts)
	return answer[admin.Deletion](s, s.deletion, "room "+room.String())
}

func (s *server) DeleteRoomV1(_ context.Context, room id.RoomID, opts admin.DeleteRoom) (admin.Answer[admin.ShutdownRoom], error) {
	s.Called("DeleteRoomV1", room, opts)
	return answer[admin.ShutdownRoom](s, s.deletionV1, "room "+room.String())
}

func (s *server) Deletion(_ context.Context, deletion string) (admin.Answer[admin.DeletionStatus], error) {
	s.Called("Deletion", deletion)
	if err := s.statusErr; err != nil {
		s.statusErr = nil
		return admin.Answer[admin.DeletionStatus]{}, err
	}
	status := ""
	if len(s.statuses) > 0 {
		status, s.statuses = s.statuses[0], s.statuses[1:]
	}
	return answer[admin.DeletionStatus](s, status, "deletion "+deletion)
}

func (s *server) DeletionsOf(_ context.Context, room id.RoomID) (admin.Answer[admin.DeletionStatuses], error) {
	s.Called("DeletionsOf", room)
	return answer[admin.DeletionStatuses](s, s.deletions, "a deletion of room "+room.String())
}

func (s *server) ScheduledTasks(_ context.Context, resource string) (admin.Answer[admin.ScheduledTasks], error) {
	s.Called("ScheduledTasks", resource)
	return answer[admin.ScheduledTasks](s, s.tasks, "task")
}

const (
	spamRoom = `{"room_id": "!spam:example.org", "name": "Buy <b>now</b>", "canonical_alias": "#spam:example.org", "topic": null,
		"joined_members": 12, "joined_local_members": 3, "joined_local_devices": 4, "version": "10", "creator": "@mallory:example.org",
		"encryption": null, "federatable": true, "public": true, "join_rules": "public", "guest_access": null,
		"history_visibility": "shared", "state_events": 40, "room_type": null, "forgotten": false, "new_key": 1}`
	quietRoom = `{"room_id": "!quiet:example.org", "name": null, "canonical_alias": null, "joined_members": 0,
		"joined_local_members": 0, "version": "1", "creator": "@ada:example.org", "encryption": "m.megolm.v1.aes-sha2", "public": false}`
	spamMembers = `{"members": ["@mallory:example.org", "@far:elsewhere.net", "@bob:example.org", "@eve:example.org"], "total": 4}`
)

// run finds the command by name in the group and runs the line.
func run(t *testing.T, line string, fake any, options ...commandtest.Option) commandtest.Ran {
	t.Helper()
	tokens, err := commands.Tokenise(line)
	if err != nil {
		t.Fatal(err)
	}
	words := make([]string, len(tokens.Words))
	for i, word := range tokens.Words {
		words[i] = word.Text
	}
	command, _ := commands.NewRegistry(room.Group).Find(words)
	if command == nil {
		t.Fatalf("%q names no command", line)
	}
	return commandtest.Run(t, command, line, fake, options...)
}

func TestExamples(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, room.Group)
}

func TestReading(t *testing.T) {
	t.Parallel()
	unavailable := admin.Unavailable("no homeserver can be reached at 127.0.0.1:8008")
	for name, test := range map[string]struct {
		line    string
		server  server
		options []commandtest.Option
	}{
		"list": {line: "room list --sort joined_members -r -E", server: server{
			rooms: `{"rooms": [` + spamRoom + `, ` + quietRoom + `], "offset": 0, "total_rooms": 50, "next_batch": 2}`}},
		"list on terminal": {line: "room list -f 2 --private -n spam", options: []commandtest.Option{commandtest.Terminal()}, server: server{
			rooms: `{"rooms": [` + quietRoom + `], "offset": 2, "total_rooms": 3, "prev_batch": 0}`}},
		"list of none":           {line: "room list --public", server: server{rooms: `{"rooms": [], "offset": 0, "total_rooms": 0}`}},
		"list contradiction":     {line: "room list --public --private"},
		"list of bad column":     {line: "room list -s size"},
		"list without server":    {line: "room list", server: server{err: unavailable}},
		"search":                 {line: "room search spam", server: server{rooms: `{"rooms": [` + spamRoom + `], "offset": 0, "total_rooms": 1}`}},
		"search for nothing":     {line: `room search " "`},
		"details":                {line: "room details #spam", server: server{alias: `{"room_id": "!spam:example.org", "servers": []}`, room: spamRoom}},
		"details of unknown":     {line: "room details !nowhere:example.org"},
		"members":                {line: "room members !spam:example.org", server: server{members: spamMembers}},
		"members of unknown":     {line: "room members !nowhere:example.org"},
		"resolve":                {line: "room resolve #spam:example.org", server: server{alias: `{"room_id": "!spam:example.org", "servers": ["example.org"]}`}},
		"resolve on terminal":    {line: "room resolve #spam", options: []commandtest.Option{commandtest.Terminal()}, server: server{alias: `{"room_id": "!spam:example.org", "servers": ["example.org"]}`}},
		"resolve unknown":        {line: "room resolve #nothing"},
		"resolve an id":          {line: "room resolve !spam:example.org"},
		"resolve reverse":        {line: "room resolve -r !spam:example.org", server: server{aliases: `{"aliases": ["#spam:example.org", "#eggs:example.org"]}`}},
		"resolve reverse none":   {line: "room resolve -r !spam:example.org", server: server{aliases: `{"aliases": []}`}},
		"block-status":           {line: "room block-status !spam:example.org", server: server{block: `{"block": true, "user_id": "@ada:example.org"}`}},
		"block-status unblocked": {line: "room block-status !spam:example.org", server: server{block: `{"block": false}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, test.line, &test.server, test.options...)
		})
	}
}

func TestBlock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line   string
		server server
		role   commands.Role
	}{
		"block":           {line: "room block !spam:example.org", role: commands.Operator, server: server{block: `{"block": true}`}},
		"unblock":         {line: "room block -u !spam:example.org", role: commands.Operator, server: server{block: `{"block": false}`}},
		"both":            {line: "room block -b -u !spam:example.org", role: commands.Operator},
		"denied":          {line: "room block !spam:example.org", role: commands.Viewer},
		"management room": {line: "room block here", role: commands.Owner},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, test.line, &test.server, commandtest.As(test.role))
		})
	}
}
