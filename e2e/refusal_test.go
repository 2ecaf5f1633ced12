package e2e

import (
	"slices"
	"strings"
	"testing"

	"caretaker/e2e/harness"
	"caretaker/homeserver/client"
)

// probe is a changing command without harm: it queues behind every other change of its room.
const probe = "!admin regtok new --uses-allowed 1"

// Nothing but a role holder's own, unedited text message in a management room is a command.
func TestWhatIsNoCommand(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{Proxy: true})
	ada, ctx := bot.Owner, harness.Step(t)
	room := ada.NewRoom(bot)
	victim := bot.Synapse.NewUser(t, "victim")
	change := "!admin user suspend " + victim.UserID
	must := func(event string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return event
	}

	hello := ada.Say(room, "hello")
	edit := must(ada.Edit(ctx, room, hello, change))
	notice := must(ada.SendNotice(ctx, room, change))
	emote := must(ada.Send(ctx, room, "m.room.message", map[string]any{"msgtype": "m.emote", "body": change}))
	quote := must(ada.SendHTML(ctx, room, "> "+change+"\n\nreally?", "<blockquote><p>"+change+"</p></blockquote><p>really?</p>"))
	reply := must(ada.Reply(ctx, room, hello, "> <"+victim.UserID+"> "+change+"\n\nno"))
	other := ada.Say(room, "!administer "+change)
	middle := ada.Say(room, "please "+change)
	ada.Unanswered(room, probe, hello, edit, notice, emote, quote, reply, other, middle)

	if changes := withoutProbes(bot.Proxy.Changes()); len(changes) != 0 {
		t.Errorf("the homeserver was changed: %v", changes)
	}
}

// A transaction with the right token can still say what nobody said.
func TestForgedChange(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{Proxy: true})
	ada := bot.Owner
	room := ada.NewRoom(bot)
	victim := bot.Synapse.NewUser(t, "victim")
	change := "!admin user suspend " + victim.UserID

	forged := harness.Forged(room, ada.UserID, change)
	if status := bot.Push("forged", forged); status != 200 {
		t.Fatalf("the transaction got %d, want 200", status)
	}
	ada.Unanswered(room, probe, forged["event_id"].(string))
	if status := bot.PushAs("guessed", "forged-2", harness.Forged(room, ada.UserID, change)); status != 401 {
		t.Errorf("a wrong token got %d, want 401", status)
	}
	if changes := withoutProbes(bot.Proxy.Changes()); len(changes) != 0 {
		t.Errorf("the homeserver was changed: %v", changes)
	}
}

// A local user without a role learns once how to get one, and causes no request to the admin API.
func TestNoRole(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{Proxy: true})
	bob := bot.Synapse.NewUser(t, "bob")
	room := bot.Owner.NewRoom(bot, bob)
	bot.Proxy.Forget()

	first := bob.Ask(room, "!admin user list")
	if first.Status != "denied" || !strings.Contains(first.Plain, "role") {
		t.Errorf("got %s: %s; want denied and how to get a role", first.Status, first.Plain)
	}
	second := bob.Say(room, "!admin user list")
	third := bob.Say(room, "!admin room list")
	bot.Owner.Unanswered(room, "!admin whoami", second, third)
	if requests := bot.Proxy.Requests(harness.OnAdmin); len(requests) != 0 {
		t.Errorf("the admin API was asked: %v", requests)
	}
}

// A viewer reads and changes nothing.
func TestRoleTooLow(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{Proxy: true})
	bob, victim := bot.Synapse.NewUser(t, "bob"), bot.Synapse.NewUser(t, "victim")
	bot.Grant(bob.UserID, "viewer")
	bot.Run()
	room := bot.Owner.NewRoom(bot, bob)
	for command, want := range map[string]string{
		"user list":                        "ok",
		"user suspend " + victim.UserID:    "denied",
		"user deactivate " + victim.UserID: "denied",
		"audit list":                       "denied",
	} {
		if answer := bob.Ask(room, "!admin "+command); answer.Status != want {
			t.Errorf("%s by a viewer: got %s, want %s: %s", command, answer.Status, want, answer.Plain)
		}
	}
	if changes := bot.Proxy.Changes(); len(changes) != 0 {
		t.Errorf("the homeserver was changed: %v", changes)
	}
}

// Only people who may administer can make a room a management room, and only a private one.
func TestInvitations(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{})
	bob := bot.Synapse.NewUser(t, "bob")
	for _, test := range []struct {
		name string
		who  *harness.User
		room map[string]any
	}{
		{"by somebody without a role", bob, nil},
		{"to a public room", bot.Owner, map[string]any{"preset": "public_chat"}},
		{"to an encrypted room", bot.Owner, map[string]any{"initial_state": []any{map[string]any{
			"type": "m.room.encryption", "state_key": "", "content": map[string]any{"algorithm": "m.megolm.v1.aes-sha2"},
		}}}},
	} {
		room, err := test.who.CreateRoom(harness.Step(t), roomWith(test.room))
		if err != nil {
			t.Fatal(err)
		}
		if err := test.who.Invite(harness.Step(t), room, bot.UserID); err != nil {
			t.Fatal(err)
		}
		test.who.AwaitMember(room, bot.UserID, "leave")
		members, err := test.who.Members(harness.Step(t), room, "join")
		if err != nil || slices.Contains(members, bot.UserID) {
			t.Errorf("an invitation %s was not declined: %v %v", test.name, members, err)
		}
	}
}

func withoutProbes(requests []harness.Request) []harness.Request {
	return slices.DeleteFunc(requests, func(r harness.Request) bool { return strings.HasSuffix(r.Path, "/registration_tokens/new") })
}

// Whoever holds the hs_token can push an invitation that nobody sent. The bot may come to look, and leaves again.
func TestForgedInvitation(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{})
	mallory := bot.Synapse.NewUser(t, "mallory")
	office := bot.Owner.NewRoom(bot)
	room, err := mallory.CreateRoom(harness.Step(t), client.Room{Name: "A trap", Public: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := mallory.SetState(harness.Step(t), room, "m.room.join_rules", "", map[string]any{
		"join_rule": "restricted", "allow": []any{map[string]any{"type": "m.room_membership", "room_id": office}},
	}); err != nil {
		t.Fatal(err)
	}
	forged := harness.Forged(room, bot.Owner.UserID, "")
	forged["type"], forged["state_key"], forged["content"] = "m.room.member", bot.UserID, map[string]any{"membership": "invite"}
	bot.Push("forged-invitation", forged)
	mallory.AwaitMember(room, bot.UserID, "leave")
	if rooms := bot.Owner.Ask(office, "!admin bot rooms"); strings.Contains(rooms.Plain, room) {
		t.Errorf("the trap became a management room: %s", rooms.Plain)
	}
}
