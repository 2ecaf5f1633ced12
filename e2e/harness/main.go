// Package harness drives the built binary from outside, as a person with a Matrix client and an operator with a
// terminal would: it starts homeservers, bots and users, and stands between them where a test wants to see or to
// disturb what they say. It knows the program by its contract only.
package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"caretaker/homeserver"
)

// patience is how long a test waits for one thing that must happen.
const patience = 30 * time.Second

// world is what the tests of one package share. Main makes and ends it.
type world struct {
	dir     string // temporary, deleted at the end
	root    string // of the module
	binary  func() (string, error)
	install func() (homeserver.Installation, error)

	mu      sync.Mutex // guards the servers
	shared  *Synapse   // nil until the first test needs it
	servers []*homeserver.Server
}

// current is set by Main before the first test runs, and only read afterwards.
var current *world

// Main runs the tests of a package that uses the harness and returns the exit status. Call it from TestMain.
func Main(m *testing.M) int {
	w, err := newWorld()
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	defer w.end()
	current = w
	return m.Run()
}

func newWorld() (*world, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "caretaker-e2e-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary directory: %w", err)
	}
	w := &world{dir: dir, root: root}
	w.binary = sync.OnceValues(w.build)
	w.install = sync.OnceValues(func() (homeserver.Installation, error) {
		return homeserver.InstallSynapse(context.Background(), filepath.Join(root, ".cache"), os.Stderr)
	})
	return w, nil
}

func (w *world) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, server := range w.servers {
		server.Kill()
	}
	if err := os.RemoveAll(w.dir); err != nil {
		fmt.Fprintln(os.Stderr, "e2e: clean up:", err)
	}
}

// Binary returns the path of the program under test: $CARETAKER_BIN, or it is built once.
func Binary(t testing.TB) string {
	t.Helper()
	path, err := current.binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func (w *world) build() (string, error) {
	if given := os.Getenv("CARETAKER_BIN"); given != "" {
		return filepath.Abs(given)
	}
	path := filepath.Join(w.dir, "caretaker")
	build := exec.Command("go", "build", "-o", path, "./cmd/caretaker") //nolint:noctx // all tests wait for it
	build.Dir = w.root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return path, nil
}

// moduleRoot is the nearest directory above that has a go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("find the module: no go.mod above the working directory")
		}
		dir = parent
	}
}
