package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"caretaker/e2e/harness"
	"caretaker/homeserver/client"
)

// upwards are changes to an account, a sample of those that exist. The first few are reversible, the others ask.
var upwards = []string{
	"user suspend %s", "user lock %s", "user modify %s --display-name Changed", "user deactivate %s", "user password %s --generate",
	"user login %s", "user logout %s",
}

const reversible = 3

// Nobody acts upwards: neither on who has a higher role, nor on server admins, nor on the bot and the last owner.
func TestNobodyActsUpwards(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{Proxy: true})
	s := bot.Synapse
	operator, admin, other := s.NewUser(t, "operator"), s.NewUser(t, "admin"), s.NewUser(t, "other")
	serverAdmin, ordinary := s.NewAdmin(t, "root"), s.NewUser(t, "ordinary")
	bot.Grant(operator.UserID, "operator")
	bot.Grant(admin.UserID, "admin")
	bot.Run()
	room := bot.Owner.NewRoom(bot, operator, admin)
	owners := map[string]string{"the bot": bot.UserID, "the last owner": bot.Owner.UserID, "a server admin": serverAdmin.UserID}

	u := &ascent{t: t, bot: bot, room: room}
	for what, target := range owners {
		u.refused(operator, what, target)
		u.refused(admin, what, target)
	}
	u.refused(operator, "an admin by role", admin.UserID)
	u.refused(bot.Owner, "the bot", bot.UserID)
	u.refused(bot.Owner, "the last owner", bot.Owner.UserID)
	u.refusedRaw("the bot", bot.UserID)
	u.refusedRaw("the last owner", bot.Owner.UserID)
	for _, target := range []string{bot.UserID, bot.Owner.UserID} {
		for _, change := range upwards {
			out := bot.CLI(strings.Fields(fmt.Sprintf(change, target) + " --yes")...)
			if out.Code != 4 {
				t.Errorf("%s on %s in a terminal: exit status %d, want 4: %s", change, target, out.Code, out.Stderr)
			}
		}
	}
	u.nothingSent()

	bot.Stop()
	bot.Grant(other.UserID, "owner")
	bot.Run()
	u.refused(operator, "one of two owners", other.UserID)
	u.refused(admin, "one of two owners", other.UserID)
	u.nothingSent()

	u.allowed(operator, ordinary.UserID, upwards[:reversible])
	u.allowed(admin, ordinary.UserID, upwards)
	u.allowed(admin, operator.UserID, upwards)
	u.allowed(bot.Owner, serverAdmin.UserID, upwards)
	u.allowed(bot.Owner, other.UserID, upwards)
}

type ascent struct {
	t    *testing.T
	bot  *harness.Bot
	room string
}

func (u *ascent) refused(caller *harness.User, what, target string) {
	u.t.Helper()
	for i, answer := range u.all(caller, target, upwards) {
		if answer.Status != "denied" {
			u.t.Errorf("%s by %s on %s: got %s, want denied: %s", upwards[i], caller.Localpart, what, answer.Status, answer.Plain)
		}
	}
}

// refusedRaw tries to get round the commands.
func (u *ascent) refusedRaw(what, target string) {
	u.t.Helper()
	for _, path := range []string{"v1/suspend/" + target + " -m put", "v2/users/" + url.PathEscape(target) + " -m put", "v1/deactivate/" + target + " -m post"} {
		answer := u.bot.Owner.Ask(u.room, "!admin raw "+path+` -d '{"suspend": true}'`)
		if answer.Status != "denied" {
			u.t.Errorf("raw %s on %s: got %s, want denied: %s", path, what, answer.Status, answer.Plain)
		}
	}
}

// allowed expects what is reversible to be done, and what destroys to be asked about.
func (u *ascent) allowed(caller *harness.User, target string, changes []string) {
	u.t.Helper()
	for i, answer := range u.all(caller, target, changes) {
		want := "ok"
		if i >= reversible {
			want = "confirm"
		}
		if answer.Status != want {
			u.t.Errorf("%s by %s on %s: got %s, want %s: %s", changes[i], caller.Localpart, target, answer.Status, want, answer.Plain)
		}
	}
	if len(u.bot.Proxy.Changes()) != reversible {
		u.t.Errorf("%d changes by %s were sent, want %d", len(u.bot.Proxy.Changes()), caller.Localpart, reversible)
	}
	u.bot.Proxy.Forget()
}

// all gives commands one after the other, without waiting, and returns their answers.
func (u *ascent) all(caller *harness.User, target string, changes []string) []client.Answer {
	u.t.Helper()
	var events []string
	for _, change := range changes {
		events = append(events, caller.Say(u.room, fmt.Sprintf("!admin "+change, target)))
	}
	answers := make([]client.Answer, len(events))
	for i, event := range events {
		var err error
		answers[i], err = caller.AwaitAnswer(harness.Step(u.t), u.room, event, func(a client.Answer) bool {
			return a.Final() || a.Status == "confirm"
		})
		if err != nil {
			u.t.Fatal(err)
		}
	}
	return answers
}

func (u *ascent) nothingSent() {
	u.t.Helper()
	if changes := u.bot.Proxy.Changes(); len(changes) != 0 {
		u.t.Errorf("the homeserver was changed: %v", changes)
	}
}
