package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"caretaker/e2e/harness"
)

// hints are what errors tell to do next. Each is tried once, in a room or in a shell that finds the program.
type hints struct {
	t     *testing.T
	who   *harness.User
	room  string
	dir   string
	path  string
	tried map[string]bool
}

func newHints(t *testing.T, bot *harness.Bot, who *harness.User, room string) *hints {
	t.Helper()
	bin := t.TempDir()
	if err := os.Symlink(harness.Binary(t), filepath.Join(bin, "caretaker")); err != nil {
		t.Fatal(err)
	}
	return &hints{t, who, room, bot.Dir, bin + ":" + os.Getenv("PATH"), map[string]bool{}}
}

func (h *hints) first(hint string) bool {
	again := h.tried[hint]
	h.tried[hint] = true
	return !again
}

// inRoom pastes a hint into the room. It may fail, but not because it cannot be read.
func (h *hints) inRoom(hint string) {
	h.t.Helper()
	if !h.first(hint) {
		return
	}
	if answer := h.who.Ask(h.room, hint); answer.Status == "usage" {
		h.t.Errorf("the hint %q is a usage error itself: %s", hint, answer.Plain)
	}
}

// inShell pastes a hint into a shell.
func (h *hints) inShell(hint string) {
	h.t.Helper()
	if !h.first(hint) {
		return
	}
	cmd := exec.CommandContext(harness.Step(h.t), "sh", "-c", hint)
	cmd.Dir = h.dir
	cmd.Env = []string{"PATH=" + h.path, "HOME=" + h.dir, "TZ=UTC", "LANG=C.UTF-8"}
	said, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		h.t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code == 2 || code > 6 {
		h.t.Errorf("the hint %q ends with exit status %d: %s", hint, code, said)
	}
}
