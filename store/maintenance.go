package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.mau.fi/util/dbutil"
)

// ScrubAfterSecret removes what was emptied in rows from the journal file as well, where copies of it stay until the
// next checkpoint. It returns false when somebody is still reading an older state: call it again later. Not in a
// transaction.
func (s *Store) ScrubAfterSecret(ctx context.Context) (complete bool, err error) {
	if s.write == nil {
		return false, ErrReadOnly
	}
	if inTx(ctx, s.write) {
		return false, errors.New("truncate journal: inside a transaction")
	}
	conn, err := s.write.RawDB.Conn(ctx)
	if err != nil {
		return false, fmt.Errorf("truncate journal: %w", err)
	}
	defer func() { _ = conn.Close() }()
	complete, err = truncateJournal(ctx, conn)
	if err != nil {
		return false, fmt.Errorf("truncate journal: %w", err)
	}
	return complete, nil
}

// truncateJournal waits shortly only: meanwhile no event can be stored.
func truncateJournal(ctx context.Context, conn *sql.Conn) (complete bool, err error) {
	if _, err := conn.ExecContext(ctx, `PRAGMA busy_timeout = 250`); err != nil {
		return false, err
	}
	defer func() {
		_, restored := conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA busy_timeout = 5000`)
		err = errors.Join(err, restored)
	}()
	var busy, frames, moved int
	err = conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved)
	return err == nil && busy == 0, err
}

// Integrity checks the structure of the database. The error is an [OpenError] with ErrDamaged that names the first
// faults.
func (s *Store) Integrity(ctx context.Context) error {
	for _, query := range []string{
		`PRAGMA quick_check(5)`, // one row "ok" when there is nothing
		`SELECT 'row of ' || "table" || ' refers to a missing row of ' || parent FROM pragma_foreign_key_check LIMIT 5`,
	} {
		faults, err := many[fault](ctx, s, "check database", query)
		if err != nil {
			return s.openError(err)
		}
		faults = slices.DeleteFunc(faults, func(f fault) bool { return f.text == "ok" })
		if len(faults) > 0 {
			return &OpenError{Path: s.path, Kind: ErrDamaged, Detail: joinFaults(faults), Remedy: remedyDamaged(s.path)}
		}
	}
	return nil
}

const (
	tidyInbox     = `DELETE FROM inbox WHERE finished_ts > 0 AND finished_ts < ?1`
	tidyUnhandled = `DELETE FROM inbox WHERE state IN ('invalid','ignored') AND received_ts < ?1`
	tidyOutbox    = `DELETE FROM outbox WHERE state <> 'waiting' AND finished_ts < ?1 AND event_id NOT IN (SELECT event_id FROM operation WHERE finished_ts = 0)`
	tidyPrompt    = `DELETE FROM prompt WHERE state <> 'open' AND answered_ts < ?1`
	tidyCursor    = `DELETE FROM cursor WHERE expires_ts < ?1`
	tidyOnce      = `DELETE FROM once WHERE until_ts < ?1`
)

// Tidy deletes what came to its end before the given time: finished events, deliveries, prompts, cursors. It must lie
// weeks back, since events are recognised by their rows. Audit records and operations stay.
func (s *Store) Tidy(ctx context.Context, before time.Time) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		for _, query := range []string{tidyInbox, tidyUnhandled, tidyOutbox, tidyPrompt, tidyCursor, tidyOnce} {
			if err := s.change(ctx, "delete old rows", query, ms(before)); err != nil {
				return err
			}
		}
		return nil
	})
}

type fault struct{ text string }

func (f *fault) scan(r dbutil.Scannable) error { return r.Scan(&f.text) }

func joinFaults(faults []fault) string {
	texts := make([]string, len(faults))
	for i, f := range faults {
		texts[i] = strings.ReplaceAll(strings.TrimSpace(f.text), "\n", ", ")
	}
	return strings.Join(texts, "; ")
}
