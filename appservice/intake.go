package appservice

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"caretaker/store"

	"github.com/rs/zerolog"
	"go.mau.fi/util/exhttp"

	"maunium.net/go/mautrix"
	mxas "maunium.net/go/mautrix/appservice"
	"maunium.net/go/mautrix/id"
)

const (
	// maxBody is generous: a homeserver whose transaction is refused repeats it for ever and delivers nothing else.
	maxBody = 64 << 20
	// maxGrow is how much memory is taken on the word of a Content-Length alone.
	maxGrow = 1 << 20
	// maxOtherBody limits the requests that carry next to nothing: pings and queries.
	maxOtherBody = 64 << 10
	// maxParallel bounds the memory that bodies can take. A homeserver sends one transaction at a time.
	maxParallel = 8
	// storeTimeout is how long the commit may take before the homeserver is told to come again.
	storeTimeout = 20 * time.Second
)

// IntakeOptions is what an [Intake] is made of.
type IntakeOptions struct {
	Registration *mxas.Registration
	Bot          id.UserID
	Inbox        Inbox
	Tokens       Tokens // accepted hs_tokens; nil: the one in Registration
	Wants        Filter // nil: the function of the same name, for Bot
	Wake         func() // called after events are committed; must not block; may be nil
	Log          zerolog.Logger
}

// Intake is the HTTP handler for what the homeserver sends. It answers a transaction with 200 only after the commit of
// the inbox. Homeservers are known to repeat transactions with more events under the same id, and to start counting at
// 1 again, so the id of a transaction means nothing; the ids of the events do.
//
// See https://spec.matrix.org/v1.16/application-service-api/#pushing-events
type Intake struct {
	inbox  Inbox
	reader reader
	tokens Tokens
	wake   func()
	log    zerolog.Logger
	slots  chan struct{}
	mux    *http.ServeMux
	router *http.ServeMux // the library's: queries, liveness
	token  string         // the one token that router knows

	maxBody      int64
	transactions atomic.Int64
}

// NewIntake makes the handler. It is safe for concurrent use.
func NewIntake(opts IntakeOptions) *Intake {
	in := &Intake{
		inbox:   opts.Inbox,
		reader:  reader{bot: opts.Bot, wants: opts.Wants},
		tokens:  opts.Tokens,
		wake:    opts.Wake,
		log:     opts.Log,
		slots:   make(chan struct{}, maxParallel),
		mux:     http.NewServeMux(),
		router:  libraryRouter(opts.Registration, opts.Bot),
		token:   opts.Registration.ServerToken,
		maxBody: maxBody,
	}
	if in.reader.wants == nil {
		in.reader.wants = Wants(opts.Bot)
	}
	if in.tokens == nil {
		in.tokens = func() [][]byte { return [][]byte{[]byte(opts.Registration.ServerToken)} }
	}
	in.mux.HandleFunc("PUT /_matrix/app/v1/transactions/{txnID}", in.putTransaction)
	in.mux.HandleFunc("PUT /transactions/{txnID}", in.putTransaction)
	in.mux.HandleFunc("POST /_matrix/app/v1/ping", new(pings).answer)
	in.mux.HandleFunc("/", in.other)
	return in
}

// libraryRouter is what is left to mautrix: everything but transactions and pings.
func libraryRouter(reg *mxas.Registration, bot id.UserID) *http.ServeMux {
	as := mxas.Create()
	as.Registration = &mxas.Registration{ServerToken: reg.ServerToken}
	as.QueryHandler = onlyBot(bot)
	return as.Router
}

// onlyBot answers the homeserver's question whether a user of the namespace exists.
type onlyBot id.UserID

func (b onlyBot) QueryAlias(id.RoomAlias) bool    { return false }
func (b onlyBot) QueryUser(userID id.UserID) bool { return userID == id.UserID(b) }

// Transactions is the number of transactions that were acknowledged since the start.
func (in *Intake) Transactions() int64 { return in.transactions.Load() }

// ServeHTTP asks every request for a token first.
func (in *Intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !in.tokens.authorised(w, r) {
		in.log.Warn().Str("path", r.URL.Path).Str("remote", r.RemoteAddr).Msg("request with a wrong or missing hs_token refused")
		return
	}
	in.mux.ServeHTTP(w, r)
}

// other hands a request that was authorised here to the library, which knows one token only.
func (in *Intake) other(w http.ResponseWriter, r *http.Request) {
	if _, pattern := in.router.Handler(r); pattern == "" {
		mautrix.MUnrecognized.WithMessage("Unrecognized request").Write(w)
		return
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+in.token)
	r.Body = http.MaxBytesReader(w, r.Body, maxOtherBody)
	in.router.ServeHTTP(w, r)
}

func (in *Intake) putTransaction(w http.ResponseWriter, r *http.Request) {
	log := in.log.With().Str("transaction_id", r.PathValue("txnID")).Logger()
	if !in.enter(r.Context()) {
		mautrix.MUnknown.WithMessage("Too many transactions at once").WithStatus(http.StatusServiceUnavailable).Write(w)
		return
	}
	defer in.leave()
	body, err := readBody(w, r, in.maxBody)
	if err != nil {
		refuseBody(w, r, log, err)
		return
	}
	rows, events, err := in.reader.transaction(body)
	if err != nil {
		log.Error().Err(err).Int("bytes", len(body)).
			Msg("the homeserver sent a transaction that cannot be read; it will repeat it and deliver nothing else until then")
		mautrix.MNotJSON.WithMessage("The transaction is not JSON").Write(w)
		return
	}
	if err := in.store(r.Context(), rows); err != nil {
		log.Error().Err(err).Msg("events could not be stored; the homeserver repeats them")
		mautrix.MUnknown.WithMessage("The inbox is not available").WithStatus(http.StatusServiceUnavailable).Write(w)
		return
	}
	in.transactions.Add(1)
	exhttp.WriteEmptyJSONResponse(w, http.StatusOK)
	log.Debug().Int("events", events).Int("stored", len(rows)).Msg("transaction stored")
}

// store commits the rows. It is not given up when the homeserver hangs up: what is committed is recognised when it
// comes again.
func (in *Intake) store(ctx context.Context, rows []store.InboxEvent) error {
	if len(rows) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	if err := in.inbox.AddTransaction(ctx, rows); err != nil {
		return err
	}
	if in.wake != nil {
		in.wake()
	}
	return nil
}

// enter waits for a place among the few transactions that are read at a time.
func (in *Intake) enter(ctx context.Context) bool {
	select {
	case in.slots <- struct{}{}:
		return true
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	select {
	case in.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (in *Intake) leave() { <-in.slots }

// readBody reads at most limit bytes.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	var body bytes.Buffer
	if r.ContentLength > 0 {
		body.Grow(int(min(r.ContentLength, maxGrow)) + bytes.MinRead)
	}
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, limit))
	return body.Bytes(), err
}

// refuseBody answers a request whose body could not be read.
func refuseBody(w http.ResponseWriter, r *http.Request, log zerolog.Logger, err error) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		log.Error().Int64("bytes", r.ContentLength).Int64("limit", tooLarge.Limit).
			Msg("the homeserver sent a transaction that is too large; it will repeat it and deliver nothing else until then")
		mautrix.MTooLarge.WithMessage("The transaction is too large").Write(w)
	case errors.Is(err, io.ErrUnexpectedEOF):
		log.Warn().Msg("the homeserver hung up in the middle of a transaction")
		mautrix.MNotJSON.WithMessage("The transaction is cut off").Write(w)
	default:
		log.Warn().Err(err).Msg("a transaction could not be read in time")
		mautrix.MUnknown.WithMessage("The transaction could not be read in time").WithStatus(http.StatusRequestTimeout).Write(w)
	}
}
