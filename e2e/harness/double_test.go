package harness_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gopkg.in/yaml.v3"

	"caretaker/e2e/harness"
	"caretaker/homeserver/client"
)

// TestMain makes this test program its own bot: started as "… init" or "… run" it behaves like the real one, as far as
// the harness can see.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "init" || os.Args[1] == "run") {
		if err := double(os.Args[1], os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "double:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if err := os.Setenv("CARETAKER_BIN", os.Args[0]); err != nil {
		panic(err)
	}
	os.Exit(harness.Main(m))
}

// doubleConfig is the little that the double keeps in config.yaml.
type doubleConfig struct {
	Homeserver struct {
		URL        string `yaml:"url"`
		ServerName string `yaml:"server_name"`
	} `yaml:"homeserver"`
	Appservice struct {
		Listen string `yaml:"listen"`
	} `yaml:"appservice"`
	Bot struct {
		Localpart string `yaml:"localpart"`
	} `yaml:"bot"`
}

func double(verb string, arguments []string) error {
	flags := flag.NewFlagSet(verb, flag.ContinueOnError)
	text := map[string]*string{}
	for _, name := range []string{
		"dir", "homeserver-url", "server-name", "software", "listen", "url", "localpart", "owner", "registration-shared-secret-file", "c",
	} {
		text[name] = flags.String(name, "", "")
	}
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if verb == "run" {
		return doubleRun(*text["c"])
	}
	return doubleInit(text)
}

func doubleInit(text map[string]*string) error {
	var config doubleConfig
	config.Homeserver.URL, config.Homeserver.ServerName = *text["homeserver-url"], *text["server-name"]
	config.Appservice.Listen, config.Bot.Localpart = *text["listen"], *text["localpart"]
	registration := map[string]any{
		"id": *text["localpart"], "url": *text["url"], "as_token": "as-" + *text["localpart"], "hs_token": "hs-" + *text["localpart"],
		"sender_localpart": "_" + *text["localpart"] + "_sender", "rate_limited": false,
		"namespaces": map[string]any{"users": []any{map[string]any{"regex": "@" + *text["localpart"] + ":.*", "exclusive": true}}},
	}
	return errors.Join(writeYAML(*text["dir"], "config.yaml", config), writeYAML(*text["dir"], "registration.yaml", registration))
}

func doubleRun(path string) error {
	var config doubleConfig
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(content, &config); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", config.Appservice.Listen)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	bot := &doubleBot{self: "@" + config.Bot.Localpart + ":" + config.Homeserver.ServerName, hsToken: "hs-" + config.Bot.Localpart}
	bot.client = client.New(config.Homeserver.URL, bot.self, "as-"+config.Bot.Localpart)
	register := map[string]any{"type": "m.login.application_service", "username": config.Bot.Localpart, "inhibit_login": true}
	_ = bot.client.Do(ctx, http.MethodPost, "/_matrix/client/v3/register", register, nil) // it may exist
	server := &http.Server{Handler: bot}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	fmt.Fprintln(os.Stderr, "caretaker is ready")
	_ = server.Serve(listener)
	return nil
}

// doubleBot joins where it is invited and says who asks.
type doubleBot struct {
	self, hsToken string
	client        *client.Client
}

// ServeHTTP takes transactions.
func (b *doubleBot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+b.hsToken {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var raw struct {
		Events []json.RawMessage `json:"events"`
	}
	if err := json.NewDecoder(r.Body).Decode(&raw); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, event := range raw.Events {
		var e client.Event
		var where struct {
			RoomID string `json:"room_id"`
		}
		if errors.Join(json.Unmarshal(event, &e), json.Unmarshal(event, &where)) == nil {
			b.handle(r.Context(), where.RoomID, e)
		}
	}
	_, _ = w.Write([]byte("{}"))
}

func (b *doubleBot) handle(ctx context.Context, room string, e client.Event) {
	as := "?user_id=" + url.QueryEscape(b.self)
	if e.Text("membership") == "invite" && *e.StateKey == b.self {
		_ = b.client.Do(ctx, http.MethodPost, "/_matrix/client/v3/join/"+url.PathEscape(room)+as, map[string]any{}, nil)
		return
	}
	if !strings.HasPrefix(e.Body(), "!admin whoami") || e.Sender == b.self {
		return
	}
	send := "/_matrix/client/v3/rooms/" + url.PathEscape(room) + "/send/"
	_ = b.client.Do(ctx, http.MethodPut, send+"m.room.message/a"+e.ID+as, map[string]any{
		"msgtype": "m.notice", "body": e.Sender,
		"dev.caretaker.outcome": map[string]any{"command": "whoami", "status": "ok", "event": e.ID},
	}, nil)
	_ = b.client.Do(ctx, http.MethodPut, send+"m.reaction/b"+e.ID+as, map[string]any{
		"m.relates_to": map[string]any{"rel_type": "m.annotation", "event_id": e.ID, "key": "✅"},
	}, nil)
}

func writeYAML(dir, name string, value any) error {
	content, err := yaml.Marshal(value)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), content, 0o600)
}
