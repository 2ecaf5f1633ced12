package harness

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// Fault is what a proxy does to a request instead of passing it. The fields combine; the zero value passes it.
type Fault struct {
	// Delay comes before everything else.
	Delay time.Duration
	// Forward lets the homeserver have the request before the fault: the change happens, the answer is bad.
	Forward bool
	// Hang answers nothing until the bot gives up or the test ends.
	Hang bool
	// Cut ends the connection in the middle of the body (of the homeserver's own if Forward is set and Body is not).
	Cut bool
	// Drip sends the body one byte at a time, this far apart.
	Drip time.Duration
	// Status, Header and Body are the answer; status 0 means 200.
	Status int
	Header map[string]string
	Body   string
}

// The faults that tests ask for most.
var (
	// TooMany is a 429 that says in its header how long to wait.
	TooMany = Fault{Status: http.StatusTooManyRequests, Header: map[string]string{"Content-Type": "application/json", "Retry-After": "1"},
		Body: `{"errcode":"M_LIMIT_EXCEEDED","error":"Too Many Requests","retry_after_ms":1000}`}
	// ServerError is a 500 as Matrix has it.
	ServerError = Fault{Status: http.StatusInternalServerError, Header: map[string]string{"Content-Type": "application/json"},
		Body: `{"errcode":"M_UNKNOWN","error":"Internal server error"}`}
	// WebPage is a proxy's page about a server that is not there.
	WebPage = Fault{Status: http.StatusBadGateway, Header: map[string]string{"Content-Type": "text/html"},
		Body: "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"}
	// Hang never answers.
	Hang = Fault{Hang: true}
	// LostAnswer lets the change happen and cuts the connection.
	LostAnswer = Fault{Forward: true, Cut: true}
)

type rule struct {
	match func(Request) bool
	left  int // how often it still applies; negative: for ever
	fault Fault
}

// Disturb applies a fault to the next n requests that match, or to all of them if n is negative. The oldest rule that
// fits counts.
func (p *Proxy) Disturb(n int, match func(Request) bool, fault Fault) {
	p.update(func() { p.rules = append(p.rules, &rule{match: match, left: n, fault: fault}) })
}

// Calm drops all rules.
func (p *Proxy) Calm() {
	p.update(func() { p.rules = nil })
}

// On matches a method ("" for any) and a part of the path.
func On(method, path string) func(Request) bool {
	return func(r Request) bool { return (method == "" || r.Method == method) && strings.Contains(r.Path, path) }
}

// OnAdmin matches every request to an admin API.
func OnAdmin(r Request) bool { return isAdmin(r.Path) }

func isAdmin(path string) bool {
	return strings.HasPrefix(path, "/_synapse/admin/") || strings.HasPrefix(path, "/_dendrite/admin/")
}

func (f *Fault) apply(w http.ResponseWriter, r *http.Request, closing <-chan struct{}, forward func(http.ResponseWriter)) {
	pause(r, closing, f.Delay)
	if f.Forward {
		answer := httptest.NewRecorder()
		forward(answer)
		f = f.over(answer)
	}
	switch {
	case f.Hang:
		select {
		case <-r.Context().Done():
		case <-closing:
		}
		panic(http.ErrAbortHandler)
	case f.passes():
		forward(w)
	default:
		f.answer(w, r, closing)
	}
}

// passes reports whether nothing but a delay was wanted.
func (f *Fault) passes() bool {
	return !f.Forward && !f.Cut && f.Drip == 0 && f.Status == 0 && f.Body == ""
}

// over is the fault with the homeserver's answer where it has none of its own.
func (f *Fault) over(answer *httptest.ResponseRecorder) *Fault {
	merged := *f
	if f.Status == 0 && f.Body == "" {
		merged.Status, merged.Body = answer.Code, answer.Body.String()
		merged.Header = map[string]string{"Content-Type": answer.Header().Get("Content-Type")}
	}
	return &merged
}

func (f *Fault) answer(w http.ResponseWriter, r *http.Request, closing <-chan struct{}) {
	for name, value := range f.Header {
		w.Header().Set(name, value)
	}
	if f.Status != 0 {
		w.WriteHeader(f.Status)
	}
	flush := func() { _ = http.NewResponseController(w).Flush() } // the bot may be gone
	switch {
	case f.Cut:
		_, _ = io.WriteString(w, f.Body[:len(f.Body)/2])
		flush()
		panic(http.ErrAbortHandler)
	case f.Drip > 0:
		for _, b := range []byte(f.Body) {
			if !pause(r, closing, f.Drip) {
				return
			}
			_, _ = w.Write([]byte{b})
			flush()
		}
	default:
		_, _ = io.WriteString(w, f.Body)
	}
}

// pause waits and reports whether there is still somebody to answer to.
func pause(r *http.Request, closing <-chan struct{}, d time.Duration) bool {
	if d == 0 {
		return true
	}
	select {
	case <-time.After(d):
		return true
	case <-r.Context().Done():
		return false
	case <-closing:
		return false
	}
}
