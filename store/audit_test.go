package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"caretaker/store"
)

// chained returns a store with ten audit records: intents and their outcomes.
func chained(t *testing.T) *store.Store {
	t.Helper()
	s, _ := newStore(t)
	for n := range 5 {
		ref, err := s.AuditIntent(t.Context(), store.AuditRecord{
			Actor: "@ada:x", Door: "room", Command: "user lock", Target: fmt.Sprintf("@u%d:x", n), Reason: "spam", Risk: "reversible",
		})
		ok(t, err)
		ok(t, s.AuditOutcome(t.Context(), ref, "ok", ""))
	}
	return s
}

func TestAuditVerifyFindsTampering(t *testing.T) {
	t.Parallel()
	const free = `DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;`
	for name, test := range map[string]struct {
		change string
		bad    int64
		words  string
	}{
		"nothing changed":      {change: `SELECT 1`},
		"actor edited":         {`UPDATE audit SET actor = '@eve:x' WHERE id = 3`, 3, "changed"},
		"moved between fields": {`UPDATE audit SET reason = reason || risk, risk = '' WHERE id = 3`, 3, "changed"},
		"time edited":          {`UPDATE audit SET ts = ts + 1 WHERE id = 10`, 10, "changed"},
		"outcome edited":       {`UPDATE audit SET outcome = 'failed' WHERE id = 4`, 4, "changed"},
		"outcome moved":        {`UPDATE audit SET ref = 99 WHERE id = 4`, 4, "changed"},
		"hash edited":          {`UPDATE audit SET hash = replace(hash, 'a', 'b') WHERE id = 5`, 5, "changed"},
		"one deleted":          {`DELETE FROM audit WHERE id = 5`, 5, "missing"},
		"first deleted":        {`DELETE FROM audit WHERE id = 1`, 1, "missing"},
		"last deleted":         {`DELETE FROM audit WHERE id > 8`, 9, "missing"},
		"all deleted":          {`DELETE FROM audit`, 1, "missing"},
		"two swapped":          {`UPDATE audit SET id = 99 WHERE id = 3; UPDATE audit SET id = 3 WHERE id = 5; UPDATE audit SET id = 5 WHERE id = 99`, 3, "follow"},
		"cut in the middle":    {`DELETE FROM audit WHERE id IN (5, 6); UPDATE audit SET id = id - 2 WHERE id > 6`, 5, "follow"},
		"one inserted at the end": {`INSERT INTO audit SELECT 11, kind, ref + 90, ts, actor, door, room_id, event_id, command, target, reason, risk, outcome,
			detail, hash, hash FROM audit WHERE id = 10`, 11, "changed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := chained(t)
			rawExec(t, s.Path(), free, test.change)
			got, err := s.AuditVerify(t.Context())
			ok(t, err)
			equal(t, "ok", got.OK, test.bad == 0)
			equal(t, "bad record", got.BadID, test.bad)
			if !strings.Contains(got.Problem, test.words) {
				t.Errorf("%q does not say %q", got.Problem, test.words)
			}
			if got.OK {
				equal(t, "records", got.Records, 10)
				id, hash, err := s.AuditHead(t.Context())
				ok(t, err)
				equal(t, "head", id == got.HeadID && hash == got.HeadHash && len(hash) == 64, true)
			}
		})
	}
}

// TestAuditVerifyFindsACutEnd: who resets the sequence, too, has to change all that refers to the records.
func TestAuditVerifyFindsACutEnd(t *testing.T) {
	t.Parallel()
	cut := func(from int) []string {
		return []string{`DROP TRIGGER audit_no_delete`, fmt.Sprintf(`DELETE FROM audit WHERE id >= %d`, from),
			fmt.Sprintf(`UPDATE sqlite_sequence SET seq = %d WHERE name = 'audit'`, from-1)}
	}
	command := func(t *testing.T, s *store.Store) { // record 11, and 12
		_, err := s.AddEvents(t.Context(), []store.InboxEvent{{EventID: "$a", RoomID: "!r:x", Sender: "@ada:x", Type: "m.room.message"}})
		ok(t, err)
		ref, err := s.AuditIntent(t.Context(), store.AuditRecord{Command: "user lock", EventID: "$a"})
		ok(t, err)
		_, err = s.Start(t.Context(), "$a", ref)
		ok(t, err)
		ok(t, s.AuditOutcome(t.Context(), ref, "ok", ""))
	}
	job := func(t *testing.T, s *store.Store) { // record 11
		ref, err := s.AuditIntent(t.Context(), store.AuditRecord{Command: "room delete"})
		ok(t, err)
		_, err = s.AddOperation(t.Context(), store.Operation{Kind: "room delete", AuditRef: ref})
		ok(t, err)
	}
	checkpoint := func(t *testing.T, s *store.Store) { // record 11
		_, err := s.AuditCheckpoint(t.Context(), "told to !r:x")
		ok(t, err)
	}
	nothing := func(*testing.T, *store.Store) {}
	notes := func(t *testing.T, s *store.Store) {
		for range 5 {
			_, err := s.AuditNote(t.Context(), store.AuditRecord{Detail: "life goes on"})
			ok(t, err)
		}
	}
	for name, test := range map[string]struct {
		before func(*testing.T, *store.Store)
		from   int
		after  func(*testing.T, *store.Store)
		bad    int64
		words  string
	}{
		"a command":                      {command, 11, nothing, 11, "records 11 to 11 are missing"},
		"a command, and more":            {command, 8, nothing, 8, "records 8 to 11 are missing"},
		"a job":                          {job, 9, nothing, 9, "records 9 to 11 are missing"},
		"a checkpoint":                   {checkpoint, 11, nothing, 11, "records 11 to 11 are missing"},
		"everything":                     {checkpoint, 1, nothing, 1, "records 1 to 11 are missing"},
		"a command, others in its place": {command, 11, notes, 11, "record 11 was replaced"},
		"a job, others in its place":     {job, 9, notes, 11, "record 11 was replaced"},
		"a checkpoint, another one":      {checkpoint, 10, checkpoint, 11, "records 11 to 11 are missing"},
		"a checkpoint, others":           {checkpoint, 10, notes, 11, "record 11 is not the checkpoint"},
		"an outcome that nobody knows":   {command, 12, nothing, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := chained(t)
			test.before(t, s)
			if got, err := s.AuditVerify(t.Context()); err != nil || !got.OK {
				t.Fatalf("before: %+v, %v", got, err)
			}
			rawExec(t, s.Path(), cut(test.from)...)
			test.after(t, s)
			got, err := s.AuditVerify(t.Context())
			ok(t, err)
			equal(t, "ok", got.OK, test.bad == 0)
			equal(t, "bad record", got.BadID, test.bad)
			if !strings.Contains(got.Problem, test.words) {
				t.Errorf("%q does not say %q", got.Problem, test.words)
			}
		})
	}
}

func TestAuditRecordsAreNotReplacedAfterACut(t *testing.T) {
	t.Parallel()
	s := chained(t)
	rawExec(t, s.Path(), `DROP TRIGGER audit_no_delete`, `DELETE FROM audit WHERE id > 8`)
	_, err := s.AuditNote(t.Context(), store.AuditRecord{Detail: "life goes on"})
	ok(t, err)
	got, err := s.AuditVerify(t.Context())
	ok(t, err)
	equal(t, "bad record", got.BadID, 9)
}

func TestTheDatabaseRefusesToChangeAuditRecords(t *testing.T) {
	t.Parallel()
	s := chained(t)
	for _, statement := range []string{`UPDATE audit SET actor = 'x'`, `DELETE FROM audit WHERE id = 1`} {
		if err := s.Raw(t.Context(), statement); err == nil {
			t.Errorf("%s was done", statement)
		}
	}
}

func TestAuditOutcomeOnce(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	ref, err := s.AuditIntent(t.Context(), store.AuditRecord{Command: "user lock"})
	ok(t, err)
	note, err := s.AuditNote(t.Context(), store.AuditRecord{Command: "user lock", Outcome: "denied"})
	ok(t, err)
	ok(t, s.AuditOutcome(t.Context(), ref, "ok", ""))
	for ref, want := range map[int64]error{ref: store.ErrOutcomeRecorded, note: store.ErrNoIntent, 99: store.ErrNoIntent} {
		if err := s.AuditOutcome(t.Context(), ref, "failed", ""); !errors.Is(err, want) {
			t.Errorf("outcome of %d: got %v, want %v", ref, err, want)
		}
	}
	result, err := s.AuditVerify(t.Context())
	ok(t, err)
	equal(t, "records", result.Records, 3)
}

func TestAuditRollsBackWithItsTransaction(t *testing.T) {
	t.Parallel()
	s := chained(t)
	_ = s.InTx(t.Context(), func(ctx context.Context) error {
		_, err := s.AuditIntent(ctx, store.AuditRecord{Actor: "x"})
		ok(t, err)
		return errors.New("no")
	})
	ref, err := s.AuditNote(t.Context(), store.AuditRecord{Actor: "y"})
	ok(t, err)
	equal(t, "next number", ref, 11)
	result, err := s.AuditVerify(t.Context())
	ok(t, err)
	equal(t, "ok", result.OK, true)
}

func TestAuditList(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	add := func(actor, command, target, outcome string) {
		ref, err := s.AuditIntent(t.Context(), store.AuditRecord{Actor: actor, Command: command, Target: target})
		ok(t, err)
		if outcome != "" {
			ok(t, s.AuditOutcome(t.Context(), ref, outcome, ""))
		}
		c.Add(time.Minute)
	}
	start := c.Now()
	add("@ada:x", "user lock", "@bob:x", "ok")                                                                      // 1
	add("@ada:x", "user lock", "@eve:x", "failed")                                                                  // 3
	add("terminal:root", "users", "@bob:x", "ok")                                                                   // 5
	add("@ada:x", "room delete", "!a:x", "")                                                                        // 7
	_, err := s.AuditNote(t.Context(), store.AuditRecord{Actor: "@eve:x", Command: "user lock", Outcome: "denied"}) // 8
	ok(t, err)
	_, err = s.AuditCheckpoint(t.Context(), "!room:x")
	ok(t, err)

	for name, test := range map[string]struct {
		filter store.AuditFilter
		want   string
		next   int64
	}{
		"all, newest first": {store.AuditFilter{}, "8=denied 7= 5=ok 3=failed 1=ok", 0},
		"page":              {store.AuditFilter{Limit: 2}, "8=denied 7=", 7},
		"next page":         {store.AuditFilter{Limit: 2, Before: 7}, "5=ok 3=failed", 3},
		"last page":         {store.AuditFilter{Limit: 2, Before: 3}, "1=ok", 0},
		"actor":             {store.AuditFilter{By: "@ada:x"}, "7= 3=failed 1=ok", 0},
		"part of the actor": {store.AuditFilter{By: "ada"}, "7= 3=failed 1=ok", 0},
		"command":           {store.AuditFilter{Command: "user lock"}, "8=denied 3=failed 1=ok", 0},
		"first word":        {store.AuditFilter{Command: "user"}, "8=denied 3=failed 1=ok", 0},
		"target":            {store.AuditFilter{Target: "@bob:x"}, "5=ok 1=ok", 0},
		"since":             {store.AuditFilter{Since: start.Add(2 * time.Minute)}, "8=denied 7= 5=ok", 0},
		"both":              {store.AuditFilter{By: "@ada:x", Target: "@bob:x"}, "1=ok", 0},
		"none":              {store.AuditFilter{By: "@nobody:x"}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			entries, next, err := s.AuditList(t.Context(), test.filter)
			ok(t, err)
			var got []string
			for _, e := range entries {
				got = append(got, fmt.Sprintf("%d=%s", e.Ref, e.Outcome))
			}
			equal(t, "entries", strings.Join(got, " "), test.want)
			equal(t, "next", next, test.next)
		})
	}
}

func TestAuditEntryHasBothRecords(t *testing.T) {
	t.Parallel()
	s := chained(t)
	for ref, want := range map[int64]string{3: "3 intent, 4 outcome", 4: "3 intent, 4 outcome", 99: ""} {
		records, err := s.AuditEntry(t.Context(), ref)
		ok(t, err)
		var got []string
		for _, r := range records {
			got = append(got, fmt.Sprintf("%d %s", r.ID, r.Kind))
		}
		equal(t, "records", strings.Join(got, ", "), want)
	}
}

func TestAuditOpenIntentsOfOurDoors(t *testing.T) {
	t.Parallel()
	s := chained(t)
	for _, door := range []string{"room", "terminal", "schedule"} {
		_, err := s.AuditIntent(t.Context(), store.AuditRecord{Door: door})
		ok(t, err)
	}
	open, err := s.AuditOpenIntents(t.Context(), "room", "schedule")
	ok(t, err)
	equal(t, "open", len(open), 2)
	equal(t, "doors", open[0].Door+" "+open[1].Door, "room schedule")
	none, err := s.AuditOpenIntents(t.Context())
	ok(t, err)
	equal(t, "without doors", len(none), 0)
}

func TestAuditExportStopsWhenAsked(t *testing.T) {
	t.Parallel()
	s := chained(t)
	for range 2 * 4 { // more often than there are connections for reading
		seen := 0
		for record, err := range s.AuditExport(t.Context()) {
			ok(t, err)
			seen++
			if record.ID == 3 {
				break
			}
		}
		equal(t, "seen", seen, 3)
	}
}

// Texts that people choose must not be able to look like other fields.
func TestAuditKeepsAnyText(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	for _, text := range []string{"", "\x00", "a\x00b", "\xff\xfe", "'; DROP TABLE audit; --", strings.Repeat("ü", 10_000), "\u202e\n\t"} {
		ref, err := s.AuditIntent(t.Context(), store.AuditRecord{Target: text, Reason: text})
		ok(t, err)
		records, err := s.AuditEntry(t.Context(), ref)
		ok(t, err)
		equal(t, "target", records[0].Target, text)
	}
	result, err := s.AuditVerify(t.Context())
	ok(t, err)
	if !result.OK {
		t.Errorf("%+v", result)
	}
}
