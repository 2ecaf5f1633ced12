package admin

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// DryRunHeader marks the answers that a [Recorder] made up, which lack what a server would have answered.
const DryRunHeader = "Caretaker-Dry-Run"

// Request is a request that a dry run did not send.
type Request struct {
	Method string `json:"method"`
	Path   string `json:"path"`  // percent-encoded, as it would be sent
	Query  string `json:"query"` // encoded, without the question mark; often empty
	Body   any    `json:"body"`  // decoded JSON, nil when there is none
}

// Recorder is the transport of a dry run: what only reads goes through to the next transport, everything else is
// noted, with secrets masked, and answered by an empty object. It is safe for concurrent use.
type Recorder struct {
	next     http.RoundTripper
	mu       sync.Mutex // guards requests
	requests []Request
}

// NewRecorder returns a recorder in front of next; nil stands for the default transport.
func NewRecorder(next http.RoundTripper) *Recorder {
	if next == nil {
		next = http.DefaultTransport
	}
	return &Recorder{next: next}
}

// Requests returns what would have been sent so far, in order.
func (r *Recorder) Requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// RoundTrip sends requests that read and records the others.
func (r *Recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodGet || req.Method == http.MethodHead {
		return r.next.RoundTrip(req)
	}
	noted, err := note(req)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.requests = append(r.requests, noted)
	r.mu.Unlock()
	return emptyAnswer(req), nil
}

func note(req *http.Request) (Request, error) {
	noted := Request{Method: req.Method, Path: req.URL.EscapedPath(), Query: maskQuery(req.URL)}
	if req.Body == nil {
		return noted, nil
	}
	defer req.Body.Close()
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return Request{}, err
	}
	noted.Body = maskBody(body)
	return noted, nil
}

func emptyAnswer(req *http.Request) *http.Response {
	const body = "{}"
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}, DryRunHeader: {"1"}},
		Body:          io.NopCloser(bytes.NewBufferString(body)),
		ContentLength: int64(len(body)),
		Request:       req,
	}
}

// maskQuery returns the query as it is, unless there is a secret in it.
func maskQuery(target *url.URL) string {
	query, hit := target.Query(), false
	for _, key := range secretKeys {
		if query.Has(key) {
			query.Set(key, mask)
			hit = true
		}
	}
	if !hit {
		return target.RawQuery
	}
	return strings.ReplaceAll(query.Encode(), url.QueryEscape(mask), mask)
}

// maskBody decodes a body and masks its secrets. A body that is not JSON is replaced by its size, since it cannot be
// told what is in it.
func maskBody(body []byte) any {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	value, ok := decode(body)
	if !ok {
		return strconv.Itoa(len(body)) + " bytes"
	}
	return new(masker).mask(value)
}
