package appservice

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

const (
	// The homeserver must be noticed within seconds of its return, also after a long absence, so the waits stay short.
	firstRetry = time.Second
	lastRetry  = 3 * time.Second
	// attemptTimeout bounds one attempt, so that a homeserver that hangs does not hold up its own discovery.
	attemptTimeout = 20 * time.Second
	// reminder is how often the log says again why the bot waits.
	reminder = time.Minute
)

// homeserver is what [Connection] needs of an [Identity].
type homeserver interface {
	Register(ctx context.Context) error
	WhoAmI(ctx context.Context) (id.UserID, error)
	SetProfile(ctx context.Context, want Profile) error
	Ping(ctx context.Context) (Ping, error)
	UserID() id.UserID
}

// ConnectionOptions is what a [Connection] is made of.
type ConnectionOptions struct {
	Homeserver homeserver // an *Identity
	URL        string     // of the homeserver, for messages
	Listener   string     // appservice.url, for messages
	Profile    Profile
	// OnConnected runs each time the homeserver knows the bot after it did not; Run waits for it.
	OnConnected func(ctx context.Context)
	Log         zerolog.Logger
}

// Connection brings the bot and its homeserver together, however long that takes, and says why it takes so long.
type Connection struct {
	opts    ConnectionOptions
	recheck chan struct{}
	retry   func(attempt int) time.Duration
	now     func() time.Time

	mu     sync.Mutex // guards the two below
	ready  bool
	reason string
}

// NewConnection asks nothing of the homeserver yet; see [Connection.Run].
func NewConnection(opts ConnectionOptions) *Connection {
	return &Connection{
		opts:    opts,
		recheck: make(chan struct{}, 1),
		retry:   func(attempt int) time.Duration { return min(time.Duration(attempt)*firstRetry, lastRetry) },
		now:     time.Now,
		reason:  "the homeserver has not been asked yet",
	}
}

// State tells whether homeserver and bot reach each other, and if not, why, in words for people.
func (c *Connection) State() (ready bool, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ready, c.reason
}

// Recheck has the connection tested again, because a request failed in a way that puts it in doubt. It does not block.
func (c *Connection) Recheck() {
	select {
	case c.recheck <- struct{}{}:
	default: // one is waiting already
	}
}

// Run connects, and tests again when asked to, until ctx ends.
func (c *Connection) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		c.connect(ctx)
		select {
		case <-ctx.Done():
		case <-c.recheck:
		}
	}
	return nil
}

// connect returns when everything works, or when ctx ends. What follows the connection is done as soon as the homeserver
// knows the bot, even if it cannot reach it: commands are then found by the catch-up.
func (c *Connection) connect(ctx context.Context) {
	known, _ := c.State()
	wait := waiting{log: c.opts.Log, now: c.now}
	for attempt := 1; ; attempt++ {
		err := c.attempt(ctx, c.introduce)
		if err != nil {
			known = false
		} else {
			// The ping comes first: it has Synapse send at once what it kept for the bot.
			err = c.attempt(ctx, c.ping)
			if !known {
				known = true
				c.connected(ctx)
			}
		}
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			c.set(true, "")
			return
		}
		c.set(false, err.Error())
		wait.say(err)
		pause(ctx, c.retry(attempt))
	}
}

func (c *Connection) attempt(ctx context.Context, step func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(mautrix.WithMaxRetries(ctx, 0), attemptTimeout)
	defer cancel()
	return step(ctx)
}

// introduce makes sure that the homeserver knows the registration, and the bot by the name that we think it has.
func (c *Connection) introduce(ctx context.Context) error {
	if err := c.opts.Homeserver.Register(ctx); err != nil {
		return c.explain(err)
	}
	user, err := c.opts.Homeserver.WhoAmI(ctx)
	if err != nil {
		return c.explain(err)
	}
	if want := c.opts.Homeserver.UserID(); user != want {
		return waitReason{fmt.Sprintf("the homeserver takes the bot for %s instead of %s: check homeserver.server_name", user, want), nil}
	}
	return nil
}

func (c *Connection) ping(ctx context.Context) error {
	ping, err := c.opts.Homeserver.Ping(ctx)
	if err != nil {
		return c.explain(err)
	}
	c.opts.Log.Debug().Bool("supported", ping.Supported).Dur("round_trip", ping.RoundTrip).Msg("homeserver pinged the bot")
	return nil
}

// connected does what follows once. A profile that cannot be set is no reason to wait.
func (c *Connection) connected(ctx context.Context) {
	c.opts.Log.Info().Stringer("user_id", c.opts.Homeserver.UserID()).Msg("the homeserver knows the bot")
	if err := c.opts.Homeserver.SetProfile(ctx, c.opts.Profile); err != nil && ctx.Err() == nil {
		c.opts.Log.Warn().Err(err).Msg("the bot's profile could not be set")
	}
	if c.opts.OnConnected != nil {
		c.opts.OnConnected(ctx)
	}
}

func (c *Connection) set(ready bool, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ready, c.reason = ready, reason
}

// waitReason is why the bot waits: a sentence for people, and the cause for the log.
type waitReason struct {
	text  string
	cause error
}

func (w waitReason) Error() string { return w.text }
func (w waitReason) Unwrap() error { return w.cause }

// explain finds the words for what went wrong between homeserver and bot.
func (c *Connection) explain(err error) error {
	var network *url.Error
	var httpErr mautrix.HTTPError
	errors.As(err, &httpErr)
	switch {
	case errors.Is(err, mautrix.MUnknownToken), errors.Is(err, mautrix.MMissingToken):
		return waitReason{"the homeserver does not know this registration yet: install registration.yaml there and restart every homeserver process", err}
	case errors.Is(err, mautrix.MExclusive), errors.Is(err, mautrix.MForbidden):
		return waitReason{"the registration that is installed on the homeserver is not for this bot: install this registration.yaml and restart every homeserver process", err}
	case errors.Is(err, mautrix.MConnectionFailed), errors.Is(err, mautrix.MConnectionTimeout), errors.Is(err, mautrix.MURLNotSet):
		return waitReason{fmt.Sprintf("the homeserver cannot reach the bot at %s: check appservice.url and appservice.listen", c.opts.Listener), err}
	case errors.Is(err, mautrix.MBadStatus):
		return waitReason{fmt.Sprintf("what answers the homeserver at %s is not this bot, or the installed hs_token differs: check appservice.url and install registration.yaml again", c.opts.Listener), err}
	case errors.As(err, &network):
		return waitReason{fmt.Sprintf("the homeserver is unreachable at %s: %s", c.opts.URL, innermost(network)), err}
	case httpErr.Response != nil && httpErr.RespError == nil:
		return waitReason{fmt.Sprintf("what answers at %s (status %d) is not a homeserver, or one that is starting: check homeserver.url", c.opts.URL, httpErr.Response.StatusCode), err}
	case httpErr.RespError != nil:
		return waitReason{fmt.Sprintf("the homeserver at %s answers %s (status %d)", c.opts.URL, httpErr.RespError.ErrCode, httpErr.Response.StatusCode), err}
	}
	return waitReason{fmt.Sprintf("the homeserver at %s gives no usable answer", c.opts.URL), err}
}

// innermost is the shortest true thing about a failed connection: "connection refused", "no such host".
func innermost(err *url.Error) string {
	if err.Timeout() {
		return "no answer in time"
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.Err
	}
	inner := err.Err
	for next := errors.Unwrap(inner); next != nil; next = errors.Unwrap(inner) {
		inner = next
	}
	return inner.Error()
}

// waiting says why the bot waits: when the reason changes, and once a minute.
type waiting struct {
	log  zerolog.Logger
	now  func() time.Time
	last string
	said time.Time
}

func (w *waiting) say(reason error) {
	if reason.Error() == w.last && w.now().Sub(w.said) < reminder {
		return
	}
	w.last, w.said = reason.Error(), w.now()
	w.log.Warn().AnErr("cause", errors.Unwrap(reason)).Str("reason", w.last).Msg("waiting for the homeserver")
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
