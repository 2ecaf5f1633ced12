package store

import (
	"context"
	"time"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix/id"
)

// AuditEntry is a change as people read it: the intent together with its outcome, or a note.
type AuditEntry struct {
	Ref      int64
	TS       time.Time
	Actor    string
	Door     string
	RoomID   id.RoomID
	EventID  id.EventID
	Command  string
	Target   string
	Reason   string
	Risk     string
	Outcome  string // empty while it is not known
	Detail   string
	Finished time.Time // when the outcome was recorded; zero without one
}

// AuditFilter says which entries are wanted. Zero fields do not restrict.
type AuditFilter struct {
	By      string    // part of the actor
	Command string    // registered name or its first words
	Target  string    // part of the target
	Since   time.Time // not before
	Before  int64     // only references below this one: the next value of the page before
	Limit   int       // 25 if zero
}

const (
	auditEntryColumns = `i.id, i.ts, i.actor, i.door, i.room_id, i.event_id, i.command, i.target, i.reason, i.risk,
		coalesce(o.outcome, i.outcome), coalesce(o.detail, i.detail), coalesce(o.ts, 0)
		FROM audit i LEFT JOIN audit o ON o.kind = 'outcome' AND o.ref = i.id AND i.kind = 'intent'`
	auditList = `SELECT ` + auditEntryColumns + ` WHERE i.kind IN ('intent','note')
		AND (?1 = '' OR instr(i.actor, ?1) > 0)
		AND (?2 = '' OR i.command = ?2 OR substr(i.command, 1, length(?2) + 1) = ?2 || ' ')
		AND (?3 = '' OR instr(i.target, ?3) > 0)
		AND i.ts >= ?4 AND (?5 = 0 OR i.id < ?5)
		ORDER BY i.id DESC LIMIT ?6`
)

// AuditList returns a page of entries, newest first, and the value of AuditFilter.Before for the next page, 0 after
// the last.
func (s *Store) AuditList(ctx context.Context, f AuditFilter) (entries []AuditEntry, next int64, err error) {
	if f.Limit <= 0 {
		f.Limit = 25
	}
	entries, err = many[AuditEntry](ctx, s, "list audit records", auditList, f.By, f.Command, f.Target, ms(f.Since), f.Before, f.Limit+1)
	if err != nil {
		return nil, 0, err
	}
	if len(entries) > f.Limit {
		entries = entries[:f.Limit]
		next = entries[f.Limit-1].Ref
	}
	return entries, next, nil
}

// AuditEntry returns the records of a reference: the intent and, when there is one, its outcome; or a note. The number
// of an outcome gives its intent, too. It is empty when there is none.
func (s *Store) AuditEntry(ctx context.Context, ref int64) ([]AuditRecord, error) {
	record, ok, err := one[AuditRecord](ctx, s, "read audit record", auditOne, ref)
	if err != nil || !ok {
		return nil, err
	}
	if record.Kind == AuditOutcomeKind {
		return s.AuditEntry(ctx, record.Ref)
	}
	outcome, err := many[AuditRecord](ctx, s, "read outcome", auditByRef, ref)
	if err != nil {
		return nil, err
	}
	return append([]AuditRecord{record}, outcome...), nil
}

func (e *AuditEntry) scan(r dbutil.Scannable) error {
	return r.Scan(&e.Ref, at(&e.TS), &e.Actor, &e.Door, &e.RoomID, &e.EventID, &e.Command, &e.Target, &e.Reason, &e.Risk,
		&e.Outcome, &e.Detail, at(&e.Finished))
}
