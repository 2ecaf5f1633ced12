package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"caretaker/e2e/harness"
	"caretaker/homeserver"
)

// Whenever the program is killed, every command it was sent gets exactly one final outcome, and nothing is done twice.
func TestKillAnyTime(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{Proxy: true})
	ada := bot.Owner
	room := ada.NewRoom(bot)
	bob := bot.Synapse.NewUser(t, "bob")
	ada.Final(room, ada.Say(room, "!admin notice send "+bob.UserID+" first")) // the room for notices takes long to make
	for round := range crashRounds {
		t.Logf("round %d", round+1)
		crashRound(t, bot, room, bob.UserID)
	}
}

func crashRound(t *testing.T, bot *harness.Bot, room, recipient string) {
	t.Helper()
	ada := bot.Owner
	bot.Proxy.Forget()
	kills := 0
	kill := func() {
		bot.Kill9()
		bot.Start()
		kills++
	}
	var tokens, notices, reads []string
	for i := range crashCommands {
		switch i % 4 {
		case 0:
			tokens = append(tokens, ada.Say(room, "!admin regtok new"))
		case 1:
			notices = append(notices, ada.Say(room, fmt.Sprintf("!admin notice send %s \"notice %d\"", recipient, i)))
		default:
			reads = append(reads, ada.Say(room, "!admin user details "+recipient))
		}
		if rand.IntN(crashCommands) < 3 {
			kill()
		}
	}
	for range 3 {
		// A random moment is what is tested here.
		time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond)
		kill()
	}
	interrupted := expectOnce(t, bot, room, tokens, "/registration_tokens/new")
	interrupted += expectOnce(t, bot, room, notices, "/send_server_notice")
	if interrupted > kills {
		t.Errorf("%d commands were interrupted by %d kills", interrupted, kills)
	}
	t.Logf("%d kills, %d commands interrupted", kills, interrupted)
	for _, command := range reads {
		if final := ada.OneOutcome(room, command); final.Status != "ok" {
			t.Errorf("a read ended %s: %s", final.Status, final.Plain)
		}
	}
}

// expectOnce checks that commands have one outcome each, and that the homeserver got no more requests than there were
// commands, no fewer than were reported done, and none with the same text twice. It returns how many were interrupted.
func expectOnce(t *testing.T, bot *harness.Bot, room string, commands []string, path string) int {
	t.Helper()
	ended := map[string]int{}
	for _, command := range commands {
		ended[bot.Owner.OneOutcome(room, command).Status]++
	}
	writes := bot.Proxy.Requests(func(r harness.Request) bool { return r.Forwarded && r.Changes() && harness.On("", path)(r) })
	if ended["ok"]+ended["interrupted"] != len(commands) {
		t.Errorf("%d commands on %s ended %v, want ok or interrupted", len(commands), path, ended)
	}
	if len(writes) < ended["ok"] || len(writes) > len(commands) {
		t.Errorf("%d requests to %s for %d commands that ended %v", len(writes), path, len(commands), ended)
	}
	said := map[string]bool{}
	for _, write := range writes {
		if strings.Contains(write.Body, "notice ") && said[write.Body] {
			t.Errorf("sent twice: %s", write.Body)
		}
		said[write.Body] = true
	}
	return ended["interrupted"]
}

// Bot down, commands sent, homeserver stopped, bot started, homeserver back: all are answered by themselves.
func TestHomeserverAway(t *testing.T) {
	t.Parallel()
	s := harness.StartSynapse(t, homeserver.Options{})
	bot := harness.StartBot(t, harness.BotOptions{Synapse: s})
	ada := bot.Owner
	room := ada.NewRoom(bot)
	bot.Stop()
	var commands []string
	for range 20 {
		commands = append(commands, ada.Say(room, "!admin whoami"))
	}
	if err := s.Stop(harness.Step(t)); err != nil {
		t.Fatal(err)
	}
	bot.Run() // ready without a homeserver
	time.Sleep(homeserverAway)
	if err := s.Resume(harness.Step(t)); err != nil {
		t.Fatal(err)
	}
	back := time.Now()
	ada.Final(room, commands[0])
	if took := time.Since(back); took > 5*time.Second {
		t.Errorf("the first answer came %s after the homeserver was back, want 5 s at most", took.Round(time.Millisecond))
	}
	for _, command := range commands {
		if final := ada.OneOutcome(room, command); final.Status != "ok" {
			t.Errorf("got %s: %s", final.Status, final.Plain)
		}
	}
}

// Stopping takes ten seconds at most, also when the homeserver hangs.
func TestStopWhileHomeserverHangs(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{Proxy: true})
	room := bot.Owner.NewRoom(bot)
	bot.Proxy.Disturb(-1, func(harness.Request) bool { return true }, harness.Hang)
	bot.Owner.Say(room, "!admin regtok new")
	bot.Proxy.Await(func(r harness.Request) bool { return r.Method == http.MethodGet || r.Changes() })
	if code := bot.Stop(); code != 0 {
		t.Errorf("exit status %d, want 0", code)
	}
}
