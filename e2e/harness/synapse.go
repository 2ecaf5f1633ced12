package harness

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"caretaker/homeserver"
)

// sharedPlaces is how many bots one shared server is prepared for: a server reads registrations only at its start, and
// restarting it would disturb the other tests.
const sharedPlaces = 16

// Synapse is a real homeserver with places for bots.
type Synapse struct {
	*homeserver.Server

	mu     sync.Mutex // guards the places
	places []place    // prepared and not taken
	made   int        // places so far, taken ones included
	all    []string   // all registrations installed
}

// Shared returns a running server that several tests use at once, with a fresh place for a bot. A test must not stop,
// restart or overload it, and must expect users and rooms that are not its own.
func Shared(t testing.TB) *Synapse {
	t.Helper()
	current.mu.Lock()
	defer current.mu.Unlock()
	if current.shared != nil && current.shared.free() > 0 {
		return current.shared
	}
	s, err := current.start(t, homeserver.Options{})
	if err == nil {
		err = s.prepare(t, sharedPlaces)
	}
	if err != nil {
		t.Fatal(err)
	}
	current.shared = s
	return s
}

// StartSynapse returns a server of the test's own, which ends with the test. It takes two seconds.
func StartSynapse(t testing.TB, opts homeserver.Options) *Synapse {
	t.Helper()
	current.mu.Lock()
	s, err := current.start(t, opts)
	current.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}

// start starts a server; the caller holds the lock.
func (w *world) start(t testing.TB, opts homeserver.Options) (*Synapse, error) {
	installation, err := w.install()
	if err != nil {
		return nil, err
	}
	if opts.Dir == "" {
		if opts.Dir, err = os.MkdirTemp(w.dir, "synapse-"); err != nil {
			return nil, fmt.Errorf("make a directory for Synapse: %w", err)
		}
	}
	server, err := homeserver.Start(t.Context(), installation, opts)
	if err != nil {
		return nil, err
	}
	w.servers = append(w.servers, server)
	return &Synapse{Server: server}, nil
}

func (s *Synapse) free() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.places)
}

// take returns a place whose registration the server knows. On a server of the test's own that may restart it.
func (s *Synapse) take(t testing.TB, initArguments []string) (place, error) {
	if len(initArguments) == 0 {
		if p, ok := s.pop(); ok {
			return p, nil
		}
	}
	if err := s.prepare(t, 1, initArguments...); err != nil {
		return place{}, err
	}
	p, ok := s.pop()
	if !ok {
		return place{}, errors.New("a prepared place was taken by somebody else")
	}
	return p, nil
}

func (s *Synapse) pop() (place, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.places) == 0 {
		return place{}, false
	}
	last := len(s.places) - 1
	p := s.places[last]
	s.places = s.places[:last]
	return p, true
}

// prepare makes n places as an operator would: `caretaker init` with the shared secret while the server does not know
// the registration, so that the bots' accounts become server admins, then the registrations, then a restart.
func (s *Synapse) prepare(t testing.TB, n int, initArguments ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	made := make([]place, n)
	failures := make([]error, n)
	var group sync.WaitGroup
	limit := make(chan struct{}, 4)
	for i := range n {
		s.made++
		number := s.made
		group.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			made[i], failures[i] = initPlace(t, s.Server, number, initArguments)
		})
	}
	group.Wait()
	if err := errors.Join(failures...); err != nil {
		return err
	}
	for _, p := range made {
		s.all = append(s.all, p.registration)
	}
	s.places = append(s.places, made...)
	s.SetRegistrations(slices.Clone(s.all)...)
	return s.Restart(t.Context())
}
