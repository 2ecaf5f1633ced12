package e2e

import (
	"slices"
	"strings"
	"testing"

	"caretaker/e2e/harness"
	"caretaker/homeserver/client"
)

// An answer is a notice that replies to its command, mentions the sender and nobody else, and carries the outcome.
func TestAnswerForm(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{})
	ada := bot.Owner
	room := ada.NewRoom(bot)

	answer := ada.Ask(room, "!admin whoami")
	if answer.Status != "ok" || answer.Command != "whoami" {
		t.Errorf("outcome is %s of %q, want ok of whoami", answer.Status, answer.Command)
	}
	if !strings.Contains(answer.Plain, ada.UserID) || !strings.Contains(answer.Plain, "owner") {
		t.Errorf("the answer names neither user nor role: %s", answer.Plain)
	}
	message := answer.Message
	if message.Sender != bot.UserID || message.Text("msgtype") != "m.notice" || message.ReplyTo() != answer.Event {
		t.Errorf("the answer is no notice of the bot that replies to %s: %s", answer.Event, message.Raw)
	}
	if message.Get("m.mentions") == nil || message.Get("m.mentions", "room") != nil {
		t.Errorf("the answer's mentions are not explicit: %s", message.Raw)
	}
	ada.AwaitMarked(room, answer.Event, "✅")
}

func TestInputForms(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{})
	ada := bot.Owner
	room := ada.NewRoom(bot)
	ctx := harness.Step(t)
	text := func(body string) func() (string, error) {
		return func() (string, error) { return ada.SendText(ctx, room, body) }
	}
	pill := `<a href="https://matrix.to/#/` + bot.UserID + `">Caretaker</a>: whoami`
	tests := []struct {
		name, status string
		send         func() (string, error)
	}{
		{"prefix", "ok", text("!admin whoami")},
		{"prefix alone is help", "ok", text("!admin")},
		{"any case", "ok", text("!ADMIN WhoAmI")},
		{"full user id", "ok", text(bot.UserID + " whoami")},
		{"no-break blanks", "ok", text("!admin\u00a0 whoami")},
		{"pill", "ok", func() (string, error) { return ada.SendHTML(ctx, room, "Caretaker: whoami", pill, bot.UserID) }},
		{"code block", "ok", func() (string, error) {
			return ada.SendHTML(ctx, room, "```\n!admin whoami\n```", "<pre><code>!admin whoami\n</code></pre>")
		}},
		{"typo", "usage", text("!admin whoarmi")},
		{"surplus word", "usage", text("!admin whoami now")},
		{"unknown option", "usage", text("!admin whoami --loud")},
		{"typographic dashes", "usage", text("!admin whoami —loud")},
	}
	for _, test := range tests {
		event, err := test.send()
		if err != nil {
			t.Fatal(err)
		}
		if answer := ada.Final(room, event); answer.Status != test.status {
			t.Errorf("%s: got %s, want %s: %s", test.name, answer.Status, test.status, answer.Plain)
		}
	}
}

// Two people who work in one room do not wait for each other's questions.
func TestReadsDoNotWait(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{Proxy: true})
	bob := bot.Synapse.NewUser(t, "bob")
	bot.Grant(bob.UserID, "admin")
	bot.Run()
	room := bot.Owner.NewRoom(bot, bob)
	bot.Proxy.Disturb(1, harness.On("POST", "/registration_tokens/new"), harness.Hang)

	slow := bot.Owner.Say(room, "!admin regtok new")
	bot.Proxy.Await(harness.On("POST", "/registration_tokens/new"))
	if answer := bob.Ask(room, "!admin whoami"); answer.Status != "ok" {
		t.Errorf("the other's question got %s: %s", answer.Status, answer.Plain)
	}
	if answers := bob.Answers(room, slow); slices.ContainsFunc(answers, client.Answer.Final) {
		t.Errorf("the command that hangs was answered: %s", answers[0].Plain)
	}
}
