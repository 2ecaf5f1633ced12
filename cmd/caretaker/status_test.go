package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"caretaker/commands"
	"caretaker/store"
)

// TestStatusBesideTheDaemon: another process holds the lock and has work.
func TestStatusBesideTheDaemon(t *testing.T) {
	t.Parallel()
	path := file(t, "config.yaml", `homeserver: {url: "`+exampleOrg(t).URL+`", server_name: example.org}`+"\n"+`permissions: {"@ada:example.org": owner}`)
	status := func() (bot commands.BotStatus, pending int) {
		t.Helper()
		got := shell(t, "-c", path, "status", "-o", "json")
		var answer struct {
			Bot   commands.BotStatus
			Queue commands.QueueStatus
		}
		if err := json.Unmarshal([]byte(got.out), &answer); err != nil {
			t.Fatalf("%v: %+v", err, got)
		}
		return answer.Bot, answer.Queue.Pending
	}
	if bot, pending := status(); bot.UptimeS != 0 || bot.PID != 0 || bot.UserID != "@caretaker:example.org" || pending != 0 {
		t.Errorf("before the first start: %+v, %d", bot, pending)
	}
	wantIn(t, shell(t, "-c", path, "status").out, "no; \"caretaker run\" starts the daemon")

	dir := filepath.Dir(path)
	db, err := store.Open(t.Context(), filepath.Join(dir, "caretaker.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	event := store.InboxEvent{EventID: "$a", RoomID: "!r:example.org", Sender: "@ada:example.org", Type: "m.room.message"}
	if _, err := db.AddEvents(t.Context(), []store.InboxEvent{event}); err != nil {
		t.Fatal(err)
	}
	lock, err := store.AcquireLock(filepath.Join(dir, "caretaker.lock"))
	if err != nil {
		t.Fatal(err)
	}
	if bot, pending := status(); bot.UptimeS < 1 || bot.PID != os.Getpid() || pending != 1 {
		t.Errorf("beside the daemon: %+v, %d", bot, pending)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	if bot, pending := status(); bot.UptimeS != 0 || bot.PID != 0 || pending != 1 {
		t.Errorf("after its end: %+v, %d", bot, pending)
	}
}
