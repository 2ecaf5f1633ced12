//go:build proof

package e2e

import (
	"context"
	"testing"
	"time"

	"caretaker/homeserver/client"
)

// A password that was delivered and that nobody acknowledged goes by itself, also when the bot was away at that time.
func TestDeliveredSecretExpires(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	w.ask("!admin user password " + w.victim.UserID)
	message := w.inDirect(w.victim.Localpart)
	w.bot.Stop()
	w.bot.Run()
	ctx, cancel := context.WithTimeout(t.Context(), 11*time.Minute)
	defer cancel()
	gone, err := w.ada.Wait(ctx, w.direct, "the removal of the password", func(e client.Event) bool { return e.Redacts() == message.ID })
	if err != nil {
		t.Fatal(err)
	}
	if after := gone.Time().Sub(message.Time()); after < 9*time.Minute || after > 11*time.Minute {
		t.Errorf("the password was there for %s, want ten minutes", after.Round(time.Second))
	}
	w.secrets["expired"] = secretIn(t, message, w.victim.Localpart)
	w.written[message.ID] = true
	w.lookAtFiles("after the password was removed")
	w.lookAtRoom(w.direct)
}
