package e2e

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"caretaker/e2e/harness"
	"caretaker/homeserver/client"
)

// The same event in several transactions, in any order, is one command.
func TestRepeatedTransactions(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{Proxy: true})
	ada := bot.Owner
	room := ada.NewRoom(bot)
	var commands []string
	var events []any
	for range 5 {
		event := ada.Say(room, "!admin regtok new --uses-allowed 1")
		ada.Final(room, event)
		seen, err := ada.Wait(harness.Step(t), room, "its own message", func(e client.Event) bool { return e.ID == event })
		if err != nil {
			t.Fatal(err)
		}
		commands = append(commands, event)
		events = append(events, harness.InTransaction(room, seen))
	}
	pushes := []struct {
		txn    string
		events []any
	}{
		{"1", events[:1]}, // the counter back at one
		{"1", events},     // the same number with more in it
		{"2", []any{events[4], events[2], events[0]}},     // reordered
		{"3", []any{events[1], events[1], events[1]}},     // several times at once
		{"4", []any{"not an event", 7, nil, events[3]}},   // with things that nobody can read
		{"2", []any{events[0], map[string]any{"a": "b"}}}, // again with other content
	}
	for _, push := range pushes {
		if status := bot.Push(push.txn, push.events...); status != http.StatusOK {
			t.Errorf("transaction %s got %d, want 200", push.txn, status)
		}
	}
	ada.Ask(room, probe)
	for _, command := range commands {
		if final := ada.OneOutcome(room, command); final.Status != "ok" {
			t.Errorf("got %s: %s", final.Status, final.Plain)
		}
	}
	if made := tokensMade(bot); made != len(commands)+1 {
		t.Errorf("%d tokens were made, want %d", made, len(commands)+1)
	}
}

func TestIntakeLimits(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{})
	for _, test := range []struct {
		name, token, body string
		want              int
	}{
		{"no token", "", `{"events":[]}`, http.StatusUnauthorized},
		{"empty", bot.Registration.HSToken, `{"events":[]}`, http.StatusOK},
		{"not JSON", bot.Registration.HSToken, `{"events":`, http.StatusBadRequest},
		{"too large", bot.Registration.HSToken, strings.Repeat(" ", 65<<20), http.StatusRequestEntityTooLarge},
	} {
		if got := bot.PushRaw(test.token, test.name, []byte(test.body)); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
}

func TestBurst(t *testing.T) {
	t.Parallel()
	const count = 40
	bot := harness.StartBot(t, harness.BotOptions{Proxy: true})
	ada := bot.Owner
	room := ada.NewRoom(bot)
	bot.Stop()
	var commands []string
	for i := range count {
		if i == count/2 {
			bot.Start()
		}
		commands = append(commands, ada.Say(room, "!admin regtok new --uses-allowed "+strconv.Itoa(i+1)))
	}
	for _, command := range commands {
		if final := ada.OneOutcome(room, command); final.Status != "ok" {
			t.Errorf("got %s: %s", final.Status, final.Plain)
		}
	}
	if made := tokensMade(bot); made != count {
		t.Errorf("%d tokens were made, want %d", made, count)
	}
}

// tokensMade is how often the homeserver was told to make a registration token.
func tokensMade(bot *harness.Bot) int {
	return len(bot.Proxy.Requests(func(r harness.Request) bool {
		return r.Forwarded && r.Method == http.MethodPost && strings.HasSuffix(r.Path, "/registration_tokens/new")
	}))
}

func roomWith(extra map[string]any) client.Room { return client.Room{Extra: extra} }

func moveAlias(t *testing.T, owner *harness.User, alias, room string) {
	t.Helper()
	path := "/_matrix/client/v3/directory/room/" + url.PathEscape(alias)
	if err := owner.Do(harness.Step(t), http.MethodDelete, path, nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := owner.Do(harness.Step(t), http.MethodPut, path, map[string]string{"room_id": room}, nil); err != nil {
		t.Fatal(err)
	}
}
