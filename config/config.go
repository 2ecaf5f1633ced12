// Package config is caretaker's configuration file: one struct, strictly read,
// with defaults and a validation that reports all problems at once.
//
// [Load] reads a file, [Find] says which one, [Default] has what applies where
// the file is silent. Any value of the file may be written ${ENV_NAME}, and
// every secret also exists with _file appended to its key. The program itself
// writes the file only in "init" and "config", through [Write] and [Document].
package config

import "time"

// Config is the whole configuration file. The zero value is not usable, start
// from [Default] or [Load]. It is not changed after loading and may be read
// concurrently.
type Config struct {
	// Homeserver says which homeserver this is about and how to reach it.
	Homeserver Homeserver `yaml:"homeserver"`
	// Admin is how the homeserver's admin API is reached.
	Admin Admin `yaml:"admin"`
	// Appservice is the side that the homeserver talks to. Needed by run and check.
	Appservice Appservice `yaml:"appservice"`
	// Bot is the account that answers in rooms. Needed by run and check.
	Bot Bot `yaml:"bot"`
	// Permissions give roles (viewer, operator, admin, owner) to local user ids, or to all users of this
	// server by its name. At least one user has to be an owner. Needed by run and check.
	Permissions Permissions `yaml:"permissions"`
	// Limits bound what may happen without a person watching.
	Limits Limits `yaml:"limits"`
	// Bridges are regular expressions of user ids that are left out of bulk work and notices.
	Bridges []string `yaml:"bridges"`
	// Hooks are the webhooks below /api/hooks/, by name.
	Hooks map[string]Hook `yaml:"hooks"`
	// DataDir is the folder of database, lock and admin token. Default: the first folder of $STATE_DIRECTORY
	// (systemd sets it), else the folder of the configuration file.
	DataDir string `yaml:"data_dir"`
	// Database is where everything that must survive a restart is kept.
	Database Database `yaml:"database"`
	// API is the HTTP API.
	API API `yaml:"api"`
	// Monitoring is the listener for health and metrics.
	Monitoring Monitoring `yaml:"monitoring"`
	// Terminal holds what concerns commands typed in a terminal only.
	Terminal Terminal `yaml:"terminal"`
	// Logging says what the daemon logs, and where.
	Logging Logging `yaml:"logging"`

	path string         // the file this came from, empty for Default
	dir  string         // the folder that relative paths start from
	data string         // the folder of DataDir, resolved
	line map[string]int // where each key stands in the file
}

// Homeserver says which homeserver this is about and how to reach it.
type Homeserver struct {
	// URL is the base of the client-server API, without a path: http://127.0.0.1:8008
	URL string `yaml:"url"`
	// PublicURL is the base for browsers, if it is a different one.
	PublicURL string `yaml:"public_url"`
	// ServerName is the part of user ids after the colon.
	ServerName string `yaml:"server_name"`
	// Software is what the homeserver runs: synapse, dendrite, or auto to find out.
	Software string `yaml:"software"`
	// RegistrationSharedSecret is the homeserver's setting of the same name. Only "user register" needs it.
	RegistrationSharedSecret Secret `yaml:"registration_shared_secret"`
	// RegistrationSharedSecretFile is a file that holds the secret instead.
	RegistrationSharedSecretFile string `yaml:"registration_shared_secret_file"`
}

// Admin is how the homeserver's admin API is reached.
type Admin struct {
	// URL is the base of the admin API, with workers that of the main process. Default: homeserver.url
	URL string `yaml:"url"`
	// Token is the access token of a server admin. Empty: the bot's own, kept in the file admin.token below
	// data_dir (the bot logs in by itself, except under Matrix Authentication Service).
	Token Secret `yaml:"token"`
	// TokenFile is a file that holds the token instead.
	TokenFile string `yaml:"token_file"`
	// Timeout is how long one request to the admin API may take.
	Timeout time.Duration `yaml:"timeout"`
}

// Appservice is the side that the homeserver talks to.
type Appservice struct {
	// Listen is the address the bot listens on for the homeserver, HOST:PORT.
	Listen string `yaml:"listen"`
	// URL is how the homeserver reaches that listener.
	URL string `yaml:"url"`
	// Registration is the registration file.
	Registration string `yaml:"registration"`
	// SetupGrace is how long old tokens are accepted at most after new ones were made.
	SetupGrace time.Duration `yaml:"setup_grace"`
}

// Bot is the account that answers in rooms.
type Bot struct {
	// Localpart is the part of the bot's user id between @ and the colon.
	Localpart string `yaml:"localpart"`
	// DisplayName is the bot's name in rooms.
	DisplayName string `yaml:"display_name"`
	// Avatar is the bot's picture: an mxc:// address, or a file.
	Avatar string `yaml:"avatar"`
	// Prefix is the word that commands start with.
	Prefix string `yaml:"prefix"`
	// Timezone is the zone of dates in rooms and schedules, such as Europe/Berlin.
	Timezone string `yaml:"timezone"`
	// ManagementRooms are room ids or aliases. Empty: the bot makes one at its first start and invites the owners.
	ManagementRooms []string `yaml:"management_rooms"`
	// MaxAge is the age up to which commands run at once. Older ones are announced, not run.
	MaxAge time.Duration `yaml:"max_age"`
	// ConfirmWithin is how long a question can be confirmed.
	ConfirmWithin time.Duration `yaml:"confirm_within"`
}

// Limits bound what may happen without a person watching.
type Limits struct {
	// Unattended is the number of targets up to which --yes answers a question about something destructive.
	Unattended int `yaml:"unattended"`
}

// Hook is one webhook: a signed one with Secret, or one with a bearer Token.
// It posts to exactly one of Room, User and Segment.
type Hook struct {
	// Secret is the key of a Standard Webhooks signature: whsec_ and base64.
	Secret Secret `yaml:"secret"`
	// SecretFile is a file that holds the secret instead.
	SecretFile string `yaml:"secret_file"`
	// Token is the bearer token that callers send.
	Token Secret `yaml:"token"`
	// TokenFile is a file that holds the token instead.
	TokenFile string `yaml:"token_file"`
	// Format says how the body reads: empty for fields by name, or alertmanager.
	Format string `yaml:"format"`
	// Room is where messages go.
	Room string `yaml:"room"`
	// User is who gets a notice.
	User string `yaml:"user"`
	// Segment is who gets a notice: the name of a saved segment.
	Segment string `yaml:"segment"`
	// Template is the text, with {fields} of the body, or the name of a saved template.
	Template string `yaml:"template"`
}

// Database is where everything that must survive a restart is kept.
type Database struct {
	// Type is the kind of database. There is sqlite.
	Type string `yaml:"type"`
	// URI is the database's file, relative to data_dir.
	URI string `yaml:"uri"`
}

// API is the HTTP API.
type API struct {
	// Listen is the address, HOST:PORT. Empty: there is no HTTP API.
	Listen string `yaml:"listen"`
	// Token is what callers of the API have to send.
	Token Secret `yaml:"token"`
	// TokenFile is a file that holds the token instead.
	TokenFile string `yaml:"token_file"`
}

// Monitoring is the listener for health and metrics.
type Monitoring struct {
	// Listen is the address of /livez, /readyz and /metrics, HOST:PORT. Empty: there are none.
	Listen string `yaml:"listen"`
}

// Terminal holds what concerns commands typed in a terminal only.
type Terminal struct {
	// Output is the format of answers without -o: yaml, json, minified, ndjson, human, pprint, table or csv.
	Output string `yaml:"output"`
	// Timeout is how long a request may take.
	Timeout time.Duration `yaml:"timeout"`
	// VerifyTLS says whether certificates are checked.
	VerifyTLS bool `yaml:"verify_tls"`
	// AdminPath is the path of the admin API below its base.
	AdminPath string `yaml:"admin_path"`
	// MatrixPath is the path of the client-server API below its base.
	MatrixPath string `yaml:"matrix_path"`
	// ServerDiscovery is how homeserver.server_name is found where it is empty: well-known or dns.
	ServerDiscovery string `yaml:"server_discovery"`
	// User is the name of the admin whose token this is.
	User string `yaml:"user"`
}

// Logging says what the daemon logs, and where.
type Logging struct {
	// MinLevel is the least important level that is logged: trace, debug, info, warn or error.
	MinLevel string `yaml:"min_level"`
	// Writers are the places that log lines go to.
	Writers []LogWriter `yaml:"writers"`
}

// LogWriter is one place that log lines go to.
type LogWriter struct {
	// Type is stderr, stdout or file.
	Type string `yaml:"type"`
	// Format is json, or pretty for people.
	Format string `yaml:"format"`
	// Filename is the file of type file. It is appended to.
	Filename string `yaml:"filename"`
	// MinLevel raises the level for this place.
	MinLevel string `yaml:"min_level"`
}

// Default is what applies where the file is silent. It lacks what nobody can
// guess: the homeserver's URL and name, and the owners.
func Default() *Config {
	return &Config{
		Homeserver: Homeserver{Software: "auto"},
		Admin:      Admin{Timeout: 30 * time.Second},
		Appservice: Appservice{
			Listen:       "127.0.0.1:29340",
			URL:          "http://127.0.0.1:29340",
			Registration: "registration.yaml",
			SetupGrace:   7 * 24 * time.Hour,
		},
		Bot: Bot{
			Localpart:     "caretaker",
			DisplayName:   "Caretaker",
			Prefix:        "!admin",
			Timezone:      "UTC",
			MaxAge:        10 * time.Minute,
			ConfirmWithin: 10 * time.Minute,
		},
		Limits:   Limits{Unattended: 500},
		Database: Database{Type: "sqlite", URI: "caretaker.db"},
		Terminal: Terminal{
			Output:          "human",
			Timeout:         30 * time.Second,
			VerifyTLS:       true,
			AdminPath:       "/_synapse/admin",
			MatrixPath:      "/_matrix",
			ServerDiscovery: "well-known",
		},
		Logging: Logging{
			MinLevel: "info",
			Writers:  []LogWriter{{Type: "stderr", Format: "json"}},
		},
	}
}
