package diagnostics_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	mxas "maunium.net/go/mautrix/appservice"
	"maunium.net/go/mautrix/id"

	"caretaker/appservice"
	"caretaker/config"
	"caretaker/diagnostics"
)

const (
	bot   = id.UserID("@caretaker:example.org")
	owner = id.UserID("@ada:example.org")
	room  = "!control:example.org"
)

// homeserver is a Synapse that a test breaks before it is asked.
type homeserver struct {
	t          *testing.T
	name       string
	versions   []string
	software   string             // of the Server header
	installed  *mxas.Registration // nil: none
	forgetful  int64              // every how many-th request with the as_token meets a worker without it
	asRequests atomic.Int64
	adminToken string
	isAdmin    bool
	worker     bool // lacks the main process's part of the admin API
	noAdminAPI bool // the proxy does not forward it
	mas        bool
	noticesOff bool
	registered bool // the bot's account
	suspended  bool
	ownerGone  bool
	clock      time.Duration
	members    []id.UserID
	state      map[string]string // of the room, by type
	override   http.HandlerFunc  // instead of everything
}

func (h *homeserver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", time.Now().Add(h.clock).UTC().Format(http.TimeFormat))
	if h.override != nil {
		h.override(w, r)
		return
	}
	w.Header().Set("Server", h.software)
	w.Header().Set("Content-Type", "application/json")
	switch path := r.URL.Path; {
	case path == "/_matrix/client/versions":
		reply(w, 200, map[string]any{"versions": h.versions})
	case path == "/_matrix/client/v1/auth_metadata" && h.mas:
		reply(w, 200, map[string]any{"org.matrix.matrix-authentication-service.graphql_endpoint": "https://mas/graphql"})
	case strings.HasPrefix(path, "/_synapse/admin/"):
		h.admin(w, r)
	case strings.HasPrefix(path, "/_matrix/client/v1/appservice/"), strings.HasPrefix(path, "/_matrix/client/v3/"):
		h.asAppservice(w, r)
	default:
		fail(w, 404, "M_UNRECOGNIZED", "Unrecognized request")
	}
}

func (h *homeserver) asAppservice(w http.ResponseWriter, r *http.Request) {
	request := h.asRequests.Add(1)
	forgotten := h.forgetful > 0 && request%h.forgetful == 0
	if h.installed == nil || forgotten || bearer(r) != h.installed.AppToken {
		fail(w, 401, "M_UNKNOWN_TOKEN", "Unrecognised access token")
		return
	}
	user := id.UserID(r.URL.Query().Get("user_id"))
	if user != "" && (user != bot || h.name != "example.org" || !h.registered) {
		fail(w, 403, "M_FORBIDDEN", "Application service has not registered this user")
		return
	}
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/_matrix/client/v3")
	in := "/rooms/" + url.PathEscape(room)
	switch {
	case strings.HasSuffix(path, "/ping"):
		h.ping(w, r)
	case path == "/account/whoami":
		if user == "" {
			user = id.NewUserID(h.installed.SenderLocalpart, h.name)
		}
		reply(w, 200, map[string]any{"user_id": user})
	case path == "/profile/"+url.PathEscape(owner.String()), path == "/profile/"+url.PathEscape(bot.String()) && h.registered:
		reply(w, 200, map[string]any{})
	case strings.HasPrefix(path, "/profile/"):
		fail(w, 404, "M_NOT_FOUND", "Profile was not found")
	case path == "/directory/room/"+url.PathEscape("#control:example.org"):
		reply(w, 200, map[string]any{"room_id": room})
	case path == "/joined_rooms":
		reply(w, 200, map[string]any{"joined_rooms": []string{room}})
	case path == in+"/joined_members":
		joined := map[id.UserID]any{}
		for _, member := range h.members {
			joined[member] = map[string]any{}
		}
		reply(w, 200, map[string]any{"joined": joined})
	case strings.HasPrefix(path, in+"/state/"):
		content, ok := h.state[strings.TrimPrefix(path, in+"/state/")]
		if !ok {
			fail(w, 404, "M_NOT_FOUND", "Event not found.")
			return
		}
		_, _ = fmt.Fprint(w, content)
	default:
		fail(w, 404, "M_NOT_FOUND", "Not found")
	}
}

// ping calls the installed url with the installed token, as Synapse does.
func (h *homeserver) ping(w http.ResponseWriter, r *http.Request) {
	if !strings.Contains(r.URL.Path, "/appservice/"+h.installed.ID+"/") {
		fail(w, 403, "M_FORBIDDEN", "Mismatching application service ID in path")
		return
	}
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, h.installed.URL+"/_matrix/app/v1/ping", r.Body)
	if err != nil {
		h.t.Error(err)
		return
	}
	req.Header.Set("Authorization", "Bearer "+h.installed.ServerToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fail(w, 502, "M_CONNECTION_FAILED", "ConnectionRefusedError: Connection was refused by other side")
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		reply(w, 502, map[string]any{"errcode": "M_BAD_STATUS", "error": "HTTP " + resp.Status, "status": resp.StatusCode, "body": "shown: " + h.installed.ServerToken})
		return
	}
	reply(w, 200, map[string]any{"duration_ms": 3})
}

func (h *homeserver) admin(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/_synapse/admin/v1")
	switch {
	case h.noAdminAPI:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(404)
		_, _ = fmt.Fprint(w, "<html>Not found</html>")
	case path == "/server_version":
		reply(w, 200, map[string]any{"server_version": strings.TrimPrefix(h.software, "Synapse/")})
	case h.worker:
		fail(w, 404, "M_UNRECOGNIZED", "Unrecognized request")
	case bearer(r) == "":
		fail(w, 401, "M_MISSING_TOKEN", "Missing access token")
	case bearer(r) != h.adminToken:
		fail(w, 401, "M_UNKNOWN_TOKEN", "Token expired")
	case !h.isAdmin:
		fail(w, 403, "M_FORBIDDEN", "You are not a server admin")
	case r.URL.Path == "/_synapse/admin/v2/users/"+bot.String():
		reply(w, 200, map[string]any{"name": bot, "suspended": h.suspended})
	case r.URL.Path == "/_synapse/admin/v2/users/"+owner.String():
		reply(w, 200, map[string]any{"name": owner, "deactivated": h.ownerGone})
	case strings.HasPrefix(r.URL.Path, "/_synapse/admin/v2/users/"):
		fail(w, 404, "M_NOT_FOUND", "User not found")
	case path == "/background_updates/enabled":
		reply(w, 200, map[string]any{"enabled": true})
	case path == "/send_server_notice" && h.noticesOff:
		fail(w, 400, "M_UNKNOWN", "Server notices are not enabled on this server")
	case path == "/send_server_notice":
		var body struct {
			UserID id.UserID `json:"user_id"`
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.UserID.Homeserver() == h.name {
			h.t.Errorf("a notice that could arrive: %v, %v", body, err)
		}
		fail(w, 400, "M_UNKNOWN", "Server notices can only be sent to local users")
	default:
		fail(w, 404, "M_UNRECOGNIZED", "Unrecognized request")
	}
}

func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

func reply(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func fail(w http.ResponseWriter, status int, code, message string) {
	reply(w, status, map[string]any{"errcode": code, "error": message})
}

// world is a homeserver and a bot's configuration that fit each other.
type world struct {
	*homeserver
	server *httptest.Server
	config *config.Config
	opts   diagnostics.Options
	file   string // the registration
}

func newWorld(t *testing.T) *world {
	t.Helper()
	hs := &homeserver{
		t: t, name: "example.org", versions: []string{"r0.6.1", "v1.1", "v1.12"}, software: "Synapse/1.163.2",
		adminToken: "admin-token", isAdmin: true, registered: true, members: []id.UserID{bot, owner},
		state: map[string]string{"m.room.join_rules": `{"join_rule":"invite"}`, "m.room.history_visibility": `{"history_visibility":"shared"}`},
	}
	server := httptest.NewServer(hs)
	t.Cleanup(server.Close)
	cfg, err := config.Load("../config.example.yaml", config.ForDaemon)
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	cfg.Homeserver.URL = server.URL
	cfg.Appservice.Listen, cfg.Appservice.URL = address, "http://"+address
	cfg.Bot.ManagementRooms = []string{"#control:example.org"}
	cfg.Admin.Token = config.NewSecret("admin-token")
	cfg.Database.URI = filepath.Join(t.TempDir(), "caretaker.db")
	w := &world{homeserver: hs, server: server, config: cfg, file: filepath.Join(t.TempDir(), "registration.yaml")}
	w.opts = diagnostics.Options{Config: cfg, Registration: appservice.NewRegistration(bot, cfg.Appservice.URL)}
	installed := *w.opts.Registration
	hs.installed = &installed
	if _, err := appservice.SaveRegistration(w.file, w.opts.Registration); err != nil {
		t.Fatal(err)
	}
	return w
}

// run makes the checks as the program does: with what is wrong with the registration file.
func (w *world) run(t *testing.T) diagnostics.Report {
	t.Helper()
	if w.opts.Registration != nil {
		for _, problem := range append(appservice.Validate(w.opts.Registration, bot), appservice.CheckFile(w.file)...) {
			w.opts.RegistrationProblems = append(w.opts.RegistrationProblems, problem.String())
		}
	}
	return diagnostics.Run(t.Context(), w.opts)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	return strings.TrimPrefix(server.URL, "http://")
}
