package bot_test

import (
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"
)

// A local user without a role is told once an hour, a remote one never.
func TestStrangers(t *testing.T) {
	inWorld(t, func(w *world) {
		first := w.ask(mallory, "!admin thing set a")
		w.expect(first, "denied")
		w.expectMarks(first, "🚫")
		if !strings.Contains(w.last(first).body(), "permissions") {
			t.Errorf("got %q", w.last(first).body())
		}
		w.silent(w.ask(mallory, "!admin help"), w.ask(remote, "!admin help"))
		w.sleep(59 * time.Minute)
		w.silent(w.ask(mallory, "!admin help"))
		w.sleep(time.Minute)
		w.expect(w.ask(mallory, "!admin help"), "denied")
		w.expectDone("")
		w.settled()
	})
}

// Outside of management rooms a role holder gets a hint a day, others nothing.
func TestOtherRooms(t *testing.T) {
	inWorld(t, func(w *world) {
		lobby := w.hs.room(ada, vera, mallory, remote, botID)
		w.wait()
		say := func(sender id.UserID) id.EventID {
			cmd := w.hs.say(lobby, sender, "m.room.message", plain("!admin thing set a"))
			w.wait()
			return cmd
		}
		hint := say(ada)
		w.expect(hint, "denied")
		w.silent(say(ada), say(mallory), say(remote))
		w.expect(say(vera), "denied") // a hint of her own
		w.sleep(24*time.Hour - time.Minute)
		w.silent(say(ada))
		w.sleep(time.Minute)
		w.expect(say(ada), "denied")
		w.expectDone("")
		w.settled()
	})
}

// Roles decide what somebody may do, wherever they are joined.
func TestRoles(t *testing.T) {
	for name, c := range map[string]struct {
		sender id.UserID
		line   string
		status string
	}{
		"viewer reads":       {vera, "thing show a", "ok"},
		"viewer peeks":       {vera, "thing peek", "denied"},
		"viewer changes":     {vera, "thing set a", "denied"},
		"operator changes":   {edsger, "thing set a", "ok"},
		"operator destroys":  {edsger, "thing drop !x:example.org", "denied"},
		"admin destroys":     {alan, "thing drop !x:example.org", "confirm"},
		"admin wipes":        {alan, "thing wipe", "denied"},
		"owner wipes":        {ada, "thing wipe", "confirm"},
		"management room":    {ada, "thing drop here", "denied"},
		"nobody speaks for":  {remote, "thing show a", ""},
		"server's own names": {mallory, "thing show a", "denied"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				cmd := w.ask(c.sender, "!admin "+c.line)
				if c.status == "" {
					w.silent(cmd)
				} else {
					w.expect(cmd, c.status)
				}
				if c.status != "ok" {
					w.expectDone("")
				}
				w.settled()
			})
		})
	}
}
