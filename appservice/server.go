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

// Listen opens the port at addr ("host:port"). A port that cannot be had is an error right away.
func Listen(addr string, handler http.Handler, log zerolog.Logger) (*Server, error) {
	listener, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("listen on %s: the port is in use; stop the program that has it, or set another appservice.listen: %w", addr, err)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("listen on %s: not permitted; set appservice.listen to a port above 1023: %w", addr, err)
	case err != nil:
		return nil, fmt.Errorf("listen on %s: set appservice.listen to host:port with an address of this machine: %w", addr, err)
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
	<-served
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
