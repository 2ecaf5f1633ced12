package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix/id"
)

// Errors of AuditOutcome.
var (
	ErrNoIntent        = errors.New("there is no intent with this reference")
	ErrOutcomeRecorded = errors.New("the outcome is recorded already")
)

// AuditKind is what a record says.
type AuditKind string

// The kinds of audit records.
const (
	AuditIntentKind     AuditKind = "intent"     // a change that is about to be made
	AuditOutcomeKind    AuditKind = "outcome"    // what became of it
	AuditNoteKind       AuditKind = "note"       // something worth keeping that changed nothing: denied, forged
	AuditCheckpointKind AuditKind = "checkpoint" // its hash was told to somebody outside
)

// String returns the kind as it is stored.
func (k AuditKind) String() string { return string(k) }

// AuditRecord is one link of the chain. It is never changed and never deleted.
type AuditRecord struct {
	ID       int64
	Kind     AuditKind
	Ref      int64     // of an outcome the intent's ID, of the others their own
	TS       time.Time // now if zero
	Actor    string    // user id, "terminal:USER" or "schedule:NAME"
	Door     string    // room, terminal, schedule …
	RoomID   id.RoomID
	EventID  id.EventID
	Command  string // registered name
	Target   string
	Reason   string
	Risk     string
	Outcome  string
	Detail   string // masked
	PrevHash string
	Hash     string
}

const (
	auditColumns = `id, kind, ref, ts, actor, door, room_id, event_id, command, target, reason, risk, outcome, detail, prev_hash, hash`
	auditInsert  = `INSERT INTO audit (` + auditColumns + `) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)`
	// The sequence remembers the last number when the newest records were removed, so that they stay missing.
	auditTail = `SELECT coalesce(max(id), 0), coalesce((SELECT hash FROM audit ORDER BY id DESC LIMIT 1), ''),
		coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit'), 0) FROM audit`
	auditOne   = `SELECT ` + auditColumns + ` FROM audit WHERE id = ?1`
	auditByRef = `SELECT ` + auditColumns + ` FROM audit WHERE ref = ?1 AND kind = 'outcome'`
	auditOpen  = `SELECT ` + auditColumns + ` FROM audit i WHERE kind = 'intent' AND door IN (SELECT value FROM json_each(?1))
		AND NOT EXISTS (SELECT 1 FROM audit o WHERE o.kind = 'outcome' AND o.ref = i.id) ORDER BY id`
)

// AuditIntent records a change before it is made and returns the reference under which its outcome is to be recorded.
// When it fails, the change must not be made.
func (s *Store) AuditIntent(ctx context.Context, record AuditRecord) (ref int64, err error) {
	record.Kind = AuditIntentKind
	record, err = s.auditAppend(ctx, record)
	return record.ID, err
}

// AuditOutcome records what became of an intent, once; the error is ErrOutcomeRecorded for the second time and
// ErrNoIntent when there is no such intent.
func (s *Store) AuditOutcome(ctx context.Context, ref int64, outcome, detail string) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		intent, ok, err := one[AuditRecord](ctx, s, "read intent", auditOne, ref)
		if err != nil {
			return err
		}
		if !ok || intent.Kind != AuditIntentKind {
			return fmt.Errorf("audit record %d: %w", ref, ErrNoIntent)
		}
		_, err = s.auditAppend(ctx, AuditRecord{Kind: AuditOutcomeKind, Ref: ref, Outcome: outcome, Detail: detail})
		if isUnique(err) {
			return fmt.Errorf("audit record %d: %w", ref, ErrOutcomeRecorded)
		}
		return err
	})
}

// AuditNote records something that changed nothing and returns its reference.
func (s *Store) AuditNote(ctx context.Context, record AuditRecord) (ref int64, err error) {
	record.Kind = AuditNoteKind
	record, err = s.auditAppend(ctx, record)
	return record.ID, err
}

// AuditCheckpoint appends a record whose number and hash the caller then tells somebody outside, named in detail: it
// vouches for all records before it.
func (s *Store) AuditCheckpoint(ctx context.Context, detail string) (record AuditRecord, err error) {
	err = s.InTx(ctx, func(ctx context.Context) error {
		if record, err = s.auditAppend(ctx, AuditRecord{Kind: AuditCheckpointKind, Detail: detail}); err != nil {
			return err
		}
		told, err := s.lastCheckpoint(ctx)
		if err != nil || told.ID >= record.ID { // the end was cut off, which is to be seen for ever
			return err
		}
		return s.SetSetting(ctx, checkpointSetting, fmt.Sprintf("%d %s", record.ID, record.Hash))
	})
	return record, err
}

// checkpointSetting holds number and hash of the last checkpoint.
const checkpointSetting = "audit_checkpoint"

// lastCheckpoint is the last one that was told to somebody, with number and hash only; zero if there was none.
func (s *Store) lastCheckpoint(ctx context.Context) (AuditRecord, error) {
	text, _, err := s.Setting(ctx, checkpointSetting)
	number, hash, _ := strings.Cut(text, " ")
	id, _ := strconv.ParseInt(number, 10, 64) // nothing else is written there
	return AuditRecord{ID: id, Hash: hash}, err
}

// AuditHead returns the newest record's number and hash; 0 and empty when there is none.
func (s *Store) AuditHead(ctx context.Context) (id int64, hash string, err error) {
	tail, _, err := one[auditEnd](ctx, s, "read head of the audit records", auditTail)
	return tail.ID, tail.Hash, err
}

// AuditOpenIntents returns the intents without an outcome that came through the given doors, oldest first. After a
// crash these are the changes whose outcome is unknown; those of another process are not ours to end.
func (s *Store) AuditOpenIntents(ctx context.Context, doors ...string) ([]AuditRecord, error) {
	return many[AuditRecord](ctx, s, "read open intents", auditOpen, jsonList(doors))
}

// auditAppend adds a record to the chain. Reading the head and inserting is one writing transaction, so that several
// processes can append.
func (s *Store) auditAppend(ctx context.Context, r AuditRecord) (AuditRecord, error) {
	err := s.InTx(ctx, func(ctx context.Context) error {
		tail, _, err := one[auditEnd](ctx, s, "read head of the audit records", auditTail)
		if err != nil {
			return err
		}
		r.ID = max(tail.ID, tail.Sequence) + 1
		if r.Kind != AuditOutcomeKind {
			r.Ref = r.ID
		}
		r.TS = fromMS(ms(timeOr(r.TS, s.now())))
		r.PrevHash = tail.Hash
		r.Hash = r.sum()
		_, err = s.exec(ctx, auditInsert, r.ID, r.Kind, r.Ref, ms(r.TS), r.Actor, r.Door, r.RoomID, r.EventID, r.Command,
			r.Target, r.Reason, r.Risk, r.Outcome, r.Detail, r.PrevHash, r.Hash)
		return err
	})
	if err != nil {
		return AuditRecord{}, fmt.Errorf("write audit record: %w", err)
	}
	return r, nil
}

func (r *AuditRecord) scan(row dbutil.Scannable) error {
	return row.Scan(&r.ID, &r.Kind, &r.Ref, at(&r.TS), &r.Actor, &r.Door, &r.RoomID, &r.EventID, &r.Command, &r.Target,
		&r.Reason, &r.Risk, &r.Outcome, &r.Detail, &r.PrevHash, &r.Hash)
}

// auditEnd is where the chain ends.
type auditEnd struct {
	ID       int64
	Hash     string
	Sequence int64
}

func (e *auditEnd) scan(row dbutil.Scannable) error { return row.Scan(&e.ID, &e.Hash, &e.Sequence) }
