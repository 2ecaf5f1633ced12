// Package bench holds what the programs below it share: flags and verdicts, and a throw-away Synapse with caretaker
// beside it. Each program says what it ran on, what it measured, and which targets were missed.
package bench

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"caretaker/homeserver"
)

// Run is one run of a benchmark.
type Run struct {
	Caretaker string // path of the program to measure
	Cache     string // folder with the homeserver's installation; measurements get a folder of their own below it

	missed int
}

// Main parses the flags, those defined before included, makes the measurements and ends the process: with status 1 when
// something did not work, or, with -strict, when a target was missed. It gives up after limit.
func Main(limit time.Duration, measure func(ctx context.Context, run *Run) error) {
	run := new(Run)
	flag.StringVar(&run.Caretaker, "caretaker", "bin/caretaker", "the program to measure, as made by \"make build\"")
	flag.StringVar(&run.Cache, "cache", ".cache", "folder for the homeserver and for the databases; it should be on the disk that is to be measured")
	strict := flag.Bool("strict", false, "exit 1 when a target is missed")
	flag.Parse()
	err := run.do(limit, measure)
	if err == nil && run.missed > 0 && *strict {
		err = fmt.Errorf("%d targets missed", run.missed)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %s\n", filepath.Base(os.Args[0]), err)
		os.Exit(1)
	}
}

func (r *Run) do(limit time.Duration, measure func(ctx context.Context, run *Run) error) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not done after %s", limit))
	defer cancel()
	if err := r.introduce(ctx); err != nil {
		return err
	}
	err := measure(ctx, r)
	if ctx.Err() != nil {
		err = errors.Join(context.Cause(ctx), err)
	}
	return err
}

// introduce prints what was typed and what is measured.
func (r *Run) introduce(ctx context.Context) (err error) {
	if r.Caretaker, err = filepath.Abs(r.Caretaker); err != nil {
		return fmt.Errorf("find the program: %w", err)
	}
	version, err := exec.CommandContext(ctx, r.Caretaker, "--version").Output()
	if err != nil {
		return fmt.Errorf("ask %s for its version (it is made by \"make build\"): %w", r.Caretaker, err)
	}
	fmt.Printf("$ %s\n", strings.Join(append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...), " "))
	fmt.Printf("  %s, Synapse %s on SQLite, %s, %s/%s, %d processors with a load of %s\n", strings.TrimSpace(string(version)),
		homeserver.SynapseVersion, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), load())
	return nil
}

// load is how many processes wanted a processor in the last minute: what is not a ratio means little on a busy machine.
func load() string {
	content, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	lastMinute, _, _ := strings.Cut(string(content), " ")
	return lastMinute
}

// Note prints something that was measured and that has no target.
func (r *Run) Note(format string, arguments ...any) { fmt.Printf("  "+format+"\n", arguments...) }

// AtMost prints a figure with its target and whether it was met.
func (r *Run) AtMost(what string, figure, target float64, unit string) {
	verdict := "ok"
	if figure > target {
		verdict = "MISSED"
		r.missed++
	}
	fmt.Printf("%-58s %7.2f %-2s  ≤ %.2f %s\n", what, figure, unit, target, verdict)
}
