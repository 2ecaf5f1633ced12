// Package synapse drives a homeserver through Synapse's admin API (/_synapse/admin), one method per operation. Every
// method returns the server's own answer or an [admin.Error] that says in one sentence what went wrong and, after a
// change, whether it may have happened nevertheless.
package synapse

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"maunium.net/go/mautrix/id"
)

const (
	defaultAdminPath  = "/_synapse/admin"
	defaultClientPath = "/_matrix"
	defaultTimeout    = 30 * time.Second
	defaultSlow       = time.Hour
	// idleConnection is how long an unused connection is kept. It is shorter than what servers and proxies allow, so
	// that a change is not sent into a connection that is being closed, which would leave its outcome unknown.
	idleConnection = 20 * time.Second
)

// Options say how to reach a server.
type Options struct {
	BaseURL    string // of the admin API, such as "http://127.0.0.1:8008"; with workers: the main process
	ClientURL  string // of the client-server API; default: BaseURL
	AdminPath  string // default "/_synapse/admin"
	ClientPath string // default "/_matrix"
	ServerName string // the server's name in user ids and media

	// Token returns the access token of a server admin. It is asked before every call and may be called concurrently.
	Token func(ctx context.Context) (string, error)
	// RegistrationSharedSecret returns the secret that lets Register make accounts; nil or empty: none is configured.
	RegistrationSharedSecret func() string

	HTTP    *http.Client  // its transport is used; nil for one of our own
	Timeout time.Duration // of a call, with its repetitions; default 30 s
	Slow    time.Duration // of calls that the server answers only when the work is done; default one hour
	Now     func() time.Time
}

// API is a Synapse homeserver. It is safe for concurrent use.
type API struct {
	adminURL, clientURL string
	host                string // for messages
	adminPath           string // for messages
	clientPath          string
	serverName          string
	token               func(ctx context.Context) (string, error)
	sharedSecret        func() string
	http                *http.Client
	timeout, slow       time.Duration
	now                 func() time.Time
	delegation          delegation
}

// New returns the API of a server. It does not talk to the server yet.
func New(opts Options) *API {
	adminPath := "/" + strings.Trim(cmp.Or(opts.AdminPath, defaultAdminPath), "/")
	clientPath := "/" + strings.Trim(cmp.Or(opts.ClientPath, defaultClientPath), "/")
	api := &API{
		adminURL:     strings.TrimRight(opts.BaseURL, "/") + adminPath,
		clientURL:    strings.TrimRight(cmp.Or(opts.ClientURL, opts.BaseURL), "/") + clientPath,
		host:         hostOf(opts.BaseURL),
		adminPath:    adminPath,
		clientPath:   clientPath,
		serverName:   opts.ServerName,
		token:        opts.Token,
		sharedSecret: opts.RegistrationSharedSecret,
		http:         client(opts.HTTP),
		timeout:      cmp.Or(opts.Timeout, defaultTimeout),
		slow:         cmp.Or(opts.Slow, defaultSlow),
		now:          opts.Now,
	}
	if api.now == nil {
		api.now = time.Now
	}
	return api
}

// ServerName returns the name of the server as it appears in user ids.
func (a *API) ServerName() string { return a.serverName }

// client returns an HTTP client that follows no redirects, keeps no cookies and leaves time limits to the calls.
func client(given *http.Client) *http.Client {
	var transport http.RoundTripper
	if given != nil {
		transport = given.Transport
	}
	if transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.IdleConnTimeout = idleConnection
		transport = own
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func hostOf(baseURL string) string {
	_, rest, found := strings.Cut(baseURL, "://")
	if !found {
		rest = baseURL
	}
	host, _, _ := strings.Cut(rest, "/")
	if _, after, found := strings.Cut(host, "@"); found {
		host = after
	}
	return host
}

// The subjects of messages.

func theUser(user id.UserID) string { return "user " + string(user) }
func theRoom(room id.RoomID) string { return "room " + string(room) }
