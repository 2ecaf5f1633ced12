package bot

import (
	"context"
	"time"
)

const (
	// keepFor is how long finished rows stay. Events are recognised by them, and people
	// ask what became of something.
	keepFor   = 28 * 24 * time.Hour
	tidyEvery = 24 * time.Hour
	tidyFirst = 5 * time.Minute // not while there is much to do after a start
)

// tidy deletes what has come to its end weeks ago, until ctx ends.
func (b *Bot) tidy(ctx context.Context) {
	for wait := tidyFirst; ; wait = tidyEvery {
		pause(ctx, wait)
		if ctx.Err() != nil {
			return
		}
		if err := b.Store.Tidy(ctx, b.Now().Add(-keepFor)); err != nil && ctx.Err() == nil {
			b.Log.Error().Err(err).Msg("old rows cannot be deleted")
		}
	}
}
