package appservice

import (
	"context"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"maunium.net/go/mautrix"
)

// requestTimeout bounds one request to the homeserver, body included.
const requestTimeout = 30 * time.Second

// callerLog is where quietLibrary leaves the logger that came with the caller's context.
type callerLog struct{}

// quietLibrary takes the logger and the body out of a request's context. The library takes any logger that it finds in
// a context, its own setting notwithstanding, and writes bodies to it: passwords, tokens, messages.
func quietLibrary(r *http.Request) {
	ctx := r.Context()
	if ctx.Value(callerLog{}) == nil {
		ctx = context.WithValue(ctx, callerLog{}, zerolog.Ctx(ctx))
	}
	ctx = context.WithValue(ctx, mautrix.LogBodyContextKey, nil)
	*r = *r.WithContext(zerolog.Nop().WithContext(ctx))
}

// loggingTransport writes one line per request: no query, no header, no body.
type loggingTransport struct {
	next http.RoundTripper
	log  zerolog.Logger
}

func (t loggingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	start := time.Now()
	resp, err := t.next.RoundTrip(r)
	line := t.logger(r.Context()).Debug().
		Str("method", r.Method).
		Str("path", r.URL.Path).
		Dur("took", time.Since(start))
	if err != nil {
		line.Err(err).Msg("homeserver request failed")
		return nil, err
	}
	line.Int("status", resp.StatusCode).Msg("homeserver request")
	return resp, nil
}

// logger prefers the caller's, which knows what the request is for.
func (t loggingTransport) logger(ctx context.Context) *zerolog.Logger {
	if log, ok := ctx.Value(callerLog{}).(*zerolog.Logger); ok && log.GetLevel() != zerolog.Disabled {
		return log
	}
	return &t.log
}

// httpClient is used for everything that the bot itself asks of the homeserver. It follows no redirects: the tokens are
// for the configured host.
func httpClient(log zerolog.Logger) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 16
	return &http.Client{
		Transport:     loggingTransport{next: transport, log: log},
		Timeout:       requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
