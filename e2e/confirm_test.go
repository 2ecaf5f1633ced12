package e2e

import (
	"strings"
	"sync"
	"testing"

	"caretaker/e2e/harness"
	"caretaker/homeserver/client"
)

// deactivation is a destructive command about somebody, in a room of its own.
type deactivation struct {
	bot    *harness.Bot
	room   string
	bob    *harness.User // another admin in the room
	victim *harness.User
	prompt client.Answer
}

func askDeactivation(t *testing.T, config map[string]any) *deactivation {
	t.Helper()
	bot := harness.NewBot(t, harness.BotOptions{Proxy: true, Config: config})
	d := &deactivation{bot: bot, bob: bot.Synapse.NewUser(t, "bob"), victim: bot.Synapse.NewUser(t, "victim")}
	bot.Grant(d.bob.UserID, "admin")
	bot.Run()
	d.room = bot.Owner.NewRoom(bot, d.bob)
	d.prompt = bot.Owner.Ask(d.room, "!admin user deactivate "+d.victim.UserID)
	if d.prompt.Status != "confirm" || len(d.prompt.Code) != 6 || !strings.Contains(d.prompt.Plain, d.prompt.Code) {
		t.Fatalf("a destructive command got %s with code %q: %s", d.prompt.Status, d.prompt.Code, d.prompt.Plain)
	}
	return d
}

// sent is how often the homeserver was told to deactivate.
func (d *deactivation) sent() int {
	return len(d.bot.Proxy.Requests(func(r harness.Request) bool {
		return r.Forwarded && r.Changes() && strings.Contains(r.Path, "/deactivate/")
	}))
}

func (d *deactivation) expectSent(t *testing.T, want int) {
	t.Helper()
	if got := d.sent(); got != want {
		t.Errorf("the homeserver was told %d times, want %d", got, want)
	}
}

func TestConfirmByCode(t *testing.T) {
	t.Parallel()
	d := askDeactivation(t, nil)
	ada := d.bot.Owner
	confirm := ada.Say(d.room, "!admin confirm "+d.prompt.Code)
	if final := ada.OneOutcome(d.room, d.prompt.Event); final.Status != "ok" {
		t.Errorf("got %s: %s", final.Status, final.Plain)
	}
	ada.AwaitMarked(d.room, confirm, "✅")
	if again := ada.Ask(d.room, "!admin confirm "+d.prompt.Code); again.Status != "usage" {
		t.Errorf("a used code got %s, want usage", again.Status)
	}
	d.expectSent(t, 1)
}

func TestConfirmByReaction(t *testing.T) {
	t.Parallel()
	d := askDeactivation(t, nil)
	ada := d.bot.Owner
	d.bob.Press(d.room, d.prompt.Message.ID, "✅")
	if answer := d.bob.Ask(d.room, "!admin confirm "+d.prompt.Code); answer.Status != "denied" {
		t.Errorf("somebody else's confirmation got %s, want denied", answer.Status)
	}
	d.expectSent(t, 0)
	ada.Press(d.room, d.prompt.Message.ID, "✅\ufe0f")
	if final := ada.OneOutcome(d.room, d.prompt.Event); final.Status != "ok" {
		t.Errorf("got %s: %s", final.Status, final.Plain)
	}
	d.expectSent(t, 1)
}

func TestConfirmTwiceAtOnce(t *testing.T) {
	t.Parallel()
	d := askDeactivation(t, nil)
	ada := d.bot.Owner
	var group sync.WaitGroup
	group.Go(func() { _, _ = ada.React(harness.Step(t), d.room, d.prompt.Message.ID, "✅") })
	group.Go(func() { _, _ = ada.SendText(harness.Step(t), d.room, "!admin confirm "+d.prompt.Code) })
	group.Wait()
	ada.Ask(d.room, probe)
	if final := ada.OneOutcome(d.room, d.prompt.Event); final.Status != "ok" {
		t.Errorf("got %s: %s", final.Status, final.Plain)
	}
	d.expectSent(t, 1)
}

func TestCancel(t *testing.T) {
	t.Parallel()
	d := askDeactivation(t, nil)
	ada := d.bot.Owner
	ada.Press(d.room, d.prompt.Message.ID, "❌")
	if final := ada.OneOutcome(d.room, d.prompt.Event); final.Status != "cancelled" {
		t.Errorf("got %s, want cancelled: %s", final.Status, final.Plain)
	}
	if late := ada.Ask(d.room, "!admin confirm "+d.prompt.Code); late.Status != "usage" {
		t.Errorf("a cancelled code got %s, want usage", late.Status)
	}
	d.expectSent(t, 0)
}

func TestConfirmTooLate(t *testing.T) {
	t.Parallel()
	d := askDeactivation(t, map[string]any{"bot": map[string]any{"confirm_within": "1s"}})
	ada := d.bot.Owner
	if final := ada.OneOutcome(d.room, d.prompt.Event); final.Status != "cancelled" {
		t.Errorf("got %s, want cancelled: %s", final.Status, final.Plain)
	}
	if late := ada.Ask(d.room, "!admin confirm "+d.prompt.Code); late.Status != "usage" {
		t.Errorf("an expired code got %s, want usage", late.Status)
	}
	d.expectSent(t, 0)
}

// Whoever lost the right between question and answer has lost it.
func TestConfirmAfterLosingRole(t *testing.T) {
	t.Parallel()
	d := askDeactivation(t, nil)
	prompt := d.bob.Ask(d.room, "!admin user deactivate "+d.victim.UserID)
	d.bot.Stop()
	d.bot.Grant(d.bob.UserID, "viewer")
	d.bot.Run()
	confirm := d.bob.Say(d.room, "!admin confirm "+prompt.Code)
	if final := d.bob.OneOutcome(d.room, prompt.Event); final.Status != "denied" {
		t.Errorf("got %s, want denied: %s", final.Status, final.Plain)
	}
	_ = confirm
	d.expectSent(t, 0)
}

// What was previewed is what runs: an alias that points elsewhere by now needs a new question.
func TestConfirmChangedTarget(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{Proxy: true})
	ada, ctx := bot.Owner, harness.Step(t)
	room := ada.NewRoom(bot)
	owner := bot.Synapse.NewUser(t, "tenant")
	first, err := owner.CreateRoom(ctx, client.Room{Name: "First", Alias: owner.Localpart})
	if err != nil {
		t.Fatal(err)
	}
	second, err := owner.CreateRoom(ctx, client.Room{Name: "Second"})
	if err != nil {
		t.Fatal(err)
	}
	alias := "#" + owner.Localpart + ":" + bot.Synapse.ServerName
	prompt := ada.Ask(room, "!admin room delete "+alias)
	if prompt.Status != "confirm" || !strings.Contains(prompt.Plain, first) {
		t.Fatalf("got %s: %s", prompt.Status, prompt.Plain)
	}
	moveAlias(t, owner, alias, second)
	ada.Say(room, "!admin confirm "+prompt.Code)
	again, err := ada.AwaitAnswer(ctx, room, prompt.Event, func(a client.Answer) bool {
		return a.Final() || a.Status == "confirm" && a.Code != prompt.Code
	})
	if err != nil {
		t.Fatal(err)
	}
	if again.Status != "confirm" || !strings.Contains(again.Plain, second) {
		t.Errorf("got %s, want a new question about %s: %s", again.Status, second, again.Plain)
	}
	if changes := bot.Proxy.Changes(); len(changes) != 0 {
		t.Errorf("the homeserver was changed: %v", changes)
	}
}
