package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
)

const (
	auditAll      = `SELECT ` + auditColumns + ` FROM audit ORDER BY id`
	auditSequence = `SELECT seq FROM sqlite_sequence WHERE name = 'audit'`
	// What was done refers to the intent that was recorded before it, in the same transaction.
	auditRefs   = `(SELECT audit_ref AS intent FROM inbox WHERE audit_ref > 0 UNION SELECT audit_ref FROM operation WHERE audit_ref > 0)`
	auditMaxRef = `SELECT coalesce(max(intent), 0) FROM ` + auditRefs
	auditNoRef  = `SELECT coalesce(min(intent), 0) FROM ` + auditRefs + ` WHERE NOT EXISTS (SELECT 1 FROM audit WHERE id = intent AND kind = 'intent')`
)

// AuditResult is what AuditVerify found.
type AuditResult struct {
	OK       bool
	Records  int    // how many were read
	BadID    int64  // the first record that is wrong or missing, 0 if none
	Problem  string // what is wrong with it, for people
	HeadID   int64  // the newest record
	HeadHash string
}

// AuditVerify reads the whole chain and reports the first record that was changed, removed, added or moved. That records
// are missing at its end, or were written anew, is seen by what refers to them: the commands and jobs that they were the
// intents of, and the last checkpoint. What cannot be seen here is a rewrite of all of that: compare the head with a
// checkpoint told elsewhere.
func (s *Store) AuditVerify(ctx context.Context) (AuditResult, error) {
	// Read before the records: another process may append meanwhile.
	last, err := s.auditLast(ctx)
	if err != nil {
		return AuditResult{}, err
	}
	told, err := s.lastCheckpoint(ctx)
	if err != nil {
		return AuditResult{}, err
	}
	var result AuditResult
	for record, err := range s.AuditExport(ctx) {
		if err != nil {
			return AuditResult{}, err
		}
		problem, bad := result.check(record)
		if problem == "" && record.ID == told.ID && record.Hash != told.Hash {
			problem, bad = fmt.Sprintf("record %d is not the checkpoint that was told to a room", record.ID), record.ID
		}
		if problem != "" {
			result.Problem, result.BadID = problem, bad
			return result, nil
		}
		result.Records++
		result.HeadID, result.HeadHash = record.ID, record.Hash
	}
	if last = max(last, told.ID); result.HeadID < last {
		result.BadID = result.HeadID + 1
		result.Problem = fmt.Sprintf("records %d to %d are missing at the end", result.BadID, last)
		return result, nil
	}
	err = s.auditReplaced(ctx, &result)
	return result, err
}

// auditLast is the highest number that a record is known to have had.
func (s *Store) auditLast(ctx context.Context) (int64, error) {
	sequence, _, err := scalar[int64](ctx, s, "read number of audit records", auditSequence)
	if err != nil {
		return 0, err
	}
	ref, _, err := scalar[int64](ctx, s, "read references to audit records", auditMaxRef)
	return max(sequence, ref), err
}

// auditReplaced finds a record in whose place there was the intent of something that was done: after the end was cut
// off, others came.
func (s *Store) auditReplaced(ctx context.Context, result *AuditResult) error {
	bad, _, err := scalar[int64](ctx, s, "compare references to audit records", auditNoRef)
	if err != nil {
		return err
	}
	if result.OK = bad == 0; !result.OK {
		result.BadID, result.Problem = bad, fmt.Sprintf("record %d was replaced: something that was done refers to it as its intent", bad)
	}
	return nil
}

// check compares a record with the one before it, which the result holds as head.
func (v *AuditResult) check(r AuditRecord) (problem string, bad int64) {
	switch {
	case r.ID != v.HeadID+1:
		return fmt.Sprintf("record %d is missing", v.HeadID+1), v.HeadID + 1
	case r.PrevHash != v.HeadHash:
		return fmt.Sprintf("record %d does not follow from record %d", r.ID, v.HeadID), r.ID
	case r.Hash != r.sum():
		return fmt.Sprintf("record %d was changed", r.ID), r.ID
	}
	return "", 0
}

// AuditExport reads all records, oldest first, as of one moment. After an error it ends.
func (s *Store) AuditExport(ctx context.Context) iter.Seq2[AuditRecord, error] {
	return func(yield func(AuditRecord, error) bool) {
		rows, err := s.reader(ctx).QueryContext(ctx, auditAll)
		if err != nil {
			yield(AuditRecord{}, fmt.Errorf("read audit records: %w", err))
			return
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var record AuditRecord
			err := record.scan(rows)
			if !yield(record, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(AuditRecord{}, fmt.Errorf("read audit records: %w", err))
		}
	}
}

// sum is the record's hash: SHA-256 in hex over a name of the format, the numbers as eight bytes each, and every text
// with its length before it, ending with the previous record's hash. Two different records never give the same bytes.
func (r *AuditRecord) sum() string {
	b := []byte("caretaker audit 1\n")
	for _, number := range []int64{r.ID, r.Ref, ms(r.TS)} {
		b = binary.BigEndian.AppendUint64(b, uint64(number))
	}
	for _, text := range []string{
		string(r.Kind), r.Actor, r.Door, string(r.RoomID), string(r.EventID), r.Command, r.Target, r.Reason, r.Risk,
		r.Outcome, r.Detail, r.PrevHash,
	} {
		b = binary.BigEndian.AppendUint64(b, uint64(len(text)))
		b = append(b, text...)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
