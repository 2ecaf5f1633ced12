package matrix_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/matrix"
)

// homeserver answers every request alike.
type homeserver struct {
	commandtest.Log
	answer string // JSON
	err    error
}

func (h *homeserver) send(r admin.RawRequest) (admin.Answer[json.RawMessage], error) {
	token := "admin"
	if r.Token != "" {
		token = r.Token.Reveal()
	}
	h.Called(r.Method, r.Endpoint.Path, r.Endpoint.Query.Encode(), string(r.Body), token)
	if h.err != nil {
		return admin.Answer[json.RawMessage]{}, h.err
	}
	return commandtest.Answer[json.RawMessage](h.answer), nil
}

func (h *homeserver) Raw(_ context.Context, r admin.RawRequest) (admin.Answer[json.RawMessage], error) {
	return h.send(r)
}

func (h *homeserver) RawMatrix(_ context.Context, r admin.RawRequest) (admin.Answer[json.RawMessage], error) {
	return h.send(r)
}

func (h *homeserver) LogIn(_ context.Context, user id.UserID, password admin.Secret, device string) (admin.Answer[admin.LoggedIn], error) {
	h.Called("LogIn", user, password, device)
	if h.err != nil {
		return admin.Answer[admin.LoggedIn]{}, h.err
	}
	return commandtest.Answer[admin.LoggedIn](h.answer), nil
}

func command(line string) *commands.Command {
	for _, c := range matrix.Group.Commands {
		if strings.HasPrefix(line+" ", c.Name+" ") {
			return c
		}
	}
	panic("no command in " + line)
}

const (
	users = `{"users": [{"name": "@bob:example.org", "admin": false, "displayname": "Bob <b>"}, {"name": "@eve:example.org", "admin": true}],
		"total": 2, "nested": {"a": [1, 2]}}`
	hashes  = `[{"name": "@bob:example.org", "password_hash": "$2b$12$secret", "is_guest": 0}]`
	session = `{"user_id": "@bob:example.org", "access_token": "syt_Ym9i_secretsecret_1", "device_id": "ABC", "home_server": "example.org"}`
)

var lacking = &admin.Error{
	Code: admin.CodeUnsupported, Message: "cannot GET v9/x: this homeserver lacks that function, or it is switched off", Hint: "server features",
}

func TestExamples(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, matrix.Group)
}

func TestRequests(t *testing.T) {
	t.Parallel()
	terminal := []commandtest.Option{commandtest.Terminal()}
	for name, test := range map[string]struct {
		line    string
		server  homeserver
		options []commandtest.Option
		want    commands.Status
	}{
		"raw":                   {"raw v2/users?limit=2", homeserver{answer: users}, nil, commands.StatusOK},
		"raw on terminal":       {"raw v2/users?limit=2", homeserver{answer: users}, terminal, commands.StatusOK},
		"raw secret":            {"raw v1/search_users/@bob:example.org?term=b", homeserver{answer: hashes}, nil, commands.StatusOK},
		"raw secret, terminal":  {"raw v1/search_users/@bob:example.org?term=b", homeserver{answer: hashes}, terminal, commands.StatusOK},
		"raw list of words":     {"raw v1/x", homeserver{answer: `["a", "b"]`}, nil, commands.StatusOK},
		"raw write":             {`raw v1/rooms/!abc:example.org/block -m put -d '{"block": true}'`, homeserver{answer: `{}`}, nil, commands.StatusOK},
		"raw write, body below": {"raw -m post v1/join/#lobby:example.org\n{\"user_id\":\n\"@bob:example.org\"}", homeserver{answer: `{"room_id": "!a:b"}`}, nil, commands.StatusOK},
		"raw write, no body":    {"raw v1/x -m delete", homeserver{answer: `{}`}, terminal, commands.StatusOK},
		"raw write with secret": {`raw v1/reset_password/@bob:example.org -m post -d '{"new_password": "hunter2"}'`, homeserver{answer: `{}`}, terminal, commands.StatusOK},
		"raw get with body":     {`raw v1/x -d '{"a": 1}'`, homeserver{answer: `{}`}, terminal, commands.StatusOK},
		"raw lacking":           {"raw v9/x", homeserver{err: lacking}, nil, commands.StatusUnsupported},
		"raw of admin":          {"raw v1/server_version", homeserver{}, []commandtest.Option{commandtest.As(commands.Admin)}, commands.StatusDenied},
		"raw elsewhere":         {"raw https://evil.example/v1/rooms", homeserver{}, nil, commands.StatusUsage},
		"raw above":             {"raw v1/../../../_matrix/client/versions", homeserver{}, nil, commands.StatusUsage},
		"raw above, encoded":    {"raw v1/%252e%252e/x", homeserver{}, nil, commands.StatusUsage},
		"raw with token":        {"raw v1/rooms?access_token=hunter2", homeserver{}, nil, commands.StatusUsage},
		"raw bad method":        {"raw v1/rooms -m patch", homeserver{}, nil, commands.StatusUsage},
		"raw not JSON":          {"raw v1/rooms -m post -d {block:true}", homeserver{}, nil, commands.StatusUsage},
		"raw secret in a room":  {`raw v1/reset_password/@bob:example.org -m post -d '{"new_password": "hunter2"}'`, homeserver{}, nil, commands.StatusUsage},
		"raw file in a room":    {"raw v1/x -m post -f /etc/passwd", homeserver{}, nil, commands.StatusUsage},
		"raw two bodies":        {"raw v1/x -m post -d {} -f body.json", homeserver{}, terminal, commands.StatusUsage},
		"raw no such file":      {"raw v1/x -m post -f testdata/nowhere.json", homeserver{}, terminal, commands.StatusFailed},
		"raw on the bot":        {"raw v2/users/%40caretaker%3Aexample.org -m put -d {}", homeserver{}, nil, commands.StatusDenied},
		"raw on the last owner": {"raw v1/deactivate/@grace:example.org -m post", homeserver{}, terminal, commands.StatusDenied},
		"raw on the bot, body":  {`raw v1/account_validity/validity -m post -d '{"user_id": "@caretaker:example.org"}'`, homeserver{}, nil, commands.StatusDenied},
		"raw on management":     {"raw v2/rooms/!management:example.org -m delete", homeserver{}, nil, commands.StatusDenied},
		"raw admin in management": {"raw v1/rooms/!management:example.org/make_room_admin -m post",
			homeserver{answer: `{}`}, nil, commands.StatusOK},
		"raw reads the bot": {"raw v2/users/@caretaker:example.org", homeserver{answer: `{"name": "@caretaker:example.org"}`}, nil, commands.StatusOK},

		"matrix raw":               {"matrix raw client/versions", homeserver{answer: `{"versions": ["v1.1", "v1.2"], "unstable_features": {"a": true}}`}, nil, commands.StatusOK},
		"matrix raw write":         {`matrix raw client/v3/rooms/!abc:example.org/leave -m post -d '{"reason": "moved"}'`, homeserver{answer: `{}`}, nil, commands.StatusOK},
		"matrix raw with token":    {"matrix raw client/v3/account/whoami -t hunter2", homeserver{answer: `{"user_id": "@bob:example.org"}`}, terminal, commands.StatusOK},
		"matrix raw asks":          {"matrix raw client/v3/account/whoami -p", homeserver{answer: `{"user_id": "@bob:example.org"}`}, []commandtest.Option{commandtest.Terminal("hunter2")}, commands.StatusOK},
		"matrix raw two tokens":    {"matrix raw client/versions -p -t hunter2", homeserver{}, terminal, commands.StatusUsage},
		"matrix raw token in room": {"matrix raw client/v3/account/whoami -t hunter2", homeserver{}, nil, commands.StatusUsage},
		"matrix raw own session":   {"matrix raw client/v3/logout/all -m post", homeserver{}, nil, commands.StatusDenied},
		"matrix raw own account":   {"matrix raw client/v3/account/deactivate -m post", homeserver{}, terminal, commands.StatusDenied},
		"matrix raw own device":    {"matrix raw client/v3/devices/ABC -m delete", homeserver{}, nil, commands.StatusDenied},
		"matrix raw their session": {"matrix raw client/v3/logout -m post -t hunter2", homeserver{answer: `{}`}, terminal, commands.StatusOK},
		"matrix raw locks the bot": {`matrix raw client/v1/admin/lock/@caretaker:example.org -m put -d '{"locked": true}'`, homeserver{}, nil, commands.StatusDenied},
		"matrix raw above":         {"matrix raw client/../../_synapse/admin/v1/rooms", homeserver{}, nil, commands.StatusUsage},

		"login":         {"matrix login bob -p hunter2", homeserver{answer: session}, terminal, commands.StatusOK},
		"login asks":    {"matrix login bob", homeserver{answer: session}, []commandtest.Option{commandtest.Terminal("hunter2")}, commands.StatusOK},
		"login refused": {"matrix login bob -p hunter2", homeserver{err: admin.Denied("cannot log in as user @bob:example.org: the homeserver refuses name and password")}, terminal, commands.StatusDenied},
		"login empty":   {"matrix login bob --password=", homeserver{}, terminal, commands.StatusUsage},
		"login in room": {"matrix login bob -p hunter2", homeserver{}, nil, commands.StatusUsage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := test.server
			ran := commandtest.Run(t, command(test.line), test.line, &server, test.options...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
			if test.want == commands.StatusDenied && server.err == nil && len(server.Calls()) > 0 {
				t.Errorf("denied, but %v was sent", server.Calls())
			}
			for _, entry := range ran.Entries {
				if strings.Contains(entry.Command+entry.Target, "hunter2") {
					t.Errorf("the audit has a secret: %s", entry.Command)
				}
			}
		})
	}
}

// Whatever is no reading is asked about as the worst there is.
func TestRisk(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]commands.Risk{
		"raw v1/x": commands.Read, "raw v1/x -m post": commands.Catastrophic, "raw v1/x -m put": commands.Catastrophic,
		"raw v1/x -m delete": commands.Catastrophic, "matrix raw client/x": commands.Read, "matrix raw client/x -m post": commands.Catastrophic,
	} {
		call := commandtest.Parse(t, command(line), line)
		if risk, role := call.Risk(); risk != want || role != commands.Owner || call.Asks() != (want > commands.Read) || !call.Audited() {
			t.Errorf("%s: %s for %s", line, risk, role)
		}
	}
}

func TestBodyFromFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "body.json")
	for content, want := range map[string]commands.Status{
		`{"block": true}`: commands.StatusOK, `{"block": `: commands.StatusUsage, "": commands.StatusUsage,
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		server := &homeserver{answer: `{}`}
		line := "raw v1/rooms/!abc:example.org/block -m put -f " + file
		ran := commandtest.Try(t, command(line), line, server, commandtest.Terminal())
		if ran.Outcome.Status != want {
			t.Errorf("%q: got %s (%v), want %s", content, ran.Outcome.Status, ran.Outcome.Err, want)
		}
		if calls := strings.Join(server.Calls(), "\n"); want == commands.StatusOK && !strings.Contains(calls, `{\"block\": true}`) {
			t.Errorf("sent %s, want the content of the file", calls)
		}
	}
}

// The preview and the request get the same body, although standard input can be read only once.
func TestBodyFromStandardInput(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stdin
	os.Stdin = read
	t.Cleanup(func() { os.Stdin = before })
	if _, err := write.WriteString(`{"user_id": "@bob:example.org"}`); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	server := &homeserver{answer: `{}`}
	const line = "raw v1/join/!abc:example.org -m post -f -"
	ran := commandtest.Try(t, command(line), line, server, commandtest.Terminal())
	if calls := strings.Join(server.Calls(), "\n"); ran.Outcome.Status != commands.StatusOK || !strings.Contains(calls, "@bob:example.org") {
		t.Errorf("%s (%v), sent %s", ran.Outcome.Status, ran.Outcome.Err, calls)
	}
}

func TestTokenFromEnvironment(t *testing.T) {
	t.Setenv("MTOKEN", "hunter2")
	for line, want := range map[string]string{
		"matrix raw client/versions": "hunter2", "matrix raw client/versions -t other": "other",
	} {
		server := &homeserver{answer: `{}`}
		commandtest.Try(t, command(line), line, server, commandtest.Terminal())
		if calls := strings.Join(server.Calls(), "\n"); !strings.HasSuffix(calls, `"`+want+`"`) {
			t.Errorf("%s: sent %s, want the token %s", line, calls, want)
		}
	}
	server := &homeserver{answer: `{}`}
	commandtest.Try(t, command("matrix raw"), "matrix raw client/versions", server)
	if calls := strings.Join(server.Calls(), "\n"); !strings.HasSuffix(calls, `"admin"`) {
		t.Errorf("a room's request has a token of the environment: %s", calls)
	}
}
