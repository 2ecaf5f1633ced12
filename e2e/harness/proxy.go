package harness

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"
)

// Request is one request that came through a proxy.
type Request struct {
	Method string
	Path   string // as sent, escaped
	Query  string
	Body   string
	Header http.Header
	At     time.Time
	// Status is what was answered, 0 while nothing was or when the connection was cut.
	Status int
	// Forwarded reports whether the homeserver got it.
	Forwarded bool
}

// Changes reports whether the request can change something: every method but GET and HEAD.
func (r Request) Changes() bool { return r.Method != http.MethodGet && r.Method != http.MethodHead }

// Proxy stands between a bot and its homeserver, writes down what passes and disturbs it by rules. Without rules it
// passes everything.
type Proxy struct {
	// URL is what to configure instead of the homeserver's.
	URL string

	t       testing.TB
	forward *httputil.ReverseProxy
	closing chan struct{} // closed at the end of the test, so that nothing hangs longer

	mu      sync.Mutex // guards all below
	server  *http.Server
	rules   []*rule
	passed  []*Request
	changed chan struct{} // closed and replaced when something passed or was answered
}

// NewProxy starts a proxy before the server at target; it ends with the test.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatalf("proxy: %v", err)
	}
	p := &Proxy{t: t, closing: make(chan struct{}), changed: make(chan struct{})}
	p.forward = &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	if err := p.listen("127.0.0.1:0"); err != nil {
		t.Fatalf("proxy: %v", err)
	}
	t.Cleanup(func() { close(p.closing); p.Down() })
	return p
}

func (p *Proxy) listen(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: http.HandlerFunc(p.handle), ReadHeaderTimeout: patience}
	p.mu.Lock()
	p.server = server
	p.URL = "http://" + listener.Addr().String()
	p.mu.Unlock()
	go func() { _ = server.Serve(listener) }() // ends with Down
	return nil
}

// Down closes the port and all connections: what connects is refused.
func (p *Proxy) Down() {
	p.mu.Lock()
	server := p.server
	p.mu.Unlock()
	_ = server.Close() // nobody cares how the connections ended
}

// Up opens the port again.
func (p *Proxy) Up() {
	p.t.Helper()
	address, err := url.Parse(p.URL)
	if err == nil {
		err = p.listen(address.Host)
	}
	if err != nil {
		p.t.Fatalf("proxy: %v", err)
	}
}

// Requests returns what passed so far and matches (nil: all), oldest first.
func (p *Proxy) Requests(match func(Request) bool) []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []Request
	for _, r := range p.passed {
		if match == nil || match(*r) {
			found = append(found, *r)
		}
	}
	return found
}

// Changes returns the changing requests to the admin API that the homeserver got, oldest first.
func (p *Proxy) Changes() []Request {
	return p.Requests(func(r Request) bool { return r.Forwarded && r.Changes() && isAdmin(r.Path) })
}

// Forget drops what was written down so far.
func (p *Proxy) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.passed = nil
}

// Await waits until a request that matches came, answered or not, and returns it.
func (p *Proxy) Await(match func(Request) bool) Request {
	p.t.Helper()
	ctx := Step(p.t)
	for {
		p.mu.Lock()
		changed := p.changed
		p.mu.Unlock()
		if found := p.Requests(match); len(found) > 0 {
			return found[0]
		}
		select {
		case <-changed:
		case <-ctx.Done():
			p.t.Fatalf("proxy: wait for a request: %v", context.Cause(ctx))
		}
	}
}

func (p *Proxy) handle(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the bot is gone
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	request, fault := p.record(r, body)
	recorder := &statusRecorder{ResponseWriter: w}
	forward := func(w http.ResponseWriter) {
		p.update(func() { request.Forwarded = true })
		p.forward.ServeHTTP(w, r)
	}
	defer func() { // also when a connection is cut, which the server does by a panic
		p.update(func() { request.Status = recorder.status })
	}()
	if fault == nil {
		forward(recorder)
		return
	}
	fault.apply(recorder, r, p.closing, forward)
}

// record writes a request down and picks the fault that it meets.
func (p *Proxy) record(r *http.Request, body []byte) (*Request, *Fault) {
	request := &Request{
		Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Body: string(body), Header: r.Header.Clone(), At: time.Now(),
	}
	var fault *Fault
	p.update(func() {
		p.passed = append(p.passed, request)
		i := slices.IndexFunc(p.rules, func(rule *rule) bool { return rule.left != 0 && rule.match(*request) })
		if i >= 0 {
			p.rules[i].left--
			fault = &p.rules[i].fault
		}
	})
	return request, fault
}

func (p *Proxy) update(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
	close(p.changed)
	p.changed = make(chan struct{})
}

// statusRecorder remembers the status that was answered.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (s *statusRecorder) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (s *statusRecorder) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (r Request) String() string {
	return fmt.Sprintf("%s %s?%s %s → %d", r.Method, r.Path, r.Query, r.Body, r.Status)
}
