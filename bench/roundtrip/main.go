// Command roundtrip compares how long a person waits for caretaker's answer to "!admin whoami" with how long for the
// answer of the least that a bot can be: mautrix's application service that replies with one message and keeps nothing.
// Both work for the same throw-away Synapse, one after the other in pairs, so that the ratio means something on any
// machine.
//
// The time begins when the person's client begins to send the message and ends when the reply is in its /sync.
package main

import (
	"context"
	"errors"
	"flag"
	"time"

	"caretaker/bench"
)

// want is how much longer than the least caretaker may take, at the median.
const want = 1.2

// settle is the pause after each answer: a server that still works on the last one would be measured with the next.
const settle = 100 * time.Millisecond

func main() {
	pairs := flag.Int("pairs", 100, "pairs of measurements")
	bench.Main(10*time.Minute, func(ctx context.Context, run *bench.Run) error { return measure(ctx, run, *pairs) })
}

func measure(ctx context.Context, run *bench.Run, pairs int) (err error) {
	echo, err := newEcho(run)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, echo.close()) }()
	site, err := bench.NewSite(ctx, run, echo.file)
	if err != nil {
		return err
	}
	defer site.Close()
	if err := echo.run(ctx, site.Synapse.URL); err != nil {
		return err
	}
	daemon, err := site.StartDaemon()
	if err != nil {
		return err
	}
	if err := daemon.AwaitReady(ctx); err != nil {
		return err
	}
	c := &comparison{site: site}
	if c.ours.room, err = site.Room(ctx, site.Bot); err != nil {
		return err
	}
	if c.theirs.room, err = site.Room(ctx, echo.user.String()); err != nil {
		return err
	}
	c.ours.bot, c.ours.marks, c.theirs.bot = site.Bot, true, echo.user.String()
	if err := c.measure(ctx, 10); err != nil { // warm
		return err
	}
	c.ours.forget()
	c.theirs.forget()
	if err := c.measure(ctx, pairs); err != nil {
		return err
	}
	c.report(run)
	return daemon.Stop(ctx)
}

// comparison alternates between the two bots.
type comparison struct {
	site         *bench.Site
	ours, theirs subject
}

// subject is one bot with what was measured of it.
type subject struct {
	bot, room string
	marks     bool            // it reacts to the message after its reply
	whole     []time.Duration // from sending to the reply
	sent      []time.Duration // from the homeserver's answer to the sender
}

func (s *subject) forget() { s.whole, s.sent = nil, nil }

// measure lets each bot be the first in every other pair.
func (c *comparison) measure(ctx context.Context, pairs int) error {
	for i := range pairs {
		turns := []*subject{&c.theirs, &c.ours}
		if i%2 == 1 {
			turns[0], turns[1] = turns[1], turns[0]
		}
		for _, s := range turns {
			if err := c.ask(ctx, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// ask measures one command.
func (c *comparison) ask(ctx context.Context, s *subject) error {
	start := time.Now()
	event, err := c.site.Owner.SendText(ctx, s.room, "!admin whoami")
	if err != nil {
		return err
	}
	sent := time.Now()
	if err := c.site.AwaitReply(ctx, s.room, s.bot, event); err != nil {
		return err
	}
	s.whole, s.sent = append(s.whole, time.Since(start)), append(s.sent, time.Since(sent))
	if s.marks {
		if err := c.site.Owner.AwaitMark(ctx, s.room, event, "✅"); err != nil {
			return err
		}
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(settle):
		return nil
	}
}

func (c *comparison) report(run *bench.Run) {
	for _, s := range []struct {
		name string
		of   *subject
	}{{"mautrix echo", &c.theirs}, {"caretaker", &c.ours}} {
		run.Note("%-12s  from sending p50 %6.1f ms, p99 %6.1f ms; from the end of sending p50 %6.1f ms, p99 %6.1f ms", s.name,
			milliseconds(bench.Median(s.of.whole)), milliseconds(bench.Quantile(s.of.whole, 0.99)),
			milliseconds(bench.Median(s.of.sent)), milliseconds(bench.Quantile(s.of.sent, 0.99)))
	}
	run.Note("ratio from the end of sending, p50: %.2f ×", bench.Ratio(bench.Median(c.ours.sent), bench.Median(c.theirs.sent)))
	run.AtMost("answer to whoami against mautrix's echo, p50", bench.Ratio(bench.Median(c.ours.whole), bench.Median(c.theirs.whole)), want, "×")
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }
