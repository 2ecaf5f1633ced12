package config

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"maunium.net/go/mautrix/id"
)

// Purpose says what a configuration is loaded for, and so what has to be in it.
type Purpose int

// The purposes.
const (
	ForTerminal Purpose = iota // commands typed in a terminal: a homeserver is enough
	ForDaemon                  // run and check: appservice, bot and permissions as well
)

// Validate reports everything that is wrong for the purpose in one *[Invalid].
// [Load] has done it already.
func (c *Config) Validate(purpose Purpose) error {
	if problems := c.check(purpose, nil); len(problems) > 0 {
		return &Invalid{Path: c.path, Problems: problems}
	}
	return nil
}

// check lists what is wrong, except where the key is known to be wrong already.
func (c *Config) check(purpose Purpose, known []Problem) []Problem {
	v := &validator{config: c, known: known}
	v.homeserver()
	v.admin()
	v.common()
	v.terminal()
	if purpose == ForDaemon {
		v.appservice()
		v.bot()
		v.permissions()
		v.hooks()
		v.listeners()
	}
	slices.SortStableFunc(v.found, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return v.found
}

// validator collects problems of one configuration.
type validator struct {
	config *Config
	known  []Problem
	found  []Problem
}

func (v *validator) add(key, format string, args ...any) {
	if slices.ContainsFunc(v.known, func(p Problem) bool {
		return strings.TrimSuffix(p.Key, "_file") == key || strings.HasPrefix(p.Key, key+".")
	}) {
		return
	}
	v.found = append(v.found, Problem{Key: key, Line: v.config.line[key], Text: fmt.Sprintf(format, args...)})
}

func (v *validator) homeserver() {
	hs := v.config.Homeserver
	if hs.URL == "" {
		v.add("homeserver.url", "is missing; write the address of the client-server API, such as http://127.0.0.1:8008")
	}
	v.url("homeserver.url", hs.URL)
	v.url("homeserver.public_url", hs.PublicURL)
	if hs.ServerName != "" && !serverName.MatchString(hs.ServerName) {
		v.add("homeserver.server_name", "%q is no server name; write what stands after the colon of user ids, such as example.org", hs.ServerName)
	}
	v.oneOf("homeserver.software", hs.Software, "auto", "synapse", "dendrite")
}

func (v *validator) admin() {
	v.url("admin.url", v.config.Admin.URL)
	v.positive("admin.timeout", v.config.Admin.Timeout)
}

// common is what terminal and daemon both work with.
func (v *validator) common() {
	c := v.config
	v.oneOf("database.type", c.Database.Type, "sqlite")
	if c.Database.URI == "" {
		v.add("database.uri", "is empty; write the name of the database's file, such as caretaker.db")
	}
	if c.Limits.Unattended < 0 {
		v.add("limits.unattended", "%d is less than 0; write a number of targets, such as 500", c.Limits.Unattended)
	}
	for i, expression := range c.Bridges {
		if _, err := regexp.Compile(expression); err != nil {
			v.add(fmt.Sprintf("bridges[%d]", i), "%q is no regular expression; write one such as ^@irc_.*$", expression)
		}
	}
	v.logging()
}

func (v *validator) logging() {
	levels := []string{"trace", "debug", "info", "warn", "error"}
	v.oneOf("logging.min_level", v.config.Logging.MinLevel, levels...)
	for i, w := range v.config.Logging.Writers {
		key := fmt.Sprintf("logging.writers[%d]", i)
		v.oneOf(key+".type", w.Type, "stderr", "stdout", "file")
		v.oneOf(key+".format", cmp.Or(w.Format, "json"), "json", "pretty")
		v.oneOf(key+".min_level", cmp.Or(w.MinLevel, "info"), levels...)
		if w.Type == "file" && w.Filename == "" {
			v.add(key+".filename", "is missing; name the file to append to")
		}
	}
}

func (v *validator) terminal() {
	t := v.config.Terminal
	v.oneOf("terminal.output", t.Output, "yaml", "json", "minified", "ndjson", "human", "pprint", "table", "csv")
	v.positive("terminal.timeout", t.Timeout)
	v.oneOf("terminal.server_discovery", t.ServerDiscovery, "well-known", "dns")
	for key, path := range map[string]string{"terminal.admin_path": t.AdminPath, "terminal.matrix_path": t.MatrixPath} {
		if !strings.HasPrefix(path, "/") {
			v.add(key, "%q is no path; write one that starts with a slash", path)
		}
	}
}

func (v *validator) appservice() {
	a := v.config.Appservice
	if v.config.Homeserver.ServerName == "" {
		v.add("homeserver.server_name", "is missing; write what stands after the colon of user ids, such as example.org")
	}
	v.listen("appservice.listen", a.Listen, true)
	if a.URL == "" {
		v.add("appservice.url", "is missing; write how the homeserver reaches appservice.listen, such as http://127.0.0.1:29340")
	}
	v.url("appservice.url", a.URL)
	if a.Registration == "" {
		v.add("appservice.registration", "is missing; name the registration file, such as registration.yaml")
	}
	if a.SetupGrace < 0 {
		v.add("appservice.setup_grace", "%s is less than nothing; write a duration such as 168h", a.SetupGrace)
	}
}

func (v *validator) bot() {
	b := v.config.Bot
	if !localpart.MatchString(b.Localpart) {
		v.add("bot.localpart", "%q is no localpart; use small letters, digits and . _ = - / + only", b.Localpart)
	}
	if b.Prefix == "" || strings.ContainsFunc(b.Prefix, func(r rune) bool { return r <= ' ' }) {
		v.add("bot.prefix", "%q is no single word; write one such as !admin", b.Prefix)
	}
	if _, err := time.LoadLocation(b.Timezone); err != nil || b.Timezone == "" {
		v.add("bot.timezone", "%q is no known time zone; write one such as UTC or Europe/Berlin", b.Timezone)
	}
	for i, room := range b.ManagementRooms {
		if !isRoom(room) {
			v.add(fmt.Sprintf("bot.management_rooms[%d]", i), "%q is neither a room ID nor an alias (want !… or #…)", room)
		}
	}
	v.positive("bot.max_age", b.MaxAge)
	v.positive("bot.confirm_within", b.ConfirmWithin)
}

func (v *validator) permissions() {
	c := v.config
	for _, key := range slices.Sorted(maps.Keys(c.Permissions)) {
		v.oneOf("permissions."+key, string(c.Permissions[key]),
			string(RoleViewer), string(RoleOperator), string(RoleAdmin), string(RoleOwner))
		v.grantee(key)
	}
	if len(c.Permissions.Owners()) == 0 {
		v.add("permissions", `nobody is an owner; add a line such as "@you:%s": owner`, cmp.Or(c.Homeserver.ServerName, "example.org"))
	}
}

// grantee checks who gets a role: a local user or this server.
func (v *validator) grantee(key string) {
	server := v.config.Homeserver.ServerName
	user := id.UserID(key)
	switch {
	case server == "", key == server:
	case user == v.config.BotID():
		v.add("permissions."+key, "is the bot itself, which can have no role; remove the line")
	case strings.HasPrefix(key, "@") && user.Homeserver() == server && user.Localpart() != "":
	case strings.HasPrefix(key, "@") && user.Homeserver() != "":
		v.add("permissions."+key, "is a user of another server, who can have no role; name users of %s only", server)
	default:
		v.add("permissions."+key, `is neither a user of this server nor its name; write "@name:%s" or %q`, server, server)
	}
}

func (v *validator) hooks() {
	for _, name := range slices.Sorted(maps.Keys(v.config.Hooks)) {
		key, hook := "hooks."+name, v.config.Hooks[name]
		if hook.Secret.IsZero() == hook.Token.IsZero() {
			v.add(key, "needs exactly one of secret (signed) and token (bearer)")
		}
		if !hook.Secret.IsZero() && !isWebhookSecret(hook.Secret.Reveal()) {
			v.add(key+".secret", "is no signing secret; write whsec_ followed by base64")
		}
		if hook.Format != "" {
			v.oneOf(key+".format", hook.Format, "alertmanager")
		}
		if targets := len(hook.Room + hook.User + hook.Segment); targets == 0 || targets != max(len(hook.Room), len(hook.User), len(hook.Segment)) {
			v.add(key, "needs exactly one of room, user and segment")
		}
		if hook.Room != "" && !isRoom(hook.Room) {
			v.add(key+".room", "%q is neither a room ID nor an alias (want !… or #…)", hook.Room)
		}
	}
}

func (v *validator) listeners() {
	v.listen("api.listen", v.config.API.Listen, false)
	v.listen("monitoring.listen", v.config.Monitoring.Listen, false)
	if v.config.API.Listen != "" && v.config.API.Token.IsZero() {
		v.add("api.token", "is missing; write a long random text, or clear api.listen to go without the HTTP API")
	}
}

func (v *validator) url(key, text string) {
	if text == "" {
		return
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		v.add(key, "%q is no web address; write one such as http://127.0.0.1:8008", withoutPassword(text))
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil || strings.Contains(u.Path, "/_"):
		v.add(key, "%q has more than a base address; leave out path, query and password", withoutPassword(text))
	}
}

func (v *validator) listen(key, text string, needed bool) {
	if text == "" && !needed {
		return
	}
	_, port, err := net.SplitHostPort(text)
	number, unknown := net.LookupPort("tcp", port)
	switch {
	case err == nil && unknown == nil && number == 0 && port != "":
		v.add(key, "%q leaves the port open, so that nobody finds it; write HOST:PORT, such as 127.0.0.1:29340", text)
	case err != nil || unknown != nil || port == "":
		v.add(key, "%q is no address to listen on; write HOST:PORT, such as 127.0.0.1:29340", text)
	}
}

func (v *validator) positive(key string, d time.Duration) {
	if d <= 0 {
		v.add(key, "%s is no time to wait; write a duration such as 30s or 10m", d)
	}
}

func (v *validator) oneOf(key, text string, words ...string) {
	if slices.Contains(words, text) {
		return
	}
	want := "want " + strings.Join(words, ", ")
	if near := Nearest(text, words); near != "" && text != "" {
		want = fmt.Sprintf("did you mean %s?", near)
	}
	v.add(key, "%q is not known here; %s", text, want)
}

var (
	serverName = regexp.MustCompile(`^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)
	localpart  = regexp.MustCompile(`^[a-z0-9._=/+-]+$`)
)

func isRoom(text string) bool {
	return len(text) > 1 && (text[0] == '!' || text[0] == '#')
}

func isWebhookSecret(text string) bool {
	key, ok := strings.CutPrefix(text, "whsec_")
	decoded, err := base64.StdEncoding.DecodeString(key)
	return ok && err == nil && len(decoded) > 0
}

// withoutPassword keeps credentials in an address out of error texts.
func withoutPassword(text string) string {
	if _, host, ok := strings.Cut(text, "@"); ok {
		return "…@" + host
	}
	return text
}
