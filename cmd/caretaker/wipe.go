package main

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"caretaker/store"
)

// wipeAgain is how long to wait for whoever still reads an older state of the database.
const wipeAgain = time.Second

// wiper removes from the database's files what a secret left there. A backup or another process that reads at that very
// moment delays it; then it is tried again until it is done.
type wiper struct {
	store *store.Store
	log   zerolog.Logger
	left  chan struct{} // has an entry while there is something left to wipe
}

func newWiper(s *store.Store, log zerolog.Logger) *wiper {
	return &wiper{store: s, log: log, left: make(chan struct{}, 1)}
}

// wipe tries once, and leaves the rest to run.
func (w *wiper) wipe(ctx context.Context) {
	if w.try(ctx) {
		return
	}
	select {
	case w.left <- struct{}{}:
	default:
	}
}

func (w *wiper) try(ctx context.Context) bool {
	complete, err := w.store.ScrubAfterSecret(ctx)
	if err != nil && ctx.Err() == nil {
		w.log.Error().Err(err).Msg("database cannot be wiped after a secret; it is tried again")
	}
	return complete
}

// run wipes what is left until ctx ends. Closing the database does it for the last time.
func (w *wiper) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.left:
		}
		for !w.try(ctx) {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(wipeAgain):
			}
		}
		w.log.Debug().Msg("database was wiped after a secret, when nobody read it any more")
	}
}
