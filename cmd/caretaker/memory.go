package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// gcPercent lets the heap grow by half of what lives, not to double of it: the daemon waits for others nearly all
	// the time, and collecting twice as often costs less than what it saves.
	gcPercent = 50
	// giveBackEvery is how long memory is kept that the last work took.
	giveBackEvery = 30 * time.Second
	// worthIt is how much must have been allocated since, in bytes, for looking through all memory.
	worthIt = 1 << 20
)

// saveMemory prefers little memory to speed, unless the environment has GOGC.
func saveMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// giveBack returns memory to the system that work has left behind, until ctx ends. The runtime would keep it for the
// next burst; a daemon that gets a few commands an hour does better without.
func giveBack(ctx context.Context) error {
	tick := time.NewTicker(giveBackEvery)
	defer tick.Stop()
	for last := uint64(0); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if now := allocated(); now-last >= worthIt {
			last = now
			debug.FreeOSMemory()
		}
	}
}

// allocated is how many bytes were taken since the start, those freed again included.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
