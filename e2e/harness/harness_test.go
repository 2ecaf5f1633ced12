package harness_test

import (
	"net/http"
	"strings"
	"testing"

	"caretaker/e2e/harness"
	"caretaker/homeserver"
)

func TestBotLife(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{Proxy: true})
	bob := bot.Synapse.NewUser(t, "bob")
	room := bot.Owner.NewRoom(bot, bob)
	answer := bot.Owner.Ask(room, "!admin whoami")
	if answer.Status != "ok" || answer.Plain != bot.Owner.UserID {
		t.Errorf("answer is %+v", answer)
	}
	bot.Owner.AwaitMarked(room, answer.Event, "✅")
	bot.Owner.OneOutcome(room, answer.Event)
	bot.Owner.Unanswered(room, "!admin whoami", bob.Say(room, "hello"))
	if sent := bot.Proxy.Requests(harness.On(http.MethodPut, "/m.room.message/")); len(sent) != 2 {
		t.Errorf("%d messages through the proxy, want the two answers", len(sent))
	}

	bot.Kill9()
	late := bob.Say(room, "!admin whoami")
	bot.Run()
	if final := bob.Final(room, late); final.Plain != bob.UserID {
		t.Errorf("after a kill: %+v", final)
	}
	if code := bot.Stop(); code != 0 {
		t.Errorf("SIGTERM: exit status %d, want 0", code)
	}
	if got := strings.Count(bot.Log(), "caretaker is ready"); got != 2 {
		t.Errorf("the log has %d starts, want 2", got)
	}
}

func TestForgedTransaction(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{Synapse: harness.StartSynapse(t, homeserver.Options{})})
	room := bot.Owner.NewRoom(bot)
	forged := harness.Forged(room, "@nobody:test.localhost", "!admin whoami")
	if status := bot.PushAs("wrong", "1", forged); status != http.StatusUnauthorized {
		t.Errorf("with a wrong token: status %d, want 401", status)
	}
	if status := bot.Push("2", forged); status != http.StatusOK {
		t.Errorf("status %d, want 200", status)
	}
	if answer := bot.Owner.Final(room, forged["event_id"].(string)); answer.Plain != "@nobody:test.localhost" {
		t.Errorf("the double did not believe a forged event: %+v", answer)
	}
}

func TestCLI(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{Config: map[string]any{"appservice": map[string]any{"listen": "nowhere"}}})
	out := bot.CLI("run", "-c", bot.ConfigFile())
	if out.Code != 1 || out.Stdout != "" || !strings.Contains(out.Stderr, "nowhere") {
		t.Errorf("got %+v, want exit 1 and the reason", out)
	}
}
