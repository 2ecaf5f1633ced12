package appservice

import (
	"context"
	"errors"
	"fmt"
	stdlog "log"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/rs/zerolog"
)

// How long a peer may take. The homeservers give up after 30 s (Dendrite) and 60 s (Synapse) themselves.
const (
	headerTimeout   = 10 * time.Second
	bodyTimeout     = time.Minute
	idleTimeout     = 3 * time.Minute
	shutdownTimeout = 4 * time.Second
	maxHeaderBytes  = 64 << 10
)

// Server is an HTTP listener that is known to have its port before anything else starts.
type Server struct {
	listener net.Listener
	server   *http.Server
	grace    time.Duration
	log      zerolog.Logger
}

// Listen opens the port at addr ("host:port"), which key of the configuration says. A port that cannot be had is an error
// right away.
func Listen(key, addr string, handler http.Handler, log zerolog.Logger) (*Server, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, noListener(key, addr, err)
	}
	return &Server{
		listener: listener,
		grace:    shutdownTimeout,
		log:      log,
		server: &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: headerTimeout,
			ReadTimeout:       bodyTimeout,
			WriteTimeout:      bodyTimeout + storeTimeout,
			IdleTimeout:       idleTimeout,
			MaxHeaderBytes:    maxHeaderBytes,
			ErrorLog:          stdlog.New(debugLines{log}, "", 0),
		},
	}, nil
}

// listenError is why there is no listener, in words for people; the system's are in its cause.
type listenError struct {
	text  string
	cause error
}

func (e *listenError) Error() string { return e.text }
func (e *listenError) Unwrap() error { return e.cause }

func noListener(key, addr string, err error) error {
	text := "cannot listen on %s; write HOST:PORT with an address of this machine"
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		text = "the port of %s is in use; stop the program that has it, or write another one"
	case errors.Is(err, syscall.EACCES):
		text = "this user may not listen on %s; write a port above 1023"
	}
	return &listenError{key + ": " + fmt.Sprintf(text, addr), err}
}

// Addr is the address that the listener got, with the real port where port 0 was asked for.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Run serves until ctx ends, then lets requests in progress finish for a few seconds. It may be called once.
func (s *Server) Run(ctx context.Context) error {
	served := make(chan error, 1)
	go func() { served <- s.server.Serve(s.listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve %s: %w", s.Addr(), err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.grace)
	defer cancel()
	if err := s.server.Shutdown(grace); err != nil {
		s.log.Warn().Err(err).Msg("requests were cut off at shutdown; the homeserver repeats them")
		_ = s.server.Close() // what remains is only connections
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", s.Addr(), err)
	}
	return nil
}

// Close gives the port back where Run is not going to be called.
func (s *Server) Close() error { return s.listener.Close() }

// debugLines receives what net/http complains about: broken connections and the like.
type debugLines struct{ log zerolog.Logger }

func (d debugLines) Write(line []byte) (int, error) {
	d.log.Debug().Bytes("detail", line).Msg("HTTP connection failed")
	return len(line), nil
}
