package client_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"caretaker/homeserver"
	"caretaker/homeserver/client"
)

func TestConversation(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s := startSynapse(t)
	ada, bot := follow(t, s, "ada"), follow(t, s, "bot")

	room, err := ada.CreateRoom(ctx, client.Room{Name: "Office", Invite: []string{bot.UserID}, Direct: true})
	check(t, err)
	invite, err := bot.WaitInvite(ctx, ada.UserID)
	check(t, err)
	if invite.RoomID != room || !invite.Direct {
		t.Errorf("invitation is %+v, want one to the direct chat %s", invite, room)
	}
	check(t, bot.Join(ctx, room))
	_, err = ada.Wait(ctx, room, "the bot to join", func(e client.Event) bool {
		return e.Type == "m.room.member" && *e.StateKey == bot.UserID && e.Text("membership") == "join"
	})
	check(t, err)
	check(t, bot.Until(ctx, "no open invitation", func() bool { return len(bot.Invites()) == 0 }))

	go double(ctx, bot, room)
	answer, err := ada.Ask(ctx, room, "!admin room delete #x")
	check(t, err)
	if answer.Status != "confirm" || answer.Code != "ABC234" || answer.Final() {
		t.Errorf("first answer is %+v, want a prompt with its code", answer)
	}
	final, err := ada.AwaitFinal(ctx, room, answer.Event)
	check(t, err)
	if final.Status != "ok" || final.Job != 7 || final.Ref != "r1" || final.Plain != "Deleted." || len(final.Edits) != 1 {
		t.Errorf("final answer is %+v, want ok with job 7 after one edit", final)
	}
	if all := ada.Answers(room, answer.Event); len(all) != 1 {
		t.Errorf("%d answers, want the edited one only", len(all))
	}
	check(t, ada.AwaitMark(ctx, room, answer.Event, "✅"))
}

// double answers one command as the bot would: a prompt, its edit to the final answer, and marks.
func double(ctx context.Context, bot *client.Client, room string) {
	command, err := bot.Wait(ctx, room, "a command", func(e client.Event) bool { return strings.HasPrefix(e.Body(), "!admin") })
	if err != nil {
		return // the test says so
	}
	eyes, _ := bot.React(ctx, room, command.ID, "👀")
	outcome := map[string]any{"command": "room delete", "status": "confirm", "event": command.ID, "code": "ABC234"}
	first := map[string]any{"msgtype": "m.notice", "body": "Sure?", "dev.caretaker.outcome": outcome}
	prompt, _ := bot.Send(ctx, room, "m.room.message", first)
	outcome = maps.Clone(outcome)
	delete(outcome, "code")
	maps.Copy(outcome, map[string]any{"status": "ok", "job": 7, "ref": "r1"})
	_, _ = bot.Send(ctx, room, "m.room.message", map[string]any{
		"msgtype": "m.notice", "body": "* Deleted.", "dev.caretaker.outcome": outcome,
		"m.new_content": map[string]any{"msgtype": "m.notice", "body": "Deleted.", "dev.caretaker.outcome": outcome},
		"m.relates_to":  map[string]any{"rel_type": "m.replace", "event_id": prompt},
	})
	_, _ = bot.React(ctx, room, command.ID, "✅")
	_, _ = bot.Redact(ctx, room, eyes)
}

// A client that follows sees everything once and in order, also what came while it did not look and over a restart.
func TestFollowMissesNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s := startSynapse(t)
	ada := follow(t, s, "ada")
	room, err := ada.CreateRoom(ctx, client.Room{})
	check(t, err)
	var want []string
	send := func(text string) {
		_, err := ada.SendText(ctx, room, text)
		check(t, err)
		want = append(want, text)
	}
	for range 15 {
		send("before")
	}
	check(t, s.Restart(ctx))
	send("after")

	account, err := s.Login(ctx, "ada", password)
	check(t, err)
	late := client.New(s.URL, account.UserID, account.AccessToken)
	stop, err := late.Follow(ctx)
	check(t, err)
	defer stop()
	for _, c := range []*client.Client{ada, late} {
		var got []string
		check(t, c.Until(ctx, "all messages", func() bool {
			got = nil
			for _, e := range c.Events(room) {
				if e.Type == "m.room.message" {
					got = append(got, e.Body())
				}
			}
			return len(got) >= len(want)
		}))
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s := startSynapse(t)
	ada := follow(t, s, "ada")
	room, err := ada.CreateRoom(ctx, client.Room{Topic: "tests"})
	check(t, err)
	text, err := ada.SendHTML(ctx, room, "hello @bob", "hello <b>bob</b>", "@bob:test.localhost")
	check(t, err)
	tests := []struct {
		name string
		send func() (string, error)
		want func(client.Event) bool
	}{
		{"html", func() (string, error) { return text, nil }, func(e client.Event) bool {
			return e.HTML() == "hello <b>bob</b>" && slices.Equal(e.Mentions(), []string{"@bob:test.localhost"})
		}},
		{"notice", func() (string, error) { return ada.SendNotice(ctx, room, "psst") }, func(e client.Event) bool {
			return e.Text("msgtype") == "m.notice"
		}},
		{"reply", func() (string, error) { return ada.Reply(ctx, room, text, "yes") }, func(e client.Event) bool {
			return e.ReplyTo() == text && e.Body() == "yes"
		}},
		{"thread", func() (string, error) { return ada.SendInThread(ctx, room, text, "aside") }, func(e client.Event) bool {
			return e.Text("m.relates_to", "rel_type") == "m.thread"
		}},
		{"edit", func() (string, error) { return ada.Edit(ctx, room, text, "bye") }, func(e client.Event) bool {
			return e.Replaces() == text && e.Text("m.new_content", "body") == "bye"
		}},
		{"redaction", func() (string, error) { return ada.Redact(ctx, room, text) }, func(e client.Event) bool {
			return e.Redacts() == text
		}},
		{"file", func() (string, error) { return ada.SendFile(ctx, room, "users.txt", "text/plain", []byte("@bob:x")) }, func(e client.Event) bool {
			content, err := ada.Download(ctx, e.Text("url"))
			return err == nil && string(content) == "@bob:x"
		}},
	}
	for _, test := range tests {
		sent, err := test.send()
		check(t, err)
		e, err := ada.Wait(ctx, room, test.name, func(e client.Event) bool { return e.ID == sent })
		check(t, err)
		if !test.want(e) {
			t.Errorf("%s: arrived as %s", test.name, e.Raw)
		}
	}
}

// password is good enough on a server that lives for one test.
const password = "correct horse battery"

func startSynapse(t *testing.T) *homeserver.Server {
	t.Helper()
	install, err := homeserver.InstallSynapse(t.Context(), "../../.cache", t.Output())
	check(t, err)
	s, err := homeserver.Start(t.Context(), install, homeserver.Options{Dir: t.TempDir()})
	check(t, err)
	t.Cleanup(s.Kill)
	return s
}

func follow(t *testing.T, s *homeserver.Server, localpart string) *client.Client {
	t.Helper()
	account, err := s.RegisterUser(t.Context(), localpart, password, false)
	check(t, err)
	c := client.New(s.URL, account.UserID, account.AccessToken)
	stop, err := c.Follow(t.Context())
	check(t, err)
	t.Cleanup(stop)
	return c
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
