package diagnostics

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// maxBody is how much of an answer is read. The answers that are asked for are small.
const maxBody = 1 << 20

// handshakeTime leaves enough of a check's time to try the same address without TLS.
const handshakeTime = checkTime / 2

// probe asks servers and remembers no connections.
type probe struct {
	transport http.RoundTripper
	now       func() time.Time
}

// newProbe makes a probe whose every request opens a connection of its own: with workers behind a load balancer, the
// answer of one process says nothing about the others.
func newProbe(client *http.Client, now func() time.Time) probe {
	var given http.RoundTripper
	if client != nil {
		given = client.Transport
	}
	if given == nil {
		given = http.DefaultTransport
	}
	if transport, ok := given.(*http.Transport); ok {
		transport = transport.Clone()
		transport.DisableKeepAlives = true
		transport.TLSHandshakeTimeout = handshakeTime
		given = transport
	}
	return probe{transport: given, now: now}
}

// question is one request.
type question struct {
	method string // GET if empty
	base   string // the server's address
	path   string // escaped
	query  url.Values
	token  string
	body   any
}

// answer is what came back, or why nothing did.
type answer struct {
	err     error // no answer at all
	status  int
	header  http.Header
	body    []byte
	sent    time.Time
	arrived time.Time
	isJSON  bool   // the body is a JSON object, as every homeserver sends
	errcode string // of a Matrix error
	message string // of a Matrix error, by the server
}

func (a answer) ok() bool { return a.err == nil && a.status == http.StatusOK && a.isJSON }

// unknownToken tells that the server does not know the token.
func (a answer) unknownToken() bool {
	return a.status == http.StatusUnauthorized && (a.errcode == "M_UNKNOWN_TOKEN" || a.errcode == "M_MISSING_TOKEN")
}

// unrecognised tells that a homeserver answered which does not have this endpoint.
func (a answer) unrecognised() bool {
	return a.errcode == "M_UNRECOGNIZED" && (a.status == http.StatusNotFound || a.status == http.StatusMethodNotAllowed)
}

// foreign tells that something else than a homeserver answered: a proxy, a web page.
func (a answer) foreign() bool { return a.err == nil && !a.isJSON }

// into reads the answer's object; fields of unexpected types stay empty.
func (a answer) into(value any) { _ = json.Unmarshal(a.body, value) }

func (p probe) ask(ctx context.Context, q question) answer {
	req, err := q.request(ctx)
	if err != nil {
		return answer{err: err}
	}
	got := answer{sent: p.now()}
	resp, err := p.transport.RoundTrip(req)
	got.arrived = p.now()
	if err != nil {
		got.err = err
		return got
	}
	defer resp.Body.Close()
	got.status, got.header = resp.StatusCode, resp.Header
	if got.body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody)); err != nil {
		got.err = err
		return got
	}
	got.classify()
	return got
}

func (q question) request(ctx context.Context) (*http.Request, error) {
	var body io.Reader
	if q.body != nil {
		text, err := json.Marshal(q.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	target := strings.TrimRight(q.base, "/") + q.path
	if len(q.query) > 0 {
		target += "?" + q.query.Encode()
	}
	method := q.method
	if method == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, err
	}
	if q.token != "" {
		req.Header.Set("Authorization", "Bearer "+q.token)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

func (a *answer) classify() {
	var object map[string]json.RawMessage
	if json.Unmarshal(a.body, &object) != nil {
		return
	}
	a.isJSON = true
	_ = json.Unmarshal(object["errcode"], &a.errcode)
	_ = json.Unmarshal(object["error"], &a.message)
}

// unreachable says in a few words why no connection came about, and gives the remedy for the setting that holds the
// address.
func unreachable(err error, setting, base string) finding {
	at := " at " + base
	var dns *net.DNSError
	var unknownCA x509.UnknownAuthorityError
	var wrongName x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &dns):
		return bad("the host "+clean(dns.Name)+" is not known", "correct the host in "+setting+" ("+base+")")
	case errors.As(err, &record):
		return bad("the server"+at+" speaks http, not https", "write "+setting+": "+strings.Replace(base, "https:", "http:", 1))
	case errors.Is(err, syscall.ECONNREFUSED):
		return bad("nothing listens"+at, "start the homeserver, or correct host and port in "+setting)
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return bad("there is no route to the server"+at, "correct the host in "+setting+", or look at the network")
	case errors.As(err, &unknownCA), errors.As(err, &wrongName), errors.As(err, &invalid):
		return bad("the certificate of the server"+at+" is not trusted", "correct the host in "+setting+", or install the certificate's authority on this machine")
	case isTimeout(err):
		return bad("the server"+at+" does not answer in time", "see whether it hangs or a firewall drops the connection, or correct "+setting)
	}
	return bad("the connection"+at+" broke off", "see the homeserver's log, or correct "+setting)
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// clean makes text of a server fit for a line: no control characters, not endless.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > 120 {
		text = string(runes[:120]) + "…"
	}
	return text
}
