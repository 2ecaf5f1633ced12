package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"caretaker/homeserver/client"
)

// line is one command of the conversation and what has to come of it.
type line struct {
	intro   string                                           // printed before, where a new subject begins
	say     string                                           // what the admin types
	confirm func(ctx context.Context, p client.Answer) error // what to do about a prompt; nil: there must be none
	status  string                                           // of the final answer; default ok
	want    []string                                         // texts that the answer has to contain
	then    []func(ctx context.Context) error                // what has to be the case on the homeserver afterwards
}

// script is the conversation. It does what an admin does on a bad day.
func script(s *stage) []line {
	return []line{
		{intro: "Who am I, and how is the server?", say: "!admin whoami", want: []string{s.admin.UserID, "owner"}},
		{say: "!admin status", want: []string{s.server.ServerName}},

		{intro: "Users", say: "!admin user list", want: []string{s.admin.UserID, s.bob.UserID, s.mallory.UserID}},
		{say: "!admin user lsit", status: "usage", want: []string{"user list"}},
		{say: "!admin user details mallory", want: []string{s.mallory.UserID}},
		{say: "!admin user suspend mallory", want: []string{s.mallory.UserID}, then: every(s.silenced(s.mallory))},
		{say: "!admin user deactivate mallory", confirm: s.press("✅"), want: []string{s.mallory.UserID}, then: every(s.gone(s.mallory))},

		{intro: "Rooms", say: "!admin room list", want: []string{s.spam, "Cheap watches"}},
		{say: "!admin room members #watches:" + s.server.ServerName, want: []string{s.bob.UserID}},
		{say: "!admin room delete #watches:" + s.server.ServerName + " --block", confirm: s.typeCode, want: []string{s.spam},
			then: every(s.left(s.bob))},
		{say: "!admin room block-status " + s.spam, want: []string{s.spam}},

		{intro: "Media", say: "!admin media list -u mallory", want: []string{"watch.txt"}},
		{say: "!admin media quarantine -U " + s.media, then: every(s.mediaIs(http.StatusNotFound))},
		{say: "!admin media unquarantine -U " + s.media, then: every(s.mediaIs(http.StatusOK))},

		{intro: "Registration tokens", say: "!admin regtok new --token welcome-2026 --uses-allowed 5", want: []string{"welcome-2026"},
			then: every(s.tokenIs("welcome-2026", true))},
		{say: "!admin regtok list", want: []string{"welcome-2026"}},
		{say: "!admin regtok delete welcome-2026", confirm: s.press("✅"), want: []string{"welcome-2026"},
			then: every(s.tokenIs("welcome-2026", false))},

		{intro: "Server notices", say: `!admin notice send bob "Maintenance tonight at 22:00."`, want: []string{s.bob.UserID},
			then: every(s.noticed(s.bob, "Maintenance tonight at 22:00."))},

		{intro: "What happened here", say: "!admin audit list", want: []string{"user deactivate", "room delete", "notice send"}},
		{say: "!admin audit verify"},
	}
}

// judge returns what is wrong with an answer.
func (l line) judge(a client.Answer) error {
	want := l.status
	if want == "" {
		want = "ok"
	}
	var wrong []error
	if a.Status != want {
		wrong = append(wrong, fmt.Errorf("%q ended %s, want %s", l.say, a.Status, want))
	}
	for _, text := range l.want {
		if !strings.Contains(a.Plain, text) {
			wrong = append(wrong, fmt.Errorf("%q: the answer does not contain %q", l.say, text))
		}
	}
	return errors.Join(wrong...)
}

// look returns what is not the case on the homeserver.
func (l line) look(ctx context.Context) error {
	var wrong []error
	for _, holds := range l.then {
		if err := holds(ctx); err != nil {
			wrong = append(wrong, fmt.Errorf("%q: %w", l.say, err))
		}
	}
	return errors.Join(wrong...)
}

func every(checks ...func(context.Context) error) []func(context.Context) error { return checks }

// press answers a prompt by a reaction.
func (s *stage) press(key string) func(context.Context, client.Answer) error {
	return func(ctx context.Context, prompt client.Answer) error {
		s.print("ada", "("+key+" on the question)")
		_, err := s.admin.React(ctx, s.room, prompt.Message.ID, key)
		return err
	}
}

// typeCode answers a prompt by its code.
func (s *stage) typeCode(ctx context.Context, prompt client.Answer) error {
	command := "!admin confirm " + prompt.Code
	s.print("ada", command)
	_, err := s.admin.SendText(ctx, s.room, command)
	return err
}

// silenced checks that somebody can no longer send.
func (s *stage) silenced(who *client.Client) func(context.Context) error {
	return func(ctx context.Context) error {
		if _, err := who.SendText(ctx, s.spam, "Watches!"); !client.IsCode(err, "M_USER_SUSPENDED") {
			return fmt.Errorf("%s sent a message: got %w, want M_USER_SUSPENDED", who.UserID, err)
		}
		return nil
	}
}

// gone checks that an account is deactivated.
func (s *stage) gone(who *client.Client) func(context.Context) error {
	return func(ctx context.Context) error {
		if _, err := s.server.Login(ctx, who.UserID, demoPassword); err == nil {
			return fmt.Errorf("%s can still log in", who.UserID)
		}
		return nil
	}
}

// left checks that somebody is no longer in the room that was deleted.
func (s *stage) left(who *client.Client) func(context.Context) error {
	return func(ctx context.Context) error {
		var joined struct {
			Rooms []string `json:"joined_rooms"`
		}
		if err := who.Do(ctx, http.MethodGet, "/_matrix/client/v3/joined_rooms", nil, &joined); err != nil {
			return err
		}
		for _, room := range joined.Rooms {
			if room == s.spam {
				return fmt.Errorf("%s is still in %s", who.UserID, room)
			}
		}
		return nil
	}
}

// mediaIs checks what bob gets who downloads the file.
func (s *stage) mediaIs(status int) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.bob.Download(ctx, s.media)
		var answer *client.Error
		got := http.StatusOK
		if errors.As(err, &answer) {
			got = answer.Status
		}
		if got != status {
			return fmt.Errorf("downloading %s: status %d, want %d", s.media, got, status)
		}
		return nil
	}
}

// tokenIs checks whether somebody could register with a token.
func (s *stage) tokenIs(token string, valid bool) func(context.Context) error {
	return func(ctx context.Context) error {
		var answer struct {
			Valid bool `json:"valid"`
		}
		err := s.bob.Do(ctx, http.MethodGet, "/_matrix/client/v1/register/m.login.registration_token/validity?token="+token, nil, &answer)
		if err == nil && answer.Valid != valid {
			err = fmt.Errorf("token %s valid: %v, want %v", token, answer.Valid, valid)
		}
		return err
	}
}

// noticed checks that a server notice has arrived.
func (s *stage) noticed(who *client.Client, text string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, _, err := who.WaitAnywhere(ctx, "the notice", func(e client.Event) bool { return e.Body() == text })
		return err
	}
}
