package harness_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"caretaker/e2e/harness"
)

func TestProxyFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		fault     harness.Fault
		status    int    // 0: an error instead of an answer
		body      string // what is read of it
		cut       bool   // reading ends with an error
		forwarded bool
	}{
		{name: "nothing", status: 200, body: "real answer", forwarded: true},
		{name: "delay", fault: harness.Fault{Delay: time.Millisecond}, status: 200, body: "real answer", forwarded: true},
		{name: "429", fault: harness.TooMany, status: 429, body: harness.TooMany.Body},
		{name: "500", fault: harness.ServerError, status: 500, body: harness.ServerError.Body},
		{name: "page", fault: harness.WebPage, status: 502, body: harness.WebPage.Body},
		{name: "hang", fault: harness.Hang},
		{name: "cut", fault: harness.Fault{Cut: true, Body: "abcdef"}, status: 200, body: "abc", cut: true},
		{name: "lost answer", fault: harness.LostAnswer, status: 200, body: "real ", cut: true, forwarded: true},
		{name: "forward and lie", fault: harness.Fault{Forward: true, Status: 504, Body: "late"}, status: 504, body: "late", forwarded: true},
		{name: "drip", fault: harness.Fault{Drip: time.Millisecond, Body: "drop"}, status: 200, body: "drop"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := proxyBefore(t)
			p.Disturb(1, harness.On(http.MethodPost, "/thing"), test.fault)
			status, body, readErr := post(t, p.URL+"/some/thing?a=b", "the body")
			if status != test.status || body != test.body || (readErr != nil) != test.cut {
				t.Errorf("got %d %q, %v; want %d %q", status, body, readErr, test.status, test.body)
			}
			r := p.Await(harness.On(http.MethodPost, "/some/thing"))
			if r.Body != "the body" || r.Query != "a=b" || r.Forwarded != test.forwarded {
				t.Errorf("written down: %+v", r)
			}
			if status, body, _ := post(t, p.URL+"/some/thing", ""); status != 200 || body != "real answer" {
				t.Errorf("the second request got %d %q, want it to pass", status, body)
			}
		})
	}
}

func TestProxyDown(t *testing.T) {
	t.Parallel()
	p := proxyBefore(t)
	p.Down()
	if status, _, _ := post(t, p.URL, ""); status != 0 {
		t.Errorf("a closed proxy answered %d", status)
	}
	p.Up()
	if status, _, _ := post(t, p.URL, ""); status != 200 {
		t.Errorf("after opening it again: %d, want 200", status)
	}
}

func proxyBefore(t *testing.T) *harness.Proxy {
	t.Helper()
	real := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "real answer")
	}))
	t.Cleanup(real.Close)
	return harness.NewProxy(t, real.URL)
}

// post returns status 0 when there was no answer.
func post(t *testing.T, address, body string) (status int, read string, readErr error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", nil
	}
	defer resp.Body.Close()
	content, readErr := io.ReadAll(resp.Body)
	return resp.StatusCode, string(content), readErr
}
