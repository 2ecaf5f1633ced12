package diagnostics

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"maunium.net/go/mautrix/id"
)

// The endpoints that tell what the admin API allows.
const (
	synapseVersion = "/_synapse/admin/v1/server_version"
	synapseAdmin   = "/_synapse/admin/v1/background_updates/enabled" // main process only, reads nothing of anybody
	dendriteAdmin  = "/_dendrite/admin/registrationTokens"
	serverNotice   = "/_synapse/admin/v1/send_server_notice"
)

func (in *inspection) admin(ctx context.Context, method, path string, body any) answer {
	token, _ := in.token()
	return in.probe.ask(ctx, question{method: method, base: in.config.AdminURL(), path: path, token: token, body: body})
}

func (in *inspection) adminVersion(ctx context.Context) answer {
	return in.admin(ctx, http.MethodGet, synapseVersion, nil)
}

// adminRead asks for something that only a server admin may see.
func (in *inspection) adminRead(ctx context.Context) answer {
	if in.kind().dendrite() {
		return in.admin(ctx, http.MethodGet, dendriteAdmin, nil)
	}
	return in.admin(ctx, http.MethodGet, synapseAdmin, nil)
}

// account reads a user's details, on Synapse.
func (in *inspection) account(ctx context.Context, user id.UserID) answer {
	return in.admin(ctx, http.MethodGet, "/_synapse/admin/v2/users/"+url.PathEscape(user.String()), nil)
}

// adminAPI finds out whether requests to the admin API arrive at a process that serves it.
func (in *inspection) adminAPI(context.Context) finding {
	base, setting := in.adminSetting()
	for _, got := range in.adminAnswers() {
		switch {
		case got.err != nil:
			return unreachable(got.err, setting, base)
		case got.foreign():
			return bad(fmt.Sprintf("something else than a homeserver answers requests to the admin API at %s (status %d, %s)", base, got.status, contentType(got)),
				"have the proxy forward /_synapse/admin to the homeserver, or better go around it: write the address of the homeserver's own listener to admin.url:\nadmin:\n  url: http://127.0.0.1:8008")
		case got.unrecognised():
			return bad(fmt.Sprintf("the process at %s does not serve the admin API", base),
				"write the address of the homeserver's main process to admin.url; workers serve a part of the admin API at most")
		case got.status >= http.StatusInternalServerError:
			return bad(fmt.Sprintf("the admin API at %s answers with status %d", base, got.status), "see the homeserver's log")
		}
	}
	return good(fmt.Sprintf("%s answers at %s", in.adminName(), base))
}

// adminAnswers are the answers that tell whether the admin API is there.
func (in *inspection) adminAnswers() []answer {
	if in.kind().dendrite() {
		return []answer{in.right()}
	}
	return []answer{in.version(), in.right()}
}

func (in *inspection) adminName() string {
	var version struct {
		Version string `json:"server_version"`
	}
	if !in.kind().dendrite() {
		in.version().into(&version)
	}
	if version.Version == "" {
		return in.kind().String()
	}
	return "Synapse " + clean(version.Version)
}

// adminSetting is the address of the admin API and the key that holds it.
func (in *inspection) adminSetting() (base, setting string) {
	if in.config.Admin.URL != "" {
		return in.config.Admin.URL, "admin.url"
	}
	return in.config.Homeserver.URL, "homeserver.url"
}

// adminRight finds out whether the admin token is one of a server admin.
func (in *inspection) adminRight(context.Context) finding {
	token, err := in.token()
	switch {
	case token == "" && in.delegated():
		return bad("there is no admin token, and with Matrix Authentication Service the bot cannot get one by itself", "see the check auth")
	case err != nil && !in.connected():
		return untried("homeserver")
	case err != nil && !in.known():
		return untried("registration")
	case err != nil:
		return bad("the bot's admin token cannot be had ("+clean(err.Error())+")", "write the access token of a server admin to admin.token")
	case token == "":
		return bad("there is no admin token yet", "start the daemon, it logs in as the bot; or write the access token of a server admin to admin.token")
	}
	got := in.right()
	switch {
	case got.ok():
		return good(in.tokenOwner() + " is a server admin")
	case got.status == http.StatusUnauthorized:
		return bad("the homeserver does not know the admin token (any more)", in.newToken())
	case got.status == http.StatusForbidden && in.delegated():
		return bad("the admin token lacks the scope urn:synapse:admin:*", "see the check auth")
	case got.status == http.StatusForbidden:
		return bad(in.tokenOwner()+" is not a server admin", in.promotion())
	}
	return untried("admin_api")
}

// tokenOwner is who the admin token belongs to, as far as the server says it.
func (in *inspection) tokenOwner() string {
	if in.config.Admin.Token.IsZero() {
		return in.config.BotID().String()
	}
	return "the account of admin.token"
}

// newToken says how to replace a token that has expired.
func (in *inspection) newToken() string {
	if !in.config.Admin.Token.IsZero() {
		return "log in as a server admin and write the new access token to admin.token, or remove admin.token to use the bot's own account"
	}
	return "remove the file and restart the daemon, it logs in again:\nrm " + in.config.AdminTokenFile()
}

// promotion is what an admin has to run once.
func (in *inspection) promotion() string {
	bot := in.config.BotID()
	if in.kind().dendrite() {
		return "Dendrite makes admins in its database only:\nUPDATE userapi_accounts SET account_type=3 WHERE localpart='" + bot.Localpart() + "'"
	}
	return "make the bot's account one, with the token of an admin in $TOKEN:\n" +
		in.curl("/v2/users/"+url.PathEscape(bot.String()), `{"admin": true}`)
}

// curl is a changing request to the admin API that a person can paste.
func (in *inspection) curl(path, body string) string {
	base, _ := in.adminSetting()
	return "curl -X PUT -H \"Authorization: Bearer $TOKEN\" -d '" + body + "' " + strings.TrimRight(base, "/") + "/_synapse/admin" + path
}

// serverNotices sends a notice that must be refused: the reason tells whether notices are on.
func (in *inspection) serverNotices(ctx context.Context) finding {
	if !in.right().ok() {
		return untried("admin_right")
	}
	got := in.admin(ctx, http.MethodPost, serverNotice, in.refusedNotice())
	switch {
	case got.err != nil:
		base, setting := in.adminSetting()
		return unreachable(got.err, setting, base)
	case got.unrecognised() && in.kind().dendrite():
		return bad("server notices are off", "switch them on in dendrite.yaml and restart Dendrite:\n"+dendriteNotices)
	case got.unrecognised():
		return bad("the process that answers does not send server notices", "write the address of the homeserver's main process to admin.url")
	case got.status == http.StatusBadRequest && strings.Contains(strings.ToLower(got.message), "not enabled"):
		// Both refusals have the code M_UNKNOWN, so there is only the text to go by.
		return bad("server notices are off", "switch them on in homeserver.yaml and restart Synapse:\n"+synapseNotices)
	case got.status == http.StatusBadRequest:
		return good("on")
	}
	return bad(fmt.Sprintf("the homeserver answers a server notice with status %d %s", got.status, clean(got.errcode)), "see the homeserver's log")
}

// refusedNotice is a notice that no server accepts.
func (in *inspection) refusedNotice() any {
	if in.kind().dendrite() {
		return struct{}{}
	}
	return map[string]any{
		"user_id": "@nobody:remote.invalid",
		"content": map[string]string{"msgtype": "m.text", "body": "caretaker tries whether server notices are on"},
	}
}

const synapseNotices = `server_notices:
  system_mxid_localpart: notices
  system_mxid_display_name: Server Notices
  room_name: Server Notices
  auto_join: true`

const dendriteNotices = `global:
  server_notices:
    enabled: true
    local_part: _server
    display_name: Server Notices
    room_name: Server Notices`
