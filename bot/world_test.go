package bot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/bot"
	"caretaker/commands"
	"caretaker/jobs"
	"caretaker/store"
)

// The people of every test.
const (
	serverName = "example.org"
	botID      = id.UserID("@caretaker:example.org")
	ada        = id.UserID("@ada:example.org")    // owner
	grace      = id.UserID("@grace:example.org")  // owner, too
	alan       = id.UserID("@alan:example.org")   // admin
	edsger     = id.UserID("@edsger:example.org") // operator
	vera       = id.UserID("@vera:example.org")   // viewer
	mallory    = id.UserID("@mallory:example.org")
	remote     = id.UserID("@ada:elsewhere.org")
)

// world is a homeserver with a bot, in a bubble whose clock stands still while
// anything is going on: after wait, nothing more happens by itself.
type world struct {
	t       *testing.T
	hs      *homeserver
	things  *things
	roles   map[string]commands.Role
	rooms   []string // configured
	jobs    bool     // long work is followed; it looks every second
	dir     string
	room    id.RoomID // a management room with everybody in it
	pushed  int       // events that were delivered to the bot
	process *process
	log     logBuffer
}

// process is one run of the bot on the database of the world.
type process struct {
	store  *store.Store
	bot    *bot.Bot
	jobs   *jobs.Follower
	ctx    context.Context // of the process; it is one
	cancel context.CancelFunc
	parts  sync.WaitGroup
}

// inWorld runs a test in a world with a bot that is up and has one management room.
func inWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	bubble(t, func(w *world) {
		w.room = w.hs.room(ada, alan, edsger, vera, mallory, remote)
		w.start()
		w.hs.membership(w.room, ada, botID, "invite")
		w.wait()
		if got := w.hs.event(w.t, w.hs.since(0)[len(w.hs.since(0))-1].ID); got.Type != "m.room.member" || got.Content["membership"] != "join" {
			t.Fatalf("the bot did not join its management room")
		}
		w.hs.forgetCalls()
		test(w)
	})
}

// bubble runs a test in a world without rooms, where the bot is not up yet.
func bubble(t *testing.T, test func(w *world)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, hs: newHomeserver(), things: newThings(), dir: t.TempDir(), roles: map[string]commands.Role{
			string(ada): commands.Owner, string(grace): commands.Owner, string(alan): commands.Admin,
			string(edsger): commands.Operator, string(vera): commands.Viewer,
		}}
		t.Cleanup(func() {
			if t.Failed() {
				t.Log(w.log.String())
			}
		})
		test(w)
		if w.process != nil {
			w.stop()
		}
		w.checkAll()
	})
}

// checkAll looks at what holds of everything that the bot ever said: it pings no
// room, and no command has two final answers.
func (w *world) checkAll() {
	w.t.Helper()
	finals := map[string]int{}
	for _, e := range w.hs.since(0) {
		if e.Sender != botID || e.Type != "m.room.message" || e.Redacted {
			continue
		}
		w.checkMentions(e.ID, e.Content)
		outcome, _ := e.Content["dev.caretaker.outcome"].(map[string]any)
		if (answer{outcome: outcome}).final() {
			finals[outcome["event"].(string)]++
		}
	}
	for command, n := range finals {
		if n > 1 {
			w.t.Errorf("%s has %d final answers", command, n)
		}
	}
}

func (w *world) checkMentions(event id.EventID, content map[string]any) {
	w.t.Helper()
	mentions, ok := content["m.mentions"].(map[string]any)
	if _, room := mentions["room"]; !ok || room {
		w.t.Errorf("%s has the mentions %v", event, content["m.mentions"])
	}
}

// start starts the bot on whatever the one before left, and connects it.
func (w *world) start() {
	w.t.Helper()
	w.launch()
	w.process.connect()
	w.wait()
}

// connect has the bot hear that its homeserver is there.
func (p *process) connect() { p.parts.Go(func() { p.bot.Connected(p.ctx) }) }

// launch starts the bot, but it does not hear of its homeserver.
func (w *world) launch() {
	w.t.Helper()
	db, err := store.Open(w.t.Context(), filepath.Join(w.dir, "caretaker.db"), store.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	client, err := mautrix.NewClient("http://homeserver.test", botID, "as_token")
	if err != nil {
		w.t.Fatal(err)
	}
	client.Client = &http.Client{Transport: w.hs, Timeout: 30 * time.Second}
	client.DefaultHTTPRetries, client.DefaultHTTPBackoff = 3, time.Second
	ctx, cancel := context.WithCancel(context.Background())
	p := &process{store: db, ctx: ctx, cancel: cancel}
	log := zerolog.New(&w.log)
	list, executor := registry(), &commands.Executor{}
	p.jobs = jobs.New(jobs.Options{Store: db, Registry: list, Executor: executor, Log: log, Now: time.Now, Env: w.jobEnv})
	p.bot = bot.New(bot.Options{
		Store: db, Client: client, Facts: facts{client}, Registry: list, Executor: executor, Jobs: p.jobs,
		Scrub: func(ctx context.Context) {
			if _, err := db.ScrubAfterSecret(ctx); err != nil {
				log.Err(err).Msg("scrub")
			}
		},
		Recheck: func() {}, Log: log, Now: time.Now,
		Bot: botID, DisplayName: "Caretaker", Prefix: "!admin", ServerName: serverName, Zone: time.UTC, Version: "test",
		MaxAge: 10 * time.Minute, ConfirmIn: 10 * time.Minute, Rooms: w.rooms, Roles: w.roles,
	})
	p.jobs.Report = p.bot
	executor.Services = func(*admin.Recorder) commands.Services { return commands.Services{w.things, p.bot, list} }
	w.process = p
	running := []func(context.Context) error{p.bot.Run}
	if w.jobs {
		running = append(running, p.jobs.Run)
	}
	for _, run := range running {
		p.parts.Go(func() {
			if err := run(ctx); err != nil {
				w.t.Errorf("the process ended with %v", err)
			}
		})
	}
}

func (w *world) jobEnv(requester string) commands.Env {
	user := id.UserID(requester)
	return commands.Env{Caller: commands.Caller{UserID: user, Name: requester, Role: w.roles[requester]}, ServerName: serverName, Bot: botID, Prefix: "!admin", Zone: time.UTC}
}

// stop ends the process as SIGTERM does, and fails the test when that takes too long.
func (w *world) stop() {
	w.t.Helper()
	begun := time.Now()
	w.process.cancel()
	w.process.parts.Wait()
	if took := time.Since(begun); took > 8*time.Second {
		w.t.Errorf("stopping took %s", took)
	}
	if err := w.process.store.Close(); err != nil {
		w.t.Error(err)
	}
	w.process = nil
}

// kill ends the process without giving it the chance to write anything more.
func (w *world) kill() {
	w.t.Helper()
	_ = w.process.store.Close()
	w.process.cancel()
	w.process.parts.Wait()
	w.process = nil
}

// wait delivers what was said in the rooms until nothing more happens by itself.
func (w *world) wait() {
	w.t.Helper()
	for synctest.Wait(); w.deliver(); synctest.Wait() {
	}
}

// sleep lets time pass. What happens meanwhile is delivered only afterwards.
func (w *world) sleep(d time.Duration) {
	w.t.Helper()
	w.wait()
	time.Sleep(d)
	w.wait()
}

// deliver pushes what the bot has not seen, as a homeserver does.
func (w *world) deliver() bool {
	w.t.Helper()
	events := w.hs.since(w.pushed)
	if len(events) == 0 || w.process == nil {
		return false
	}
	w.pushed += len(events)
	for _, e := range events {
		if e.Sender != botID || e.StateKey != nil { // what the bot says is not taken in
			w.push(*e)
		}
	}
	return true
}

// push delivers one event; it may be one that the homeserver does not have.
func (w *world) push(e fakeEvent) {
	w.t.Helper()
	raw, err := json.Marshal(e.wire())
	if err != nil {
		w.t.Fatal(err)
	}
	row := store.InboxEvent{EventID: e.ID, RoomID: e.Room, Sender: e.Sender, Type: e.Type, Raw: raw, OriginTS: e.TS}
	if err := w.process.store.AddTransaction(w.t.Context(), []store.InboxEvent{row}); err != nil {
		w.t.Fatal(err)
	}
	w.process.bot.Wake()
}

// say says a line in the management room and does not wait.
func (w *world) say(sender id.UserID, text string) id.EventID {
	return w.hs.say(w.room, sender, "m.room.message", plain(text))
}

func plain(text string) map[string]any { return map[string]any{"msgtype": "m.text", "body": text} }

// ask says a line in the management room and waits for all that comes of it.
func (w *world) ask(sender id.UserID, text string) id.EventID {
	w.t.Helper()
	event := w.say(sender, text)
	w.wait()
	return event
}

// react puts a reaction on an event of the management room.
func (w *world) react(sender id.UserID, to id.EventID, key string) id.EventID {
	w.t.Helper()
	event := w.hs.say(w.room, sender, "m.reaction", map[string]any{"m.relates_to": map[string]any{"rel_type": "m.annotation", "event_id": string(to), "key": key}})
	w.wait()
	return event
}

// answer is a message of the bot about a command.
type answer struct {
	event   *fakeEvent
	content map[string]any // of an edit, the new content
	edits   id.EventID
	outcome map[string]any
}

func (a answer) status() string { s, _ := a.outcome["status"].(string); return s }
func (a answer) code() string   { s, _ := a.outcome["code"].(string); return s }
func (a answer) body() string   { s, _ := a.content["body"].(string); return s }
func (a answer) final() bool {
	return !slices.Contains([]string{"", "confirm", "accepted", "progress"}, a.status())
}

// answers lists what the bot said about a command, in order.
func (w *world) answers(command id.EventID) []answer {
	w.t.Helper()
	var all []answer
	for _, e := range w.hs.since(0) {
		outcome, _ := e.Content["dev.caretaker.outcome"].(map[string]any)
		if e.Sender != botID || outcome["event"] != string(command) {
			continue
		}
		a := answer{event: e, content: e.Content, outcome: outcome}
		if inner, ok := e.Content["m.new_content"].(map[string]any); ok {
			a.content = inner
			a.edits = id.EventID(relation(e)["event_id"].(string))
		}
		w.checkAnswer(a)
		all = append(all, a)
	}
	return all
}

// checkAnswer looks at what the contract says of every answer.
func (w *world) checkAnswer(a answer) {
	w.t.Helper()
	contents := []map[string]any{a.event.Content}
	if a.edits != "" {
		contents = append(contents, a.content)
	}
	for _, content := range contents {
		w.checkMentions(a.event.ID, content)
		if content["dev.caretaker.outcome"] == nil {
			w.t.Errorf("%s lacks the outcome in a part of its content", a.event.ID)
		}
		if kind := content["msgtype"]; kind != "m.notice" && kind != "m.file" {
			w.t.Errorf("%s is a %v", a.event.ID, kind)
		}
	}
}

func relation(e *fakeEvent) map[string]any {
	r, _ := e.Content["m.relates_to"].(map[string]any)
	return r
}

// last is the newest answer to a command.
func (w *world) last(command id.EventID) answer {
	w.t.Helper()
	all := w.answers(command)
	if len(all) == 0 {
		w.t.Fatalf("%s was not answered", command)
	}
	return all[len(all)-1]
}

// expect checks the statuses of everything that the bot said about a command.
func (w *world) expect(command id.EventID, statuses ...string) {
	w.t.Helper()
	var got []string
	for _, a := range w.answers(command) {
		got = append(got, a.status())
	}
	if !slices.Equal(got, statuses) {
		w.t.Errorf("%s (%v) was answered %v, want %v", command, w.hs.event(w.t, command).Content["body"], got, statuses)
	}
}

// marks are the bot's reactions on an event that are still there, in order.
func (w *world) marks(event id.EventID) []string {
	var keys []string
	for _, e := range w.hs.since(0) {
		if e.Type == "m.reaction" && e.Sender == botID && !e.Redacted && relation(e)["event_id"] == string(event) {
			keys = append(keys, relation(e)["key"].(string))
		}
	}
	return keys
}

func (w *world) expectMarks(event id.EventID, keys ...string) {
	w.t.Helper()
	if got := w.marks(event); !slices.Equal(got, keys) {
		w.t.Errorf("%s is marked %v, want %v", event, got, keys)
	}
}

// expectDone checks what was done to the things, of what begins with a word.
func (w *world) expectDone(prefix string, want ...string) {
	w.t.Helper()
	if got := w.things.done(prefix); !slices.Equal(got, want) {
		w.t.Errorf("%s: done %q, want %q", prefix, got, want)
	}
}

// said counts the bot's events in a room after a number of events.
func (w *world) saidBy(room id.RoomID) (events []*fakeEvent) {
	for _, e := range w.hs.since(0) {
		if e.Sender == botID && e.Room == room && e.StateKey == nil {
			events = append(events, e)
		}
	}
	return events
}

// silent checks that nothing was said about events.
func (w *world) silent(events ...id.EventID) {
	w.t.Helper()
	for _, event := range events {
		w.expect(event)
		w.expectMarks(event)
	}
}

// audit lists the outcomes of the intents of a command, and notes about it.
func (w *world) audit(command id.EventID) (outcomes []string) {
	w.t.Helper()
	entries, _, err := w.process.store.AuditList(w.t.Context(), store.AuditFilter{Limit: 1000})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range slices.Backward(entries) {
		if e.EventID == command {
			outcomes = append(outcomes, e.Outcome)
		}
	}
	return outcomes
}

// settled checks that no row waits for ever.
func (w *world) settled() {
	w.t.Helper()
	if n, err := w.process.store.PendingCount(w.t.Context()); err != nil || n != 0 {
		w.t.Errorf("%d events are pending (%v)", n, err)
	}
	if n, err := w.process.store.WaitingCount(w.t.Context()); err != nil || n != 0 {
		w.t.Errorf("%d deliveries are waiting (%v)", n, err)
	}
	if rows, err := w.process.store.Started(w.t.Context()); err != nil || len(rows) != 0 {
		w.t.Errorf("%d events are started (%v)", len(rows), err)
	}
}

// inFiles reports whether a text stands in the files of the database.
func (w *world) inFiles(text string) bool {
	w.t.Helper()
	for _, name := range []string{"caretaker.db", "caretaker.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(w.dir, name))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			w.t.Fatal(err)
		}
		if bytes.Contains(raw, []byte(text)) {
			return true
		}
	}
	return false
}

// facts reads a room's state.
type facts struct{ client *mautrix.Client }

// RoomFacts implements [bot.FactsReader].
func (f facts) RoomFacts(ctx context.Context, room id.RoomID) (got bot.Facts, err error) {
	read := func(evtType, key string) string {
		var content map[string]any
		url := f.client.BuildClientURL("v3", "rooms", room, "state", evtType, "")
		_, failed := f.client.MakeRequest(ctx, http.MethodGet, url, nil, &content)
		if failed != nil && !errors.Is(failed, mautrix.MNotFound) {
			err = errors.Join(err, failed)
		}
		value, _ := content[key].(string)
		return value
	}
	got.Encrypted = read("m.room.encryption", "algorithm") != ""
	got.Public = read("m.room.join_rules", "join_rule") == "public"
	got.WorldReadable = read("m.room.history_visibility", "history_visibility") == "world_readable"
	return got, err
}

// logBuffer is a log that may be written and read at the same time.
type logBuffer struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

// Write implements io.Writer.
func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is everything that was logged.
func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
