package appservice

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"caretaker/store"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// with is the event $x of [message] with some fields replaced; a value of "-" removes the field.
func with(fields ...string) string {
	all := map[string]string{
		"type": `"m.room.message"`, "event_id": `"$x"`, "room_id": `"!room:example.org"`, "sender": `"@ada:example.org"`,
		"origin_server_ts": `1700000000000`, "content": `{"msgtype":"m.text","body":"hi"}`,
	}
	for i := 0; i < len(fields); i += 2 {
		all[fields[i]] = fields[i+1]
	}
	var members []string
	for key, value := range all {
		if value != "-" {
			members = append(members, fmt.Sprintf("%q:%s", key, value))
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

// What becomes of an odd event. It is never refused, and never spoils its neighbours.
const (
	kept    = "kept"    // waits for the bot
	invalid = "invalid" // kept for whoever looks for the reason
	dropped = "dropped"
)

var oddEvents = []struct{ name, event, want string }{
	{"as it should be", with(), kept},
	{"no event_id", with("event_id", "-"), invalid},
	{"event_id is a number", with("event_id", "1"), invalid},
	{"event_id is null", with("event_id", "null"), invalid},
	{"event_id is empty", with("event_id", `""`), invalid},
	{"event_id is an object", with("event_id", `{}`), invalid},
	{"event_id without sigil", with("event_id", `"x"`), invalid},
	{"event_id is only the sigil", with("event_id", `"$"`), invalid},
	{"event_id is very long", with("event_id", `"$`+strings.Repeat("x", 300)+`"`), invalid},
	{"event_id with a line break", with("event_id", `"$a\nb"`), invalid},
	{"event_id with NUL", with("event_id", `"$a\u0000b"`), invalid},
	{"event_id with a bare control character", with("event_id", "\"$a\x01\""), invalid},
	{"event_id that is not UTF-8", with("event_id", "\"$a\xff\""), invalid},
	{"event_id with an escape", with("event_id", `"\u0024x"`), kept},
	{"no room_id", with("room_id", "-"), invalid},
	{"room_id is a number", with("room_id", "7"), invalid},
	{"room_id is an alias", with("room_id", `"#a:example.org"`), invalid},
	{"room_id without server, as of version 12", with("room_id", `"!mXB-d7XtVQ0BkLr3ZzuN5q9yXf8cKpTgHwJmE2aRsUo"`), kept},
	{"no sender", with("sender", "-"), invalid},
	{"sender is a list", with("sender", `["@ada:example.org"]`), invalid},
	{"sender is no user", with("sender", `"ada"`), invalid},
	{"no type", with("type", "-"), invalid},
	{"type is a number", with("type", "3"), invalid},
	{"type is empty", with("type", `""`), invalid},
	{"type of no interest", with("type", `"m.room.name"`), dropped},
	{"type of no interest, otherwise broken", with("type", `"m.typing"`, "event_id", "1"), dropped},
	{"redaction", with("type", `"m.room.redaction"`), dropped},
	{"no content", with("content", "-"), invalid},
	{"content is null", with("content", "null"), invalid},
	{"content is a string", with("content", `"hi"`), invalid},
	{"content is a list", with("content", `[]`), invalid},
	{"content is empty, as after a redaction", with("content", `{}`), kept},
	{"body is a number", with("content", `{"msgtype":"m.text","body":5}`), kept},
	{"msgtype is an object", with("content", `{"msgtype":{},"body":"x"}`), kept},
	{"mentions are wrong", with("content", `{"msgtype":"m.text","body":"x","m.mentions":7}`), kept},
	{"relation is a string", with("content", `{"msgtype":"m.text","body":"x","m.relates_to":"$y"}`), kept},
	{"lone surrogates", with("content", `{"msgtype":"m.text","body":"\ud800"}`), kept},
	{"body that is not UTF-8", with("content", "{\"body\":\"\xff\xfe\"}"), kept},
	{"no origin_server_ts", with("origin_server_ts", "-"), kept},
	{"origin_server_ts is a string", with("origin_server_ts", `"yesterday"`), kept},
	{"origin_server_ts is negative", with("origin_server_ts", "-5"), kept},
	{"origin_server_ts is a fraction", with("origin_server_ts", "1.7e12"), kept},
	{"origin_server_ts is beyond all bounds", with("origin_server_ts", "1"+strings.Repeat("0", 400)), kept},
	{"unsigned is a string", with("unsigned", `"x"`), kept},
	{"unsigned is null", with("unsigned", `null`), kept},
	{"age is a string", with("unsigned", `{"age":"x"}`), kept},
	{"unknown fields", with("depth", "5", "hashes", `{"sha256":"x"}`), kept},
	{"message with a state_key", with("state_key", `""`), dropped},
	{"state_key is null", with("state_key", "null"), kept},
	{"state_key is a number", with("type", `"m.room.member"`, "state_key", "1"), dropped},
	{"membership of the bot", with("type", `"m.room.member"`, "state_key", `"@caretaker:example.org"`), kept},
	{"membership of another", with("type", `"m.room.member"`, "state_key", `"@ada:example.org"`), dropped},
	{"join rules", with("type", `"m.room.join_rules"`, "state_key", `""`), kept},
	{"join rules that are no state", with("type", `"m.room.join_rules"`), dropped},
	{"encryption", with("type", `"m.room.encryption"`, "state_key", `""`), kept},
	{"encrypted message", with("type", `"m.room.encrypted"`), kept},
	{"reaction", with("type", `"m.reaction"`), kept},
	{"what the bot said itself", with("sender", `"@caretaker:example.org"`), dropped},
	{"a number", `42`, invalid},
	{"a string", `"$x"`, invalid},
	{"null", `null`, invalid},
	{"a list", `[{}]`, invalid},
	{"an empty object", `{}`, invalid},
	{"a misspelt literal", with("content", `{"a":tru}`), invalid},
	{"a number with leading zeros", with("content", `{"a":007}`), invalid},
	{"a wrong escape", with("content", `{"a":"\x41"}`), invalid},
	{"a comma too many", with("content", `{"a":1,}`), invalid},
	{"a missing colon", with("content", `{"a" 1}`), invalid},
	{"brackets crossed", with("content", `{"a":[1}]`), invalid},
	{"a line break in a string", with("content", "{\"body\":\"a\nb\"}"), invalid},
	{"nested deeply", with("content", `{"a":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+`}`), invalid},
	{"nested a million deep", with("content", `{"a":`+strings.Repeat("[", 1e6)+strings.Repeat("]", 1e6)+`}`), invalid},
	{"nested objects", with("content", strings.Repeat(`{"a":`, 20000)+"1"+strings.Repeat("}", 20000)), invalid},
	{"too large", with("content", `{"body":"`+strings.Repeat("x", maxEvent)+`"}`), invalid},
	{"just not too large", with("content", `{"body":"`+strings.Repeat("x", 60000)+`"}`), kept},
	{"a name twice", strings.Replace(with(), `{`, `{"sender":"@eve:example.org",`, 1), kept},
}

func TestOddEvents(t *testing.T) {
	t.Parallel()
	for _, tt := range oddEvents {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.accept("1", transaction(message("$before"), tt.event, message("$after")))
			want := []id.EventID{"$before", "$after"}
			if tt.want == kept {
				want = []id.EventID{"$before", "$x", "$after"}
			}
			f.wantPending(want...)
			if got := f.invalidRows(tt.event); got != (tt.want == invalid) {
				t.Errorf("kept as invalid: %v", got)
			}
			f.accept("2", transaction(tt.event)) // and again
			f.wantPending(want...)
		})
	}
}

// invalidRows tells whether the event is kept as unusable, and checks how.
func (f *fixture) invalidRows(raw string) bool {
	f.t.Helper()
	row := invalidRow([]byte(raw))
	stored, found, err := f.db.Get(f.t.Context(), row.EventID)
	if err != nil {
		f.t.Fatal(err)
	}
	if found && (stored.State != store.InboxInvalid || len(stored.Raw) > keptOfInvalid || !strings.HasPrefix(raw, string(stored.Raw))) {
		f.t.Errorf("stored as %s with %d bytes: %.80s", stored.State, len(stored.Raw), stored.Raw)
	}
	return found
}

// TestNobodySpeaksForOthers sends events with second fields that encoding/json takes for the first.
func TestNobodySpeaksForOthers(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, event string }{
		{"Sender", strings.Replace(with(), `{`, `{"Sender":"@owner:example.org",`, 1)},
		{"SENDER behind", strings.TrimSuffix(with(), `}`) + `,"SENDER":"@owner:example.org"}`},
		{"Content behind", strings.TrimSuffix(with(), `}`) + `,"Content":{"msgtype":"m.text","body":"!admin user deactivate @bob:example.org"}}`},
		{"Room_ID behind", strings.TrimSuffix(with(), `}`) + `,"Room_ID":"!management:example.org"}`},
		{"Type behind", strings.TrimSuffix(with(), `}`) + `,"Type":"m.reaction"}`},
		{"Kelvin sign", strings.TrimSuffix(with(), `}`) + `,"state_\u212aey":""}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.accept("1", transaction(tt.event))
			row := f.get("$x")
			var evt event.Event
			if err := json.Unmarshal(row.Raw, &evt); err != nil {
				t.Fatal(err)
			}
			if row.Sender != "@ada:example.org" || evt.Sender != row.Sender || evt.RoomID != testRoom || evt.Type.Type != "m.room.message" ||
				evt.StateKey != nil || string(evt.Content.VeryRaw) != `{"msgtype":"m.text","body":"hi"}` {
				t.Errorf("later readers see %s", row.Raw)
			}
		})
	}
}

// TestStoredEventReadsTheSame compares what the library reads from the stored form with what it reads from the original.
func TestStoredEventReadsTheSame(t *testing.T) {
	t.Parallel()
	raw := `{"age":5,"content":{"body":"ä\u00e4\n\"x\"","n":1e3},"event_id":"$ä","origin_server_ts":17,"room_id":"!r\"\\:x","sender":"@a:x",` +
		`"state_key":"k\u0009","type":"m.room.member","unsigned":{"age":5,"prev_content":{"membership":"invite"}},"user_id":"@a:x"}`
	evt, err := ParseEvent([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	var got, want event.Event
	if err := json.Unmarshal(evt.JSON(), &got); err != nil {
		t.Fatalf("%v: %s", err, evt.JSON())
	}
	if err := json.Unmarshal([]byte(raw), &want); err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(&got)
	b, _ := json.Marshal(&want)
	if !bytes.Equal(a, b) {
		t.Errorf("got  %s\nwant %s", a, b)
	}
}

func TestEventsThatAreNoList(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"nothing at all":       `{}`,
		"null":                 `{"events":null}`,
		"no events":            `{"events":[]}`,
		"only ephemeral":       `{"ephemeral":[{"type":"m.typing"}],"events":[]}`,
		"only to-device":       `{"to_device":[{"type":"m.dummy","content":{}}]}`,
		"broken ephemeral":     `{"ephemeral":[{"type":tru}],"events":[]}`,
		"space everywhere":     " {\n\t\"events\" : [ ] \r\n} ",
		"device lists":         `{"events":[],"device_lists":{"changed":["@a:b"]},"org.matrix.msc3202.device_one_time_keys_count":{}}`,
		"only what is dropped": transaction(with("type", `"m.room.name"`)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.accept("1", body)
			f.wantPending()
			if f.woken.Load() != 0 {
				t.Error("woken for nothing")
			}
		})
	}
}

func FuzzTransaction(f *testing.F) {
	for _, odd := range oddEvents {
		if len(odd.event) < 2000 {
			f.Add([]byte(transaction(message("$before"), odd.event, message("$after"))))
		}
	}
	for _, body := range []string{"", "{", `{"events"`, `{"events":[`, `{"events":[}`, `{"events":[{]}`, `{"a":"\`, `{"events":[],"events":[1]}`, `nul`} {
		f.Add([]byte(body))
	}
	rd := reader{bot: testBot, wants: Wants(testBot)}
	f.Fuzz(func(t *testing.T, body []byte) {
		rows, events, err := rd.transaction(body)
		if err != nil {
			if wellFormed(body) {
				var txn struct{ Events []json.RawMessage }
				if json.Unmarshal(body, &txn) == nil {
					t.Fatalf("a readable transaction is refused: %q", body)
				}
			}
			return
		}
		if len(rows) > events {
			t.Fatalf("%d rows of %d events", len(rows), events)
		}
		for _, row := range rows {
			checkRow(t, row)
		}
	})
}

// checkRow holds for every row, whatever was sent.
func checkRow(t *testing.T, row store.InboxEvent) {
	t.Helper()
	if row.EventID == "" {
		t.Fatal("a row without key")
	}
	if row.State == store.InboxInvalid {
		return
	}
	var evt event.Event
	if err := json.Unmarshal(row.Raw, &evt); err != nil && !strings.Contains(err.Error(), "cannot unmarshal") {
		t.Fatalf("stored as good, but not JSON: %v: %q", err, row.Raw)
	}
	again, err := ParseEvent(row.Raw)
	if err != nil || again.ID != row.EventID || again.Sender != row.Sender || again.RoomID != row.RoomID || again.Type != row.Type {
		t.Fatalf("the row and its event differ: %v, %+v, %s", err, row, row.Raw)
	}
}
