package appservice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

func TestPortInUse(t *testing.T) {
	t.Parallel()
	first, err := Listen("appservice.listen", "127.0.0.1:0", http.NotFoundHandler(), zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Close() }()
	_, err = Listen("appservice.listen", first.Addr().String(), http.NotFoundHandler(), zerolog.Nop())
	if err == nil || !strings.HasPrefix(err.Error(), "appservice.listen: the port of "+first.Addr().String()+" is in use; stop the program") ||
		!errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("got %v", err)
	}
	wantNoSystemWords(t, err)
	for _, addr := range []string{"nonsense", "127.0.0.1:99999", "192.0.2.1:0"} {
		if _, err := Listen("appservice.listen", addr, http.NotFoundHandler(), zerolog.Nop()); err == nil || !strings.Contains(err.Error(), "appservice.listen") {
			t.Errorf("%s: got %v", addr, err)
		} else {
			wantNoSystemWords(t, err)
		}
	}
}

// wantNoSystemWords checks that people are not told what the system says to programmers.
func wantNoSystemWords(t *testing.T, err error) {
	t.Helper()
	for _, word := range []string{"listen tcp", "bind:", "address already"} {
		if strings.Contains(err.Error(), word) {
			t.Errorf("people are told %q: %s", word, err)
		}
	}
}

// serve runs a server until the test ends, or until the function that it returns is called, which waits for it.
func serve(t *testing.T, handler http.Handler, change ...func(*Server)) (server *Server, stop func() error) {
	t.Helper()
	server, err := Listen("appservice.listen", "127.0.0.1:0", handler, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(server)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx) }()
	stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() { _ = stop() })
	return server, stop
}

func TestRequestInProgressIsFinished(t *testing.T) {
	t.Parallel()
	inbox := &gatedInbox{gate: make(chan struct{}), entered: make(chan struct{}, 1)}
	f := newFixture(t, func(o *IntakeOptions) { o.Inbox = inbox })
	server, stop := serve(t, f.intake)
	answered := make(chan int, 1)
	go func() {
		req, _ := http.NewRequest(http.MethodPut, "http://"+server.Addr().String()+"/_matrix/app/v1/transactions/1", strings.NewReader(transaction(message("$a"))))
		req.Header.Set("Authorization", "Bearer "+testToken)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			answered <- 0
			return
		}
		defer resp.Body.Close()
		answered <- resp.StatusCode
	}()
	<-inbox.entered
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	for { // the port closes before the request ends
		conn, err := net.Dial("tcp", server.Addr().String())
		if err != nil {
			break
		}
		conn.Close()
	}
	close(inbox.gate)
	if status := <-answered; status != http.StatusOK {
		t.Errorf("got %d, want 200", status)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestShutdownDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	entered := make(chan struct{})
	server, stop := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done() // a client that hangs
	}), func(s *Server) { s.grace = 50 * time.Millisecond })
	go func() { _, _ = http.Get("http://" + server.Addr().String()) }()
	<-entered
	if err := stop(); err != nil { // returns at all
		t.Error(err)
	}
}

func TestSlowBody(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	server, _ := serve(t, f.intake, func(s *Server) { s.server.ReadTimeout = 100 * time.Millisecond })
	conn, err := net.Dial("tcp", server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "PUT /_matrix/app/v1/transactions/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 1000\r\n\r\n{", testToken)
	answer, _ := io.ReadAll(conn) // ends, because the server does not wait
	if !strings.HasPrefix(string(answer), "HTTP/1.1 408") {
		t.Errorf("got %.60q, want 408", answer)
	}
	f.wantPending()
}

func TestSlowHeader(t *testing.T) {
	t.Parallel()
	server, _ := serve(t, http.NotFoundHandler(), func(s *Server) { s.server.ReadHeaderTimeout = 50 * time.Millisecond })
	conn, err := net.Dial("tcp", server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "PUT / HTTP/1.1\r\nHost:")
	if _, err := io.ReadAll(conn); err != nil {
		t.Errorf("got %v, want the connection closed", err)
	}
}
