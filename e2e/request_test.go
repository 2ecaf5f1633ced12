package e2e

import (
	"strings"
	"testing"

	"caretaker/e2e/harness"
)

// A request of somebody's own making is the worst there is: it needs the code with the count, no reaction will do, and
// whoever is protected stays so.
func TestRequestsInRoom(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{Proxy: true})
	bob := bot.Synapse.NewUser(t, "bob")
	bot.Grant(bob.UserID, "admin")
	bot.Run()
	ada := bot.Owner
	room := ada.NewRoom(bot, bob)
	blocked := func() int {
		return len(bot.Proxy.Requests(func(r harness.Request) bool { return r.Forwarded && r.Changes() && strings.HasSuffix(r.Path, "/block") }))
	}

	if read := ada.Ask(room, "!admin raw v1/rooms?limit=1"); read.Status != "ok" || !strings.Contains(read.Plain, "total_rooms") {
		t.Errorf("reading got %s: %s", read.Status, read.Plain)
	}
	prompt := ada.Ask(room, `!admin raw v1/rooms/!unknown:`+bot.Synapse.ServerName+`/block -m put -d '{"block": true}'`)
	if prompt.Status != "confirm" {
		t.Fatalf("a change got %s: %s", prompt.Status, prompt.Plain)
	}
	ada.Press(room, prompt.Message.ID, "✅")
	if bare := ada.Ask(room, "!admin confirm "+prompt.Code); bare.Status != "usage" {
		t.Errorf("the code without the count got %s: %s", bare.Status, bare.Plain)
	}
	if blocked() != 0 {
		t.Error("the request was sent before the count was typed")
	}
	ada.Say(room, "!admin confirm "+prompt.Code+" 1")
	if final := ada.OneOutcome(room, prompt.Event); final.Status != "ok" || blocked() != 1 {
		t.Errorf("got %s after %d requests: %s", final.Status, blocked(), final.Plain)
	}

	for command, want := range map[string]string{
		"!admin raw v2/users/" + bot.UserID + " -m put -d '{\"deactivated\": true}'": "denied",
		"!admin raw v1/deactivate/" + ada.UserID + " -m post":                        "denied", // the last owner
		"!admin raw v2/rooms/" + room + " -m delete":                                 "denied", // a management room
		"!admin matrix raw client/v3/logout/all -m post":                             "denied", // the bot's own session
		"!admin raw ../../_matrix/client/versions":                                   "usage",
		"!admin raw https://example.org/v1/rooms":                                    "usage",
		"!admin raw v1/no_such_thing":                                                "unsupported",
		"!admin group delete +x:" + bot.Synapse.ServerName:                           "unsupported",
		"!admin matrix login bob -p hunter2":                                         "usage",
	} {
		if answer := ada.Ask(room, command); answer.Status != want {
			t.Errorf("%s: got %s, want %s: %s", command, answer.Status, want, answer.Plain)
		}
	}
	if answer := bob.Ask(room, "!admin raw v1/rooms"); answer.Status != "denied" {
		t.Errorf("somebody who is no owner got %s", answer.Status)
	}
}

// What the homeserver does by itself can be looked at and steered.
func TestMaintenance(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{})
	bot.Run()
	ada := bot.Owner
	room := ada.NewRoom(bot)
	for _, test := range []struct{ command, status, says string }{
		{"server features", "ok", "commands work here"},
		{"background status", "ok", "switched on"},
		{"background disable", "ok", "switched off"},
		{"background status", "ok", "switched off"},
		{"background enable", "ok", "switched on"},
		{"background start vacuum", "usage", "is not one of"},
		{"task list --status complete", "ok", "task"},
		{"federation list", "ok", "server"},
		{"federation list --failing", "ok", "by 1 request"},
		{"federation details nowhere.example", "failed", "does not exist"},
		{"federation rooms nowhere.example", "failed", "does not exist"},
		{"federation reset nowhere.example", "failed", "does not exist"},
		{"stats media", "ok", "media"},
		{"stats rooms", "failed", "PostgreSQL"}, // there is SQLite behind the test
	} {
		answer := ada.Ask(room, "!admin "+test.command)
		if answer.Status != test.status || !strings.Contains(answer.Plain, test.says) {
			t.Errorf("%s: got %s: %s; want %s: %s", test.command, answer.Status, answer.Plain, test.status, test.says)
		}
	}
}
