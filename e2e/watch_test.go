package e2e

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"caretaker/e2e/harness"
	"caretaker/homeserver/client"
)

// watch knows all secrets of an installation and looks for them.
type watch struct {
	t         *testing.T
	bot       *harness.Bot
	ada, root *harness.User // the owner, and a server admin who sees all rooms
	victim    *harness.User
	room      string
	direct    string            // where the bot delivers secrets, once it has
	secrets   map[string]string // by what they are
	written   map[string]bool   // events by people, and deliveries: the homeserver keeps what they said for a while
	places    int
}

func newWatch(t *testing.T) *watch {
	t.Helper()
	bot := harness.NewBot(t, harness.BotOptions{Proxy: true, Config: map[string]any{"logging": map[string]any{"min_level": "trace"}}})
	bot.Run()
	s := bot.Synapse
	w := &watch{
		t: t, bot: bot, ada: bot.Owner, root: s.NewAdmin(t, "root"), victim: s.NewUser(t, "victim"), written: map[string]bool{},
		secrets: map[string]string{
			"as_token": bot.Registration.ASToken, "hs_token": bot.Registration.HSToken, "admin token": strings.TrimSpace(read(t, bot.Dir, "admin.token")),
			"shared secret": s.SharedSecret, "session of the owner": bot.Owner.Token,
		},
	}
	w.room = w.ada.NewRoom(bot)
	w.trust(w.room)
	return w
}

// trust lets the bot remove other people's messages.
func (w *watch) trust(room string) {
	w.t.Helper()
	levels := map[string]any{}
	if err := w.ada.State(harness.Step(w.t), room, "m.room.power_levels", "", &levels); err != nil {
		w.t.Fatal(err)
	}
	users, _ := levels["users"].(map[string]any)
	if users == nil {
		users = map[string]any{}
	}
	users[w.bot.UserID] = 50
	levels["users"] = users
	if err := w.ada.SetState(harness.Step(w.t), room, "m.room.power_levels", "", levels); err != nil {
		w.t.Fatal(err)
	}
}

// secret makes a new one that cannot be mistaken for anything else.
func (w *watch) secret(what string) string {
	secret := fmt.Sprintf("canary%016xEnd", rand.Uint64())
	w.secrets[what] = secret
	return secret
}

// look fails the test if a text holds any secret.
func (w *watch) look(place, text string) {
	w.t.Helper()
	w.places++
	for _, what := range slices.Sorted(maps.Keys(w.secrets)) {
		if strings.Contains(text, w.secrets[what]) {
			w.t.Errorf("%s: the secret %q is there: %s", place, what, around(text, w.secrets[what]))
		}
	}
}

func around(text, secret string) string {
	at := strings.Index(text, secret)
	return fmt.Sprintf("%.300q", text[max(0, at-100):min(len(text), at+len(secret)+50)])
}

// delivered reads a secret from the direct message and sees the message off.
func (w *watch) delivered(what, localpart, reaction string) string {
	w.t.Helper()
	message := w.inDirect(localpart)
	w.written[message.ID] = true
	w.secrets[what] = secretIn(w.t, message, localpart)
	w.ada.Press(w.direct, message.ID, reaction)
	_, err := w.ada.Wait(harness.Step(w.t), w.direct, "the removal of the secret", func(e client.Event) bool { return e.Redacts() == message.ID })
	w.must("", err)
	return w.secrets[what]
}

// logIn shows that a password that was delivered works.
func (w *watch) logIn(localpart, password string) {
	w.t.Helper()
	_, err := w.bot.Synapse.Login(harness.Step(w.t), localpart, password)
	w.must("", err)
}

// inDirect waits for a new message with a user's secret. The first one comes with an invitation.
func (w *watch) inDirect(localpart string) client.Event {
	w.t.Helper()
	if w.direct == "" {
		w.must("", w.ada.Until(harness.Step(w.t), "an invitation to a direct chat", func() bool {
			for _, invite := range w.ada.Invites() {
				if invite.Direct && invite.Sender == w.bot.UserID {
					w.direct = invite.RoomID
				}
			}
			return w.direct != ""
		}))
		w.must("", w.ada.Join(harness.Step(w.t), w.direct))
	}
	message, err := w.ada.Wait(harness.Step(w.t), w.direct, "the secret of "+localpart, func(e client.Event) bool {
		return !w.written[e.ID] && e.Sender == w.bot.UserID && strings.Contains(e.Body(), "@"+localpart+":")
	})
	w.must("", err)
	return message
}

// secretIn is the code block behind a user's name.
func secretIn(t *testing.T, message client.Event, localpart string) string {
	t.Helper()
	_, rest, _ := strings.Cut(message.HTML(), "<code>@"+localpart)
	_, rest, _ = strings.Cut(rest, "<pre><code>")
	secret, _, _ := strings.Cut(rest, "</code></pre>")
	if len(secret) < 16 {
		t.Fatalf("there is no secret in the direct message: %s", message.HTML())
	}
	return secret
}

// lookAtProcesses looks at what everybody on the machine may see of the daemon and its children.
func (w *watch) lookAtProcesses() {
	w.t.Helper()
	pids := []string{fmt.Sprint(w.bot.PID())}
	children, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", w.bot.PID()))
	for _, list := range children {
		content, _ := os.ReadFile(list)
		pids = append(pids, strings.Fields(string(content))...)
	}
	for _, pid := range pids {
		for _, name := range []string{"cmdline", "environ"} {
			if content, err := os.ReadFile(filepath.Join("/proc", pid, name)); err == nil {
				w.look(name+" of process "+pid, string(content))
			}
		}
	}
}

// lookAtFiles looks into the database as it lies on the disk, free pages included.
func (w *watch) lookAtFiles(when string) {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.bot.Dir, "caretaker.*"))
	if err != nil || len(files) < 2 {
		w.t.Fatalf("there are no files to look at: %v %v", files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			w.t.Fatal(err)
		}
		w.look(filepath.Base(file)+" "+when, string(content))
	}
}

// lookAtRoom looks at all events as the homeserver shows them, at what the bot's own were before they were redacted, and
// into attached files.
func (w *watch) lookAtRoom(room string) {
	w.t.Helper()
	ctx := harness.Step(w.t)
	var page struct {
		Chunk []client.Event `json:"chunk"`
		End   string         `json:"end"`
	}
	path := "/_synapse/admin/v1/rooms/" + room + "/messages?dir=b&limit=1000"
	if err := w.root.Do(ctx, "GET", path, nil, &page); err != nil {
		w.t.Fatal(err)
	}
	if len(page.Chunk) == 0 || len(page.Chunk) >= 1000 {
		w.t.Fatalf("%d events of %s", len(page.Chunk), room)
	}
	for _, e := range page.Chunk {
		if room == w.room || room == w.direct {
			w.look("an event of "+room, string(e.Raw))
		}
		if w.written[e.ID] {
			continue
		}
		var original struct{ Event client.Event }
		if err := w.root.Do(ctx, "GET", "/_synapse/admin/v1/fetch_event/"+e.ID, nil, &original); err != nil {
			w.t.Fatal(err)
		}
		w.look("an original event of "+room, string(original.Event.Raw))
		if uri := e.Text("url"); uri != "" {
			content, err := w.ada.Download(ctx, uri)
			if err != nil {
				w.t.Fatal(err)
			}
			w.look("the file "+e.Body(), string(content))
		}
	}
}

func (w *watch) must(event string, err error) string {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return event
}
