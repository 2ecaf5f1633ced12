// Package homeserver installs, starts and stops throw-away homeservers on loopback, for the demonstration and for
// end-to-end tests. Nothing here is fit for a server that people rely on: rate limits are off, password hashes are
// cheap, and the databases are meant to be deleted.
//
// A server is a child of this process: it ends with it, also when this process is killed (on Linux), and it is only
// ever addressed by the process id that was started here.
package homeserver

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// startDeadline is how long a server may take until it answers; two seconds are usual, a loaded machine needs more.
const startDeadline = 90 * time.Second

// Options say how a server is configured. The zero value of each is usable.
type Options struct {
	// Dir receives configuration, database, media and logs. It is created if missing and never deleted.
	// A directory that was used before keeps its users and rooms. Required.
	Dir string
	// ServerName is the part of user ids after the colon; default "test.localhost".
	ServerName string
	// Registrations are paths of application service registration files, read at every start.
	Registrations []string
	// RateLimits leaves the server's rate limits at their defaults; otherwise they are too high to be met.
	RateLimits bool
	// NoServerNotices leaves out what allows admins to send server notices.
	NoServerNotices bool
	// Port is the client-server port on 127.0.0.1; default: a free one.
	Port int
	// Extra is laid over the server's configuration, key by key at the top level.
	Extra map[string]any
}

// Server is one throw-away homeserver. Its methods may be called by several goroutines, except that starting and
// stopping is the business of one.
type Server struct {
	// URL is the base of the client-server and admin API, without a trailing slash. It survives restarts.
	URL string
	// ServerName is the part of user ids after the colon.
	ServerName string
	// Dir holds the server's files.
	Dir string
	// SharedSecret allows registration, also of admins.
	SharedSecret string

	install Installation
	opts    Options

	mu    sync.Mutex // guards child and the registrations
	child *Child     // nil before the first start
}

// Start configures a server in opts.Dir, starts it, and returns when it answers. The error of a server that does not
// come up ends with the last lines of its log.
func Start(ctx context.Context, install Installation, opts Options) (*Server, error) {
	if opts.Dir == "" {
		return nil, errors.New("homeserver: no directory given")
	}
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, fmt.Errorf("find the homeserver's directory: %w", err)
	}
	if opts.ServerName == "" {
		opts.ServerName = "test.localhost"
	}
	s := &Server{ServerName: opts.ServerName, Dir: dir, install: install, opts: opts}
	if s.SharedSecret, err = s.secret("shared-secret"); err != nil {
		return nil, err
	}
	if opts.Port == 0 {
		if s.opts.Port, err = FreePort(); err != nil {
			return nil, err
		}
	}
	s.URL = fmt.Sprintf("http://127.0.0.1:%d", s.opts.Port)
	if err := s.Resume(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Resume starts a server that was stopped, on the same port, and returns when it answers. Starting a running server is
// an error.
func (s *Server) Resume(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.child != nil && s.child.Running() {
		return fmt.Errorf("homeserver in %s is running already", s.Dir)
	}
	if err := s.configure(); err != nil {
		return err
	}
	child, err := s.launch()
	if err != nil {
		return fmt.Errorf("start the homeserver: %w", err)
	}
	s.child = child
	if err := s.awaitReady(ctx, child); err != nil {
		child.Kill()
		return fmt.Errorf("start the homeserver in %s: %w%s", s.Dir, err, s.logTail())
	}
	return nil
}

// launch starts the process; its output is appended to a file.
func (s *Server) launch() (*Child, error) {
	out, err := os.OpenFile(filepath.Join(s.Dir, "out.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	argv := s.install.command()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.Dir, out, out
	return StartChild(cmd)
}

// Stop ends the server as an operator would, and by force when ctx ends first. Stopping a stopped server is fine.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.child == nil {
		return nil
	}
	return s.child.Stop(ctx)
}

// Kill ends the server at once, like a power cut for its processes. Killing a stopped server is fine.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.child != nil {
		s.child.Kill()
	}
}

// Restart stops the server and starts it again on the same port, as an operator does after changing its configuration.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Stop(ctx); err != nil {
		return err
	}
	return s.Resume(ctx)
}

// SetRegistrations replaces the application services that the server reads at its next start.
func (s *Server) SetRegistrations(paths ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.Registrations = paths
}

// Running reports whether the server's process lives.
func (s *Server) Running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.child != nil && s.child.Running()
}

// awaitReady polls until the server answers, its process ends, or patience does.
func (s *Server) awaitReady(ctx context.Context, child *Child) error {
	ctx, cancel := context.WithTimeout(ctx, startDeadline)
	defer cancel()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-child.Done:
			return errors.New("its process ended")
		case <-ctx.Done():
			return fmt.Errorf("it does not answer at %s: %w", s.URL, ctx.Err())
		case <-tick.C:
			if s.answers(ctx) {
				return nil
			}
		}
	}
}

func (s *Server) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/_matrix/client/versions", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// secret returns a random word that stays the same for the directory, so that a used one can be started again.
func (s *Server) secret(name string) (string, error) {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return "", fmt.Errorf("make the homeserver's directory: %w", err)
	}
	path := filepath.Join(s.Dir, name)
	if kept, err := os.ReadFile(path); err == nil {
		return strings.TrimSpace(string(kept)), nil
	}
	made := randomHex(24)
	if err := os.WriteFile(path, []byte(made+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keep the homeserver's secret: %w", err)
	}
	return made, nil
}

// logTail is the end of what the server said, for an error text.
func (s *Server) logTail() string {
	var tail strings.Builder
	for _, name := range []string{"out.log", "homeserver.log"} {
		if lines := lastLines(filepath.Join(s.Dir, name), 15); lines != "" {
			fmt.Fprintf(&tail, "\n--- end of %s:\n%s", name, lines)
		}
	}
	return tail.String()
}

// lastLines returns at most the last n lines of a file, or nothing when it cannot be read.
func lastLines(path string, n int) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return hex.EncodeToString(b)
}
