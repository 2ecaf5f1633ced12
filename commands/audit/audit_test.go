package audit_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/audit"
	"caretaker/commands/commandtest"
)

var (
	deleted = commands.AuditEntry{
		Ref: "17", TS: 1772452800000, Actor: "@ada:example.org", Door: "room", RoomID: commandtest.ManagementRoom, EventID: "$event",
		Command: "room delete --block !spam:example.org", Target: "!spam:example.org", Reason: "spam </code> wave", Risk: "destructive", Outcome: "ok",
	}
	open = commands.AuditEntry{
		Ref: "16", TS: 1772366400000, Actor: "terminal:ada", Door: "terminal", Command: "user lock @bob:example.org",
		Target: "@bob:example.org", Risk: "reversible",
	}
)

type journal struct {
	commandtest.Log
	page    commands.AuditPage
	entry   commands.AuditEntry
	report  commands.AuditReport
	records []commands.AuditRecord
	err     error
}

func (j *journal) AuditList(_ context.Context, query commands.AuditQuery) (commands.AuditPage, error) {
	j.Called("AuditList", query)
	return j.page, j.err
}

func (j *journal) AuditEntry(_ context.Context, ref string) (commands.AuditEntry, error) {
	j.Called("AuditEntry", ref)
	return j.entry, j.err
}

func (j *journal) AuditVerify(context.Context) (commands.AuditReport, error) {
	j.Called("AuditVerify")
	return j.report, j.err
}

func (j *journal) AuditRecords(context.Context) iter.Seq2[commands.AuditRecord, error] {
	j.Called("AuditRecords")
	return func(yield func(commands.AuditRecord, error) bool) {
		for _, record := range j.records {
			if !yield(record, nil) {
				return
			}
		}
		if j.err != nil {
			yield(commands.AuditRecord{}, j.err)
		}
	}
}

func TestExamples(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, audit.Group)
}

func TestAudit(t *testing.T) {
	t.Parallel()
	terminal := []commandtest.Option{commandtest.Terminal()}
	chain := []commands.AuditRecord{
		{ID: 17, Kind: "intent", AuditEntry: deleted, PrevHash: "aa", Hash: "bb"},
		{ID: 18, Kind: "outcome", AuditEntry: commands.AuditEntry{Ref: "17", TS: 1772452801000, Outcome: "ok"}, PrevHash: "bb", Hash: "cc"},
	}
	for name, test := range map[string]struct {
		line    string
		journal journal
		role    commands.Role
		options []commandtest.Option
		want    commands.Status
	}{
		"list":             {line: "audit list --since 7d --by ada -l 2", journal: journal{page: commands.AuditPage{Entries: []commands.AuditEntry{deleted, open}, NextToken: "16"}}},
		"list on terminal": {line: "audit list -f 16 --command lock --target bob", journal: journal{page: commands.AuditPage{Entries: []commands.AuditEntry{open}}}, options: terminal},
		"list of none":     {line: "audit list"},
		"list denied":      {line: "audit list", role: commands.Operator, want: commands.StatusDenied},
		"list bad date":    {line: "audit list --since whenever", want: commands.StatusUsage},
		"list broken":      {line: "audit list", journal: journal{err: errors.New("disk full")}, want: commands.StatusFailed},
		"details":          {line: "audit details 17", journal: journal{entry: deleted}},
		"details of open":  {line: "audit details 16", journal: journal{entry: open}, options: terminal},
		"details unknown":  {line: "audit details 99", journal: journal{err: admin.NotFound("there is no audit record %q", "99")}, want: commands.StatusFailed},
		"verify":           {line: "audit verify", journal: journal{report: commands.AuditReport{OK: true, Records: 18, Head: "cc"}}},
		"verify nothing":   {line: "audit verify", journal: journal{report: commands.AuditReport{OK: true}}},
		"verify broken": {line: "audit verify", want: commands.StatusFailed, journal: journal{
			report: commands.AuditReport{Records: 16, Broken: 17, Problem: "record 17 was changed", Head: "aa"}}},
		"export":             {line: "audit export", journal: journal{records: chain}},
		"export on terminal": {line: "audit export", journal: journal{records: chain}, options: terminal},
		"export broken off":  {line: "audit export", journal: journal{records: chain, err: errors.New("disk full")}, want: commands.StatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.role == commands.NoRole {
				test.role = commands.Admin
			}
			if test.want == "" {
				test.want = commands.StatusOK
			}
			options := append([]commandtest.Option{commandtest.As(test.role)}, test.options...)
			ran := commandtest.Run(t, find(test.line), test.line, &test.journal, options...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got status %s, want %s", ran.Outcome.Status, test.want)
			}
			audited := len(ran.Entries) > 0
			if audited != (test.options == nil && test.want != commands.StatusDenied && test.want != commands.StatusUsage) {
				t.Errorf("audited: %v; reading the audit leaves a record in rooms, and none on a terminal", audited)
			}
		})
	}
}

func find(line string) *commands.Command {
	parsed, err := commands.Tokenise(line)
	if err != nil {
		return nil
	}
	command, _ := commands.NewRegistry(audit.Group).Find([]string{parsed.Words[0].Text, parsed.Words[1].Text})
	return command
}
