// Command intake compares what the intake of application service transactions costs with what it would cost without
// durability: mautrix's own handler, which acknowledges what it holds in memory only. Both run in this process, behind
// real HTTP on loopback, one after the other in pairs, so that the ratios mean something on any machine.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"
)

// The targets: how much of the speed of the handler without durability has to remain, and how much longer than a bare
// commit an acknowledgement may take.
const (
	wantSingle  = 0.40
	wantHundred = 0.85
	wantLatency = 2.0
)

type options struct {
	dir      string
	pairs    int
	duration time.Duration
	strict   bool
}

func main() {
	var opts options
	flag.StringVar(&opts.dir, "dir", "", "folder for the databases; it should be on the disk that is to be measured (default: the system's)")
	flag.IntVar(&opts.pairs, "pairs", 7, "pairs of measurements per size, of which the median counts")
	flag.DurationVar(&opts.duration, "time", 500*time.Millisecond, "length of one measurement")
	flag.BoolVar(&opts.strict, "strict", false, "exit 1 when a target is missed")
	flag.Parse()
	if err := run(context.Background(), opts); err != nil {
		fmt.Fprintln(os.Stderr, "intake:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, opts options) error {
	missed := 0
	report := func(name string, ratio float64, ok bool, want string) {
		verdict := "ok"
		if !ok {
			verdict = "MISSED"
			missed++
		}
		fmt.Printf("%-46s %5.2f ×   %s %s\n", name, ratio, want, verdict)
	}
	for _, size := range []struct {
		events int
		want   float64
	}{{1, wantSingle}, {100, wantHundred}} {
		ratio, err := throughput(ctx, opts, size.events)
		if err != nil {
			return err
		}
		report(fmt.Sprintf("durable transactions of %d against mautrix's", size.events), ratio, ratio >= size.want, fmt.Sprintf("≥ %.2f", size.want))
	}
	p50, p99, err := latency(ctx, opts)
	if err != nil {
		return err
	}
	fmt.Printf("%-46s %5.2f ×\n", "acknowledgement against a bare commit, p50", p50)
	report("acknowledgement against a bare commit, p99", p99, p99 <= wantLatency, fmt.Sprintf("≤ %.2f", wantLatency))
	if missed > 0 && opts.strict {
		return fmt.Errorf("%d targets missed", missed)
	}
	return nil
}
