package store

import (
	"context"
	"fmt"
	"time"
)

// A time too far ahead was stored before the clock was set back; it must not silence anybody for longer than asked.
const oncePer = `INSERT INTO once (key, until_ts) VALUES (?1, ?3)
	ON CONFLICT (key) DO UPDATE SET until_ts = excluded.until_ts WHERE once.until_ts <= ?2 OR once.until_ts > ?3`

// OncePer returns true for the first call with a key and again when window has passed since the last true.
func (s *Store) OncePer(ctx context.Context, key string, window time.Duration) (first bool, err error) {
	now := s.now()
	n, err := s.exec(ctx, oncePer, key, ms(now), ms(now.Add(window)))
	if err != nil {
		return false, fmt.Errorf("look up %s: %w", key, err)
	}
	return n == 1, nil
}
