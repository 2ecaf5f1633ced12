// Command list compares a long list in the terminal with what curl needs for the same request: caretaker is to cost
// little more than the homeserver's own work. Both write to a file, one after the other in pairs, on a throw-away
// Synapse, so that the ratio means something on any machine.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"caretaker/bench"
)

// The targets: how much longer than curl, at the median, and how much memory at most.
const (
	wantTime   = 1.3
	wantMemory = 40 << 20
)

func main() {
	var opts options
	flag.IntVar(&opts.users, "users", 10_000, "users on the server")
	flag.IntVar(&opts.pairs, "pairs", 15, "pairs of measurements, of which the median counts")
	bench.Main(5*time.Minute, func(ctx context.Context, run *bench.Run) error { return measure(ctx, run, opts) })
}

type options struct{ users, pairs int }

func measure(ctx context.Context, run *bench.Run, opts options) error {
	site, err := bench.NewSite(ctx, run)
	if err != nil {
		return err
	}
	defer site.Close()
	if err := fill(ctx, site, opts.users); err != nil {
		return err
	}
	c, err := newComparison(site, opts.users)
	if err != nil {
		return err
	}
	if err := c.pair(ctx); err != nil { // warm
		return err
	}
	if err := c.same(opts.users); err != nil {
		return err
	}
	c.ours.forget()
	c.theirs.forget()
	for range opts.pairs {
		if err := c.pair(ctx); err != nil {
			return err
		}
	}
	return c.report(ctx, run)
}

// fill adds users while the homeserver is down.
func fill(ctx context.Context, site *bench.Site, users int) error {
	if err := site.Synapse.Stop(ctx); err != nil {
		return err
	}
	if err := site.Synapse.FillUsers(ctx, users); err != nil {
		return err
	}
	return site.Synapse.Resume(ctx)
}

// comparison is one request, made by two programs.
type comparison struct{ ours, theirs subject }

// subject is a program with what was measured of it.
type subject struct {
	command func(ctx context.Context) *exec.Cmd
	file    string // that its output goes to
	took    []time.Duration
	memory  int64 // at its peak, in bytes
}

func (s *subject) forget() { s.took, s.memory = nil, 0 }

func newComparison(site *bench.Site, users int) (*comparison, error) {
	token, err := os.ReadFile(filepath.Join(site.Dir, "admin.token"))
	if err != nil {
		return nil, fmt.Errorf("read the token that curl is to use: %w", err)
	}
	limit := fmt.Sprint(users)
	c := new(comparison)
	c.ours.command = func(ctx context.Context) *exec.Cmd {
		return site.Command(ctx, "-c", site.ConfigFile(), "-o", "json", "user", "list", "-l", limit)
	}
	c.theirs.command = func(ctx context.Context) *exec.Cmd {
		return exec.CommandContext(ctx, "curl", "--silent", "--fail", "--header", "Authorization: Bearer "+strings.TrimSpace(string(token)),
			site.Synapse.URL+"/_synapse/admin/v2/users?deactivated=false&from=0&limit="+limit+"&locked=false")
	}
	c.ours.file, c.theirs.file = filepath.Join(site.Dir, "ours.json"), filepath.Join(site.Dir, "theirs.json")
	return c, nil
}

func (c *comparison) pair(ctx context.Context) error {
	return errors.Join(c.theirs.measure(ctx), c.ours.measure(ctx))
}

// measure runs the program once.
func (s *subject) measure(ctx context.Context) error {
	out, err := os.Create(s.file)
	if err != nil {
		return fmt.Errorf("make a file: %w", err)
	}
	defer out.Close()
	cmd := s.command(ctx)
	var complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = out, &complaint
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, complaint.String())
	}
	s.took = append(s.took, time.Since(start))
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.memory = max(s.memory, usage.Maxrss<<10) // kilobytes on Linux
	}
	return nil
}

// same makes sure that both got everything, and the same.
func (c *comparison) same(users int) error {
	var compact [2]bytes.Buffer
	for i, s := range []subject{c.ours, c.theirs} {
		content, err := os.ReadFile(s.file)
		if err == nil {
			err = json.Compact(&compact[i], content)
		}
		if err != nil {
			return fmt.Errorf("read what was listed: %w", err)
		}
	}
	if !bytes.Equal(compact[0].Bytes(), compact[1].Bytes()) {
		return errors.New("caretaker and curl got different answers")
	}
	if got := bytes.Count(compact[0].Bytes(), []byte(`"name":`)); got < users {
		return fmt.Errorf("%d of %d users were listed", got, users)
	}
	return nil
}

func (c *comparison) report(ctx context.Context, run *bench.Run) error {
	version, err := exec.CommandContext(ctx, "curl", "--version").Output()
	if err != nil {
		return fmt.Errorf("ask curl for its version: %w", err)
	}
	words, _, _ := strings.Cut(string(version), " (")
	size, err := os.Stat(c.theirs.file)
	if err != nil {
		return err
	}
	run.Note("%s; an answer of %.1f MB", words, float64(size.Size())/1e6)
	ours, theirs := bench.Median(c.ours.took), bench.Median(c.theirs.took)
	run.Note("curl p50 %.0f ms, caretaker p50 %.0f ms", theirs.Seconds()*1000, ours.Seconds()*1000)
	run.AtMost("user list in JSON against curl, p50", bench.Ratio(ours, theirs), wantTime, "×")
	// The kernel counts what this process had when it started the other one, so its own peak is the least it can tell.
	own, err := bench.OwnMemory("VmHWM")
	if err != nil {
		return err
	}
	run.Note("peak memory of this program, below which nothing can be seen: %.1f MB", float64(own)/(1<<20))
	run.AtMost("peak memory of caretaker", float64(c.ours.memory)/(1<<20), wantMemory>>20, "MB")
	return nil
}
