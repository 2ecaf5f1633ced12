package synapse

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"syscall"

	"caretaker/admin"
)

const (
	maxAnswer = 32 << 20 // bytes of a good answer
	maxError  = 64 << 10 // bytes of an error
)

// errTooLarge is the cause when an answer exceeds its limit.
var errTooLarge = errors.New("answer too large")

// exchange is what came of sending a request.
type exchange struct {
	status int // 0 when there was no answer
	header http.Header
	body   []byte
	sent   bool // the server may have got the request
	// err says why there is no answer, or why it could not be read or understood.
	err error
}

// ok reports whether there is a good answer, as far as its status tells.
func (x exchange) ok() bool { return x.err == nil && x.status >= 200 && x.status < 300 }

// call sends a request and decodes its answer. What it does is in do, which exists once and not once for each type.
func call[T any](ctx context.Context, a *API, r request) (answer admin.Answer[T], err error) {
	if answer.Raw, err = a.do(ctx, r, &answer.Value); err != nil {
		return admin.Answer[T]{}, err
	}
	return answer, nil
}

// do sends a request and decodes its answer into a value. It repeats only what is harmless to repeat; see perform.
func (a *API) do(ctx context.Context, r request, value any) (raw []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, a.timeoutOf(r))
	defer cancel()
	x, err := a.perform(ctx, r)
	if err != nil {
		return nil, err
	}
	if x.ok() {
		x.err = decoder(ctx, x)(x.body, value)
	}
	if !x.ok() {
		return nil, a.explain(r, x)
	}
	return x.body, nil
}

// decoder is how an answer is read.
func decoder(ctx context.Context, x exchange) func(raw []byte, value any) error {
	switch {
	case x.header.Get(admin.DryRunHeader) != "":
		return admin.DecodeLoosely
	case admin.IsVerbatim(ctx):
		return admin.DecodeVerbatim
	}
	return admin.Decode
}

// perform sends a request, and sends it again when that is harmless: after a 429 as long as the wait fits into the
// time limit, and once when the connection broke.
func (a *API) perform(ctx context.Context, r request) (exchange, error) {
	broke := false
	for attempt := 0; ; attempt++ {
		req, err := a.build(ctx, r)
		if err == nil && attempt == 0 {
			err = a.refuseLost(ctx, r)
		}
		if err != nil {
			return exchange{}, err
		}
		x := a.send(req)
		switch {
		case !r.repeatable():
			return x, nil
		case x.status == http.StatusTooManyRequests && pause(ctx, a.retryAfter(x, attempt)):
			continue
		case errors.Is(ctx.Err(), context.Canceled):
			return exchange{sent: x.sent, err: ctx.Err()}, nil
		case brokenConnection(x.err) && !broke && ctx.Err() == nil:
			broke = true
			continue
		}
		return x, nil
	}
}

// build makes the HTTP request. Its errors are for people: nothing was sent.
func (a *API) build(ctx context.Context, r request) (*http.Request, error) {
	path, ok := r.fill()
	if !ok {
		return nil, sentence("cannot "+r.verb, r.subject, ": that is no valid name")
	}
	root := a.adminURL
	if r.client() {
		root = a.clientURL
	}
	var body io.Reader
	if r.body != nil {
		encoded, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("encode body of %s: %w", r.op, err)
		}
		body = bytes.NewReader(encoded)
	}
	if r.raw == notRaw {
		ctx = context.WithValue(ctx, operationKey{}, r.op)
	}
	req, err := http.NewRequestWithContext(ctx, r.op.method(), root+"/"+path, body)
	if err != nil || req.URL.Scheme != "http" && req.URL.Scheme != "https" || req.URL.Host == "" {
		_, setting := a.place(r)
		return nil, hinted(fail(r, admin.CodeUnavailable, err, "the homeserver's address is not a URL (set %s)", setting))
	}
	req.URL.RawQuery = r.query.Encode()
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "caretaker")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if !r.open {
		if err := a.authorise(ctx, req, r); err != nil {
			return nil, err
		}
	}
	return req, nil
}

// authorise adds the request's own token, or the admin token. There is never a user_id in the query: Synapse takes it for
// a masquerade there.
func (a *API) authorise(ctx context.Context, req *http.Request, r request) error {
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token.Reveal())
		return nil
	}
	if a.token == nil {
		return a.noToken(r, nil)
	}
	token, err := a.token(ctx)
	if err != nil || token == "" {
		return a.noToken(r, err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// send sends a request once and reads its answer.
func (a *API) send(req *http.Request) exchange {
	if err := req.Context().Err(); err != nil {
		return exchange{err: err}
	}
	var sent tracker
	resp, err := a.http.Do(req.WithContext(httptrace.WithClientTrace(req.Context(), sent.trace())))
	if err != nil {
		return exchange{sent: sent.maybe(), err: err}
	}
	defer resp.Body.Close()
	x := exchange{status: resp.StatusCode, header: resp.Header, sent: true}
	limit := int64(maxAnswer)
	if !x.ok() {
		limit = maxError
	}
	x.body, x.err = readAll(resp, limit)
	return x
}

// readAll reads an answer of at most limit bytes.
func readAll(resp *http.Response, limit int64) ([]byte, error) {
	var buffer bytes.Buffer
	if resp.ContentLength > 0 && resp.ContentLength <= limit {
		buffer.Grow(int(resp.ContentLength) + bytes.MinRead)
	}
	n, err := buffer.ReadFrom(io.LimitReader(resp.Body, limit+1))
	switch {
	case err != nil:
		return nil, err
	case n > limit:
		return nil, errTooLarge
	}
	return buffer.Bytes(), nil
}

// tracker learns whether a request can have reached the server. Its hooks run before the request returns.
type tracker struct {
	asked, connected bool
}

func (t *tracker) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { t.asked, t.connected = true, false },
		GotConn: func(httptrace.GotConnInfo) { t.connected = true },
	}
}

// maybe is true unless the transport is known to have found no connection.
func (t *tracker) maybe() bool { return t.connected || !t.asked }

// brokenConnection reports whether a connection that stood was closed by the other side.
func brokenConnection(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
