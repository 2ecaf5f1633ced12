// Command footprint measures what caretaker's daemon costs beside a throw-away Synapse: its memory some time after it
// is ready and after it has answered commands in one room, and how soon after its start the first command is answered,
// be it one that waited for the start or one that was sent as soon as the daemon was ready.
package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"caretaker/bench"
)

// The targets: resident memory, and the time from the start of the process to the first answer, at the median.
const (
	wantMemory = 25 << 20
	wantStart  = 300 * time.Millisecond
)

func main() {
	var opts options
	flag.DurationVar(&opts.wait, "wait", time.Minute, "how long after the daemon is ready its memory is measured")
	flag.IntVar(&opts.commands, "commands", 100, "commands that are answered before")
	flag.IntVar(&opts.starts, "starts", 9, "starts of each kind, of which the median counts")
	bench.Main(5*time.Minute, func(ctx context.Context, run *bench.Run) error { return measure(ctx, run, opts) })
}

type options struct {
	wait             time.Duration
	commands, starts int
}

func measure(ctx context.Context, run *bench.Run, opts options) error {
	site, err := bench.NewSite(ctx, run)
	if err != nil {
		return err
	}
	defer site.Close()
	room, err := firstRoom(ctx, site)
	if err != nil {
		return err
	}
	s := subject{site: site, room: room}
	if err := s.starts(ctx, run, opts.starts); err != nil {
		return err
	}
	return s.memory(ctx, run, opts)
}

// firstRoom lets the daemon make its management room, as at every first start, and enters it.
func firstRoom(ctx context.Context, site *bench.Site) (string, error) {
	daemon, err := site.StartDaemon()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	invite, err := site.Owner.WaitInvite(ctx, site.Bot)
	if err != nil {
		return "", err
	}
	if err := site.Owner.Join(ctx, invite.RoomID); err != nil {
		return "", err
	}
	return invite.RoomID, daemon.Stop(ctx)
}

// subject is the daemon with its one room.
type subject struct {
	site *bench.Site
	room string
}

// ask sends a command and returns when it is answered and marked.
func (s *subject) ask(ctx context.Context) error {
	event, err := s.site.Owner.SendText(ctx, s.room, "!admin whoami")
	if err != nil {
		return err
	}
	return s.answered(ctx, event)
}

func (s *subject) answered(ctx context.Context, event string) error {
	return s.site.AwaitReply(ctx, s.room, s.site.Bot, event)
}

// starts measures both kinds in turns.
func (s *subject) starts(ctx context.Context, run *bench.Run, n int) error {
	var waiting, fresh, ready []time.Duration
	for range n {
		took, up, err := s.start(ctx, true)
		if err != nil {
			return err
		}
		waiting, ready = append(waiting, took), append(ready, up)
		if took, up, err = s.start(ctx, false); err != nil {
			return err
		}
		fresh, ready = append(fresh, took), append(ready, up)
	}
	run.Note("start to ready: p50 %.0f ms, slowest %.0f ms", milliseconds(bench.Median(ready)), milliseconds(bench.Quantile(ready, 1)))
	for _, kind := range []struct {
		name string
		took []time.Duration
	}{{"that waited", waiting}, {"sent when ready", fresh}} {
		run.Note("start to the answer of a command %s: slowest %.0f ms", kind.name, milliseconds(bench.Quantile(kind.took, 1)))
		run.AtMost("start to the answer of a command "+kind.name+", p50", bench.Median(kind.took).Seconds(), wantStart.Seconds(), "s")
	}
	return nil
}

// start returns how long after the start of the process a command was answered, and how long the daemon took to be
// ready. The command is sent before the start, or as soon as the daemon is ready.
func (s *subject) start(ctx context.Context, before bool) (answered, ready time.Duration, err error) {
	event := ""
	if before {
		if event, err = s.site.Owner.SendText(ctx, s.room, "!admin whoami"); err != nil {
			return 0, 0, err
		}
		// The homeserver has tried to deliver it in vain by then, and waits.
		if err := pause(ctx, 500*time.Millisecond); err != nil {
			return 0, 0, err
		}
	}
	daemon, err := s.site.StartDaemon()
	if err != nil {
		return 0, 0, err
	}
	if err := daemon.AwaitReady(ctx); err != nil {
		return 0, 0, err
	}
	ready = time.Since(daemon.Started)
	if !before {
		if event, err = s.site.Owner.SendText(ctx, s.room, "!admin whoami"); err != nil {
			return 0, 0, err
		}
	}
	if err := s.answered(ctx, event); err != nil {
		return 0, 0, err
	}
	answered = time.Since(daemon.Started)
	if err := pause(ctx, 500*time.Millisecond); err != nil { // what it does at start is done by then
		return 0, 0, err
	}
	return answered, ready, daemon.Stop(ctx)
}

func (s *subject) memory(ctx context.Context, run *bench.Run, opts options) error {
	daemon, err := s.site.StartDaemon()
	if err != nil {
		return err
	}
	if err := daemon.AwaitReady(ctx); err != nil {
		return err
	}
	ready := time.Now()
	for i := range opts.commands {
		if err := s.ask(ctx); err != nil {
			return fmt.Errorf("command %d: %w", i+1, err)
		}
	}
	if err := pause(ctx, time.Until(ready.Add(opts.wait))); err != nil {
		return err
	}
	for _, name := range []string{"VmHWM", "RssAnon", "RssFile"} {
		bytes, err := daemon.Memory(name)
		if err != nil {
			return err
		}
		run.Note("%s %.1f MB", name, megabytes(bytes))
	}
	resident, err := daemon.Memory("VmRSS")
	if err != nil {
		return err
	}
	what := fmt.Sprintf("memory %s after ready and after %d commands", opts.wait, opts.commands)
	run.AtMost(what, megabytes(resident), megabytes(wantMemory), "MB")
	return daemon.Stop(ctx)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

func megabytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }
