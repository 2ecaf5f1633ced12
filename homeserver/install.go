package homeserver

import (
	"context"
	"crypto/sha256"
	_ "embed" // for the list of packages
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// SynapseVersion is the release that is installed.
const SynapseVersion = "1.163.2"

// requirements pin Synapse and everything it needs, so that two machines get the same server.
//
//go:embed requirements.txt
var requirements string

// remedy is what to type where Python or a part of it is missing.
const remedy = "install Python 3.10 or newer with venv (Debian, Ubuntu: apt install python3-venv; Fedora: dnf install python3; " +
	"macOS: brew install python3)"

// Installation is an installed homeserver, good for any number of servers.
type Installation struct {
	// Python is the interpreter that has Synapse.
	Python string
}

func (i Installation) command() []string {
	return []string{i.Python, "-m", "synapse.app.homeserver", "-c", "homeserver.yaml"}
}

// InstallSynapse returns the Synapse below cacheDir and installs it first where it is missing: half a minute, 180 MB,
// from the Python package index. Several processes may call it at once; one installs, the others wait. Progress goes to
// log, one line per step, which may be nil.
func InstallSynapse(ctx context.Context, cacheDir string, log io.Writer) (Installation, error) {
	if log == nil {
		log = io.Discard
	}
	cacheDir, err := filepath.Abs(cacheDir)
	if err != nil {
		return Installation{}, fmt.Errorf("find the cache directory: %w", err)
	}
	target := filepath.Join(cacheDir, "synapse-"+SynapseVersion)
	if installed(ctx, target) {
		return installation(target), nil
	}
	if err := os.MkdirAll(cacheDir, 0o755); err != nil {
		return Installation{}, fmt.Errorf("make the cache directory: %w", err)
	}
	unlock, err := lockFile(ctx, target+".lock", func() {
		fmt.Fprintln(log, "Waiting for another process that installs Synapse …")
	})
	if err != nil {
		return Installation{}, err
	}
	defer unlock()
	if installed(ctx, target) { // somebody else did while we waited
		return installation(target), nil
	}
	if err := install(ctx, target, log); err != nil {
		return Installation{}, fmt.Errorf("install Synapse %s: %w", SynapseVersion, err)
	}
	return installation(target), nil
}

func installation(target string) Installation {
	return Installation{Python: filepath.Join(target, "bin", "python")}
}

// install builds the environment beside its place and moves it there when it is complete.
func install(ctx context.Context, target string, log io.Writer) error {
	python, err := findPython(ctx)
	if err != nil {
		return err
	}
	building := target + ".building"
	if err := errors.Join(os.RemoveAll(building), os.RemoveAll(target)); err != nil {
		return fmt.Errorf("clear what an earlier installation left: %w", err)
	}
	fmt.Fprintf(log, "Installing Synapse %s into %s (once, about 30 s) …\n", SynapseVersion, target)
	if out, err := exec.CommandContext(ctx, python, "-m", "venv", building).CombinedOutput(); err != nil {
		return fmt.Errorf("make a virtual environment: %w; %s\n%s", err, remedy, tail(out))
	}
	if err := installPackages(ctx, building, log); err != nil {
		return err
	}
	mark, err := completionMark(ctx, building)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(building, "complete"), []byte(mark), 0o600); err != nil {
		return fmt.Errorf("mark the installation: %w", err)
	}
	if err := os.Rename(building, target); err != nil {
		return fmt.Errorf("put the installation in place: %w", err)
	}
	return nil
}

// installPackages installs the pinned packages. A Python for which one of the pins has no release still gets the same
// Synapse, with whatever fits.
func installPackages(ctx context.Context, venv string, log io.Writer) error {
	list := filepath.Join(venv, "requirements.txt")
	if err := os.WriteFile(list, []byte(requirements), 0o600); err != nil {
		return fmt.Errorf("write the list of packages: %w", err)
	}
	pinned := pip(ctx, venv, "--requirement", list)
	if pinned == nil || ctx.Err() != nil {
		return pinned
	}
	fmt.Fprintln(log, "The pinned packages do not fit this Python; installing what does …")
	if err := pip(ctx, venv, "matrix-synapse=="+SynapseVersion); err != nil {
		return errors.Join(pinned, err)
	}
	return nil
}

func pip(ctx context.Context, venv string, packages ...string) error {
	argv := append([]string{"-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"}, packages...)
	out, err := exec.CommandContext(ctx, installation(venv).Python, argv...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("pip install %s: %w\n%s", strings.Join(packages, " "), err, tail(out))
	}
	return nil
}

// findPython returns a Python that can make virtual environments, or says what to install.
func findPython(ctx context.Context) (string, error) {
	python, err := exec.LookPath("python3")
	if err != nil {
		return "", errors.New("python3 was not found; " + remedy)
	}
	const probe = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"
	if out, err := exec.CommandContext(ctx, python, "-c", probe).CombinedOutput(); err != nil {
		if reason := tail(out); reason != "" {
			return "", fmt.Errorf("%s cannot make virtual environments; %s\n%s", python, remedy, reason)
		}
		return "", fmt.Errorf("%s is too old; %s", python, remedy)
	}
	return python, nil
}

// installed reports whether target holds a complete installation that this machine's Python can still run.
func installed(ctx context.Context, target string) bool {
	found, err := os.ReadFile(filepath.Join(target, "complete"))
	if err != nil {
		return false
	}
	want, err := completionMark(ctx, target)
	return err == nil && string(found) == want
}

// completionMark names what was installed for which Python: a newer system Python finds nothing in the old
// environment, and a changed list of packages asks for a new one.
func completionMark(ctx context.Context, venv string) (string, error) {
	const version = "import sys; print('python %d.%d' % sys.version_info[:2])"
	out, err := exec.CommandContext(ctx, installation(venv).Python, "-c", version).Output()
	if err != nil {
		return "", fmt.Errorf("run the installed Python: %w", err)
	}
	sum := sha256.Sum256([]byte(requirements))
	return string(out) + "requirements " + hex.EncodeToString(sum[:]) + "\n", nil
}

// tail keeps the end of a tool's output, where its complaint is.
func tail(out []byte) string {
	const limit = 2000
	out = out[max(0, len(out)-limit):]
	return strings.TrimSpace(string(out))
}
