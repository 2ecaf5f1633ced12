package harness

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"caretaker/homeserver/client"
)

// password of every user here; the servers live for one run.
const password = "correct horse battery staple"

// User is a person with a client. The methods below end the test when something does not work; those of the embedded
// client return errors.
type User struct {
	*client.Client
	// Localpart and Password are what the person logs in with.
	Localpart, Password string

	t testing.TB
}

// NewUser makes an account with a name that nobody else on the server has and logs it in.
func (s *Synapse) NewUser(t testing.TB, name string) *User {
	t.Helper()
	return s.newUser(t, fmt.Sprintf("%s-%06x", name, rand.IntN(1<<24)), false)
}

// NewAdmin is NewUser for a server admin.
func (s *Synapse) NewAdmin(t testing.TB, name string) *User {
	t.Helper()
	return s.newUser(t, fmt.Sprintf("%s-%06x", name, rand.IntN(1<<24)), true)
}

func (s *Synapse) newUser(t testing.TB, localpart string, admin bool) *User {
	t.Helper()
	account, err := s.RegisterUser(t.Context(), localpart, password, admin)
	if err != nil {
		t.Fatal(err)
	}
	u := &User{Client: client.New(s.URL, account.UserID, account.AccessToken), Localpart: localpart, Password: password, t: t}
	stop, err := u.Follow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return u
}

// NewRoom makes a private room and returns its id when everybody invited is in it. A bot joins by itself, users are
// joined here.
func (u *User) NewRoom(bot *Bot, others ...*User) string {
	u.t.Helper()
	invited := []string{bot.UserID}
	for _, other := range others {
		invited = append(invited, other.UserID)
	}
	ctx := Step(u.t)
	room, err := u.CreateRoom(ctx, client.Room{Name: "Management", Invite: invited})
	u.check(err)
	for _, other := range others {
		u.check(other.Join(ctx, room))
	}
	u.AwaitMember(room, bot.UserID, "join")
	return room
}

// AwaitMember waits until a user's membership of a room is as said.
func (u *User) AwaitMember(room, user, membership string) {
	u.t.Helper()
	_, err := u.Wait(Step(u.t), room, fmt.Sprintf("%s of %s", membership, user), func(e client.Event) bool {
		return e.Type == "m.room.member" && e.StateKey != nil && *e.StateKey == user && e.Text("membership") == membership
	})
	u.check(err)
}

// Say sends a text message and returns its event id.
func (u *User) Say(room, text string) string {
	u.t.Helper()
	event, err := u.SendText(Step(u.t), room, text)
	u.check(err)
	return event
}

// Ask sends a command and returns its final answer, or the prompt of one that wants to be confirmed.
func (u *User) Ask(room, command string) client.Answer {
	u.t.Helper()
	answer, err := u.Client.Ask(Step(u.t), room, command)
	u.check(err)
	return answer
}

// Final returns the final answer to a command that was sent.
func (u *User) Final(room, event string) client.Answer {
	u.t.Helper()
	answer, err := u.AwaitFinal(Step(u.t), room, event)
	u.check(err)
	return answer
}

// Press reacts to an event and returns the reaction's id.
func (u *User) Press(room, event, key string) string {
	u.t.Helper()
	reaction, err := u.React(Step(u.t), room, event, key)
	u.check(err)
	return reaction
}

// AwaitMarked waits until a command has this mark and no other.
func (u *User) AwaitMarked(room, event, key string) {
	u.t.Helper()
	u.check(u.AwaitMark(Step(u.t), room, event, key))
}

// Unanswered fails the test if the bot reacted to events in any way so far. It sends another command first and waits for
// its answer, so that whatever was to come is there. That has to be a changing command where the events could be taken
// for one: only those of one room queue behind each other.
func (u *User) Unanswered(room, last string, events ...string) {
	u.t.Helper()
	u.Ask(room, last)
	for _, event := range events {
		if answers := u.Answers(room, event); len(answers) > 0 {
			u.t.Errorf("%s was answered %s: %s", event, answers[0].Status, answers[0].Plain)
		}
		if marks := u.Marks(room, event); len(marks) > 0 {
			u.t.Errorf("%s was marked %s", event, marks)
		}
	}
}

// OneOutcome fails the test if a command has not exactly one final answer.
func (u *User) OneOutcome(room, event string) client.Answer {
	u.t.Helper()
	final := u.Final(room, event)
	all := slices.DeleteFunc(u.Answers(room, event), func(a client.Answer) bool { return !a.Final() })
	if len(all) != 1 {
		u.t.Errorf("%s has %d final answers, want 1", event, len(all))
	}
	return final
}

func (u *User) check(err error) {
	u.t.Helper()
	if err != nil {
		u.t.Fatal(err)
	}
}
