package diagnostics

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"strings"
	"sync"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/config"
)

// inspection is one run: what several checks want to know is asked once.
type inspection struct {
	opts   Options
	config *config.Config
	probe  probe
	now    func() time.Time
	port   *port // appservice.listen
	cancel context.CancelFunc

	spec     func() answer // GET /versions
	sender   func() answer // whoami with the as_token
	bot      func() answer // whoami with the as_token, as the bot
	kind     func() software
	meta     func() answer // auth_metadata
	token    func() (string, error)
	version  func() answer // the admin API's own version
	right    func() answer // what only a server admin may read
	rooms    func() roomList
	inMember func() answer // joined_rooms of the bot
	keys     func() answer // the server's signing keys, which come with its name
}

// inspect prepares a run. The shared questions are asked when the first check wants their answer, and end with ctx.
func inspect(ctx context.Context, opts Options) *inspection {
	in := &inspection{opts: opts, config: opts.Config, now: opts.Now}
	if in.now == nil {
		in.now = time.Now
	}
	in.probe = newProbe(opts.HTTP, in.now)
	in.port = in.openPort()

	ctx, in.cancel = context.WithTimeout(ctx, checkTime)
	in.spec = sync.OnceValue(func() answer { return in.client(ctx, "/_matrix/client/versions", "", nil) })
	in.sender = sync.OnceValue(func() answer { return in.whoami(ctx, in.asToken(), "") })
	in.bot = sync.OnceValue(func() answer { return in.whoami(ctx, in.asToken(), in.config.BotID()) })
	in.kind = sync.OnceValue(func() software { return in.detect(ctx) })
	in.meta = sync.OnceValue(func() answer { return in.client(ctx, "/_matrix/client/v1/auth_metadata", "", nil) })
	in.token = sync.OnceValues(func() (string, error) { return in.adminToken(ctx) })
	in.version = sync.OnceValue(func() answer { return in.adminVersion(ctx) })
	in.right = sync.OnceValue(func() answer { return in.adminRead(ctx) })
	in.rooms = sync.OnceValue(func() roomList { return in.findRooms(ctx) })
	in.inMember = sync.OnceValue(func() answer { return in.asBot(ctx, "/_matrix/client/v3/joined_rooms") })
	in.keys = sync.OnceValue(func() answer { return in.client(ctx, "/_matrix/key/v2/server", "", nil) })
	return in
}

func (in *inspection) close() {
	in.cancel()
	in.port.close()
}

// client asks the client-server API.
func (in *inspection) client(ctx context.Context, path, token string, query url.Values) answer {
	return in.probe.ask(ctx, question{base: in.config.Homeserver.URL, path: path, token: token, query: query})
}

// asBot asks the client-server API as the bot.
func (in *inspection) asBot(ctx context.Context, path string) answer {
	return in.client(ctx, path, in.asToken(), url.Values{"user_id": {in.config.BotID().String()}})
}

func (in *inspection) whoami(ctx context.Context, token string, user id.UserID) answer {
	var query url.Values
	if user != "" {
		query = url.Values{"user_id": {user.String()}}
	}
	return in.client(ctx, "/_matrix/client/v3/account/whoami", token, query)
}

func (in *inspection) asToken() string {
	if in.opts.Registration == nil {
		return ""
	}
	return in.opts.Registration.AppToken
}

func (in *inspection) hsToken() string {
	if in.opts.Registration == nil {
		return ""
	}
	return in.opts.Registration.ServerToken
}

// adminToken gives the token of a server admin, empty if there is none.
func (in *inspection) adminToken(ctx context.Context) (string, error) {
	if in.opts.AdminToken != nil {
		return in.opts.AdminToken(ctx)
	}
	if token := in.config.Admin.Token; !token.IsZero() {
		return token.Reveal(), nil
	}
	secret, err := config.ReadSecret(in.config.AdminTokenFile())
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return secret.Reveal(), err
}

// connected tells whether a homeserver answers at all; a check that needs one has nothing to say otherwise.
func (in *inspection) connected() bool { return in.spec().ok() }

// known tells whether the homeserver knows our registration.
func (in *inspection) known() bool { return in.sender().ok() }

// realName is the server's own name as far as it can be learned, else empty.
func (in *inspection) realName() string {
	var who struct {
		UserID id.UserID `json:"user_id"`
	}
	if got := in.sender(); got.ok() {
		got.into(&who)
		return who.UserID.Homeserver()
	}
	var key struct {
		ServerName string `json:"server_name"`
	}
	in.keys().into(&key)
	return key.ServerName
}

// mask hides the tokens in a text.
func (in *inspection) mask(text string) string {
	for _, secret := range []string{in.asToken(), in.hsToken(), in.config.Admin.Token.Reveal()} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return text
}
