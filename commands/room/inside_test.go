package room_test

import (
	"encoding/json"
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
)

// What users write into rooms: markup, mentions, text that turns direction, line breaks and what looks like a command.
const (
	hostile = `"<b>hi</b> @room \u202egnp.exe\n!admin user deactivate ada [x](https://evil.example) *bold* ` + "`code`" + `"`
	topic   = `{"type": "m.room.topic", "room_id": "!spam:example.org", "event_id": "$topic", "sender": "@mallory:example.org", "state_key": "",
		"origin_server_ts": 1767225600000, "content": {"topic": ` + hostile + `}, "new_key": 1}`
	joinedEvent = `{"type": "m.room.member", "room_id": "!spam:example.org", "event_id": "$join", "sender": "@bob:example.org",
		"state_key": "@bob:example.org", "origin_server_ts": 1767225600000, "content": {"membership": "join"}}`
	message = `{"type": "m.room.message", "room_id": "!spam:example.org", "event_id": "$hostile", "sender": "@mallory:example.org",
		"origin_server_ts": 1772452800000, "content": {"msgtype": "m.text", "body": ` + hostile + `}}`
	redacted = `{"type": "m.room.message", "room_id": "!spam:example.org", "event_id": "$gone", "sender": "@mallory:example.org",
		"origin_server_ts": 1772452800000, "content": {}, "unsigned": {"redacted_because": {"type": "m.room.redaction"}}}`
	encrypted = `{"type": "m.room.encrypted", "room_id": "!spam:example.org", "event_id": "$secret", "sender": "@bob:example.org",
		"origin_server_ts": 1772452800000, "content": {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAE"}}`
	wanted = `{"event": ` + message + `, "events_before": [` + encrypted + `, ` + topic + `], "events_after": [` + redacted + `],
		"state": [` + topic + `], "start": "t1-2_3", "end": "t4-5_6"}`
	levelsOf = `{"type": "m.room.power_levels", "room_id": "!spam:example.org", "event_id": "$levels", "sender": "@mallory:example.org", "state_key": "",
		"origin_server_ts": 1767225600000, "content": {"users": {"@bob:example.org": 50, "@mallory:example.org": 100, "@old:example.org": "75"}, "users_default": 0}}`
	space = `{"rooms": [
		{"room_id": "!space:example.org", "name": "Everything", "room_type": "m.space", "num_joined_members": 3, "join_rule": "public", "children_state": [
			{"type": "m.space.child", "state_key": "!sub:example.org", "content": {"via": ["example.org"]}},
			{"type": "m.space.child", "state_key": "!spam:example.org", "content": {"via": ["example.org"]}}]},
		{"room_id": "!sub:example.org", "name": "Below", "room_type": "m.space", "num_joined_members": 2, "children_state": [
			{"type": "m.space.child", "state_key": "!space:example.org", "content": {"via": ["example.org"]}},
			{"type": "m.space.child", "state_key": "!deep:example.org", "content": {"via": ["example.org"]}}]},
		{"room_id": "!deep:example.org", "num_joined_members": 1, "children_state": []},
		{"room_id": "!spam:example.org", "name": ` + hostile + `, "canonical_alias": "#spam:example.org", "num_joined_members": 12, "children_state": []}]`
	twoEnds = `{"count": 2, "results": [{"event_id": "$new", "state_group": 439, "depth": 123, "received_ts": 1772452800000},
		{"event_id": "$old", "state_group": 440, "depth": 124, "received_ts": null}]}`
	oneEnd = `{"count": 1, "results": [{"event_id": "$new", "state_group": 439, "depth": 123, "received_ts": 1772452800000}]}`
)

// admin denies.
func notInvited() error {
	return admin.Denied("cannot join @bob:example.org to room !spam:example.org: the admin token's account may not: not in the room")
}

type scene struct {
	line    string
	server  server
	role    commands.Role // owner by default
	options []commandtest.Option
	want    commands.Status // ok by default
}

func play(t *testing.T, scenes map[string]scene) {
	t.Helper()
	for name, s := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s.role != commands.NoRole {
				s.options = append(s.options, commandtest.As(s.role))
			}
			if s.want == "" {
				s.want = commands.StatusOK
			}
			if ran := run(t, s.line, &s.server, s.options...); ran.Outcome.Status != s.want {
				t.Errorf("got status %s, want %s", ran.Outcome.Status, s.want)
			}
		})
	}
}

func TestInside(t *testing.T) {
	t.Parallel()
	full := inside{
		states:   map[string]string{"!spam:example.org": `{"state": [` + topic + `, ` + joinedEvent + `]}`},
		messages: `{"chunk": [` + message + `, ` + redacted + `, ` + encrypted + `, ` + joinedEvent + `], "start": "t1-2_3", "end": "t4-5_6"}`,
		context:  wanted,
		at:       `{"event_id": "$hostile", "origin_server_ts": 1772452800000}`,
		tree:     space + `}`,
		ends:     twoEnds,
	}
	known := server{inside: full}
	last := server{inside: inside{messages: `{"chunk": [], "start": "t4-5_6"}`, tree: space + `, "next_batch": "WvLq"}`}}
	terminal := []commandtest.Option{commandtest.Terminal()}
	play(t, map[string]scene{
		"state":               {line: "room state !spam:example.org", server: known, role: commands.Viewer},
		"state of a type":     {line: "room state !spam:example.org --type m.room.topic", server: known, options: terminal},
		"state of unknown":    {line: "room state !nowhere:example.org", want: commands.StatusFailed},
		"messages":            {line: "room messages !spam:example.org --dir b -l 4 -f t1-2_3", server: known, role: commands.Admin},
		"messages, terminal":  {line: "room messages !spam:example.org", server: known, options: terminal},
		"messages, the end":   {line: "room messages !spam:example.org -f t4-5_6", server: last},
		"messages, denied":    {line: "room messages !spam:example.org", role: commands.Operator, want: commands.StatusDenied},
		"messages, direction": {line: "room messages !spam:example.org --dir x", want: commands.StatusUsage},
		"context":             {line: "room context !spam:example.org $hostile", server: known, role: commands.Admin},
		"context of unknown":  {line: "room context !spam:example.org $nothing -l 2", want: commands.StatusFailed},
		"context, denied":     {line: "room context !spam:example.org $hostile", role: commands.Operator, want: commands.StatusDenied},
		"context, no event":   {line: "room context !spam:example.org hostile", want: commands.StatusUsage},
		"at":                  {line: "room at !spam:example.org 2026-03-01", server: known, role: commands.Viewer},
		"at, before":          {line: `room at !spam:example.org "2026-03-01 18:00" --dir b`, server: known, options: terminal},
		"at, nothing":         {line: "room at !spam:example.org 2026-03-01", server: server{room: spamRoom}, want: commands.StatusFailed},
		"at, nothing before":  {line: "room at !spam:example.org 2026-03-01 --dir b", server: server{room: spamRoom}, want: commands.StatusFailed},
		"at, unknown":         {line: "room at !spam:example.org 2026-03-01", want: commands.StatusFailed},
		"messages of unknown": {line: "room messages !nowhere:example.org", server: server{inside: inside{messages: `{"chunk": [], "start": "t1"}`}}, want: commands.StatusFailed},
		"messages, none":      {line: "room messages !spam:example.org", server: server{room: spamRoom, inside: inside{messages: `{"chunk": [], "start": "t1"}`}}},
		"context, no such":    {line: "room context !spam:example.org $nothing", server: server{room: spamRoom}, want: commands.StatusFailed},
		"at, no date":         {line: "room at !spam:example.org soon", want: commands.StatusUsage},
		"tree":                {line: "room tree !space:example.org", server: known, role: commands.Viewer},
		"tree, second page":   {line: "room tree !elsewhere:example.org -f WvLp -l 4 --max-depth 2", server: last, options: terminal},
		"tree of unknown":     {line: "room tree !nowhere:example.org", want: commands.StatusFailed},
		"extremities":         {line: "room extremities !spam:example.org", server: known, role: commands.Viewer},
		"extremities, none":   {line: "room extremities !nowhere:example.org", server: server{inside: inside{ends: `{"count": 0, "results": []}`}}, want: commands.StatusFailed},
	})
}

func TestPowerLevels(t *testing.T) {
	t.Parallel()
	rooms := `{"rooms": [` + spamRoom + `, ` + quietRoom + `], "offset": 0, "total_rooms": 5, "next_batch": 2}`
	known := server{rooms: rooms, inside: inside{states: map[string]string{
		"!spam:example.org": `{"state": [` + levelsOf + `]}`, "!quiet:example.org": `{"state": []}`}}}
	unruled := server{rooms: `{"rooms": [` + quietRoom + `], "offset": 0, "total_rooms": 1}`, inside: inside{states: map[string]string{
		"!quiet:example.org": `{"state": [{"type": "m.room.power_levels", "state_key": "", "event_id": "$e", "content": {"users_default": 0}}]}`}}}
	play(t, map[string]scene{
		"page":        {line: "room power-levels", server: known, role: commands.Viewer},
		"all details": {line: "room power-levels -a -n spam -s joined_members -r -f 0 -l 2", server: known, options: []commandtest.Option{commandtest.Terminal()}},
		"one room":    {line: "room power-levels -i !quiet:example.org", server: unruled},
		"none":        {line: "room power-levels -n nothing", server: server{rooms: `{"rooms": [], "offset": 0, "total_rooms": 0}`}},
		"gone since":  {line: "room power-levels", server: server{rooms: rooms}, want: commands.StatusFailed},
	})
}

func TestJoin(t *testing.T) {
	t.Parallel()
	bob := inside{user: `{"name": "@bob:example.org"}`, joined: `{"room_id": "!spam:example.org"}`, done: `{}`}
	known := server{inside: bob, alias: `{"room_id": "!spam:example.org", "servers": ["example.org"]}`}
	private := known
	private.denied = notInvited()
	there := private
	there.members = spamMembers
	play(t, map[string]scene{
		"already in":   {line: "room join !spam:example.org bob", server: there, want: commands.StatusFailed},
		"by id":        {line: "room join !spam:example.org bob", server: known, role: commands.Admin},
		"by alias":     {line: "room join #spam bob", server: known},
		"unknown user": {line: "room join !spam:example.org bob", server: server{}, want: commands.StatusFailed},
		"unknown room": {line: "room join !spam:example.org bob", server: server{inside: inside{user: bob.user}}, want: commands.StatusFailed},
		"remote user":  {line: "room join !spam:example.org @bob:elsewhere.net", server: known, want: commands.StatusFailed},
		"may not":      {line: "room join !spam:example.org bob", server: private, want: commands.StatusDenied},
		"denied":       {line: "room join !spam:example.org bob", role: commands.Operator, want: commands.StatusDenied},
		"no user":      {line: "room join !spam:example.org", want: commands.StatusUsage},

		"admin":              {line: "room make-admin !spam:example.org -u bob", server: known, role: commands.Admin},
		"admin, caller":      {line: "room make-admin !spam:example.org", server: known},
		"admin, terminal":    {line: "room make-admin !spam:example.org", server: known, options: []commandtest.Option{commandtest.Terminal()}},
		"admin, remote":      {line: "room make-admin !spam:example.org -u @far:elsewhere.net", server: known},
		"admin, no user":     {line: "room make-admin !spam:example.org -u bob", server: server{inside: inside{done: `{}`}}, want: commands.StatusFailed},
		"admin of unknown":   {line: "room make-admin !spam:example.org", server: server{inside: inside{user: bob.user}}, want: commands.StatusFailed},
		"admin, denied":      {line: "room make-admin !spam:example.org", role: commands.Operator, want: commands.StatusDenied},
		"publish":            {line: "room publish !spam:example.org", server: known, role: commands.Operator},
		"publish unknown":    {line: "room publish !spam:example.org", want: commands.StatusFailed},
		"publish, denied":    {line: "room publish !spam:example.org", role: commands.Viewer, want: commands.StatusDenied},
		"unpublish":          {line: "room unpublish !spam:example.org", server: known},
		"unpublish, unknown": {line: "room unpublish !spam:example.org", want: commands.StatusFailed},
	})
}

func TestTrimExtremities(t *testing.T) {
	t.Parallel()
	play(t, map[string]scene{
		"some":    {line: "room trim-extremities !spam:example.org", server: server{inside: inside{ends: twoEnds, trimmed: `{"deleted": 1}`}}, role: commands.Admin},
		"one":     {line: "room trim-extremities !spam:example.org", server: server{inside: inside{ends: oneEnd, trimmed: `{"deleted": 0}`}}},
		"unknown": {line: "room trim-extremities !nowhere:example.org", server: server{inside: inside{ends: `{"count": 0, "results": []}`}}, want: commands.StatusFailed},
		"denied":  {line: "room trim-extremities !spam:example.org", role: commands.Operator, want: commands.StatusDenied},
	})
}

func TestPurgeEmpty(t *testing.T) {
	t.Parallel()
	const left = `{"room_id": "!left:example.org", "name": "Left", "joined_members": 4, "joined_local_members": 0}`
	pages := []string{
		`{"rooms": [` + quietRoom + `, ` + left + `], "offset": 0, "total_rooms": 5, "next_batch": 2}`,
		`{"rooms": [` + left + `, ` + spamRoom + `], "offset": 2, "total_rooms": 5, "next_batch": 4}`,
	}
	known := server{inside: inside{pages: pages}, deletion: started,
		deletionV1: `{"kicked_users": [], "failed_to_kick_users": [], "local_aliases": [], "new_room_id": null}`}
	play(t, map[string]scene{
		"not yet":          {line: "room purge-empty", server: known, want: commands.StatusFailed},
		"list":             {line: "room purge-empty --dry-run -p 2", server: known},
		"list, older API":  {line: "room purge-empty --dry-run --v1 --no-purge", server: known},
		"list of none":     {line: "room purge-empty --dry-run", server: server{rooms: `{"rooms": [` + spamRoom + `], "offset": 0, "total_rooms": 1}`}},
		"contradiction":    {line: "room purge-empty --no-purge --force-purge", want: commands.StatusUsage},
		"denied":           {line: "room purge-empty --dry-run", role: commands.Admin, want: commands.StatusDenied},
		"without a server": {line: "room purge-empty --dry-run", server: server{err: admin.Unavailable("no homeserver can be reached at 127.0.0.1:8008")}, want: commands.StatusUnavailable},
	})
}

// A server that answers with an empty page and yet another cursor must not keep us for ever.
func TestPurgeEmptyEnds(t *testing.T) {
	t.Parallel()
	endless := server{rooms: `{"rooms": [], "offset": 0, "total_rooms": 5, "next_batch": 2}`}
	ran := run(t, "room purge-empty --dry-run", &endless)
	if calls := endless.Calls(); len(calls) != 1 {
		t.Errorf("asked %d times, want once", len(calls))
	}
	if raw, err := json.Marshal(ran.Outcome.Result); err != nil || string(raw) == "" {
		t.Errorf("result %s, %v", raw, err)
	}
}
