package audit

import (
	"context"

	"caretaker/commands"
	"caretaker/render"
)

var listCmd = commands.Define[listArgs, commands.Audit](commands.Meta{
	Name:     "audit list",
	Summary:  "List who changed what, newest first.",
	Detail:   "An open record has no outcome yet: its command still runs, or the process ended before the outcome was known.",
	Role:     commands.Admin,
	Local:    true,
	Examples: []string{"audit list", "audit list --since 7d --command room", "audit list --by ada --target @bob:example.org"},
})

type listArgs struct {
	commands.Page
	By      string        `value:"TEXT" help:"Only calls by somebody with this in their name."`
	Command string        `value:"TEXT" help:"Only commands whose name begins with this: room, or room delete."`
	Target  string        `value:"TEXT" help:"Only calls with this in what they acted on."`
	Since   commands.Date `help:"Only calls since then."`
}

// Run reads a page of entries.
func (a *listArgs) Run(ctx context.Context, _ *commands.Env, audit commands.Audit) (commands.Result, error) {
	page, err := audit.AuditList(ctx, commands.AuditQuery{
		By: a.By, Command: a.Command, Target: a.Target, Since: a.Since.Milli(), From: int64(a.From), Limit: a.Limit,
	})
	if err != nil {
		return nil, err
	}
	page.Entries = append([]commands.AuditEntry{}, page.Entries...)
	return entries{page}, nil
}

type entries struct{ commands.AuditPage }

// NextFrom implements [commands.Paged].
func (e entries) NextFrom() string { return e.NextToken }

// View implements [commands.Result].
func (e entries) View() render.Doc {
	table := render.Table{Columns: []render.Column{
		{Name: "ref"}, {Name: "outcome"}, {Name: "ts", Optional: true}, {Name: "actor", Optional: true}, {Name: "command"},
		{Name: "target", Optional: true, Free: true}, {Name: "reason", Optional: true, Free: true},
	}}
	for _, one := range e.Entries {
		table.Rows = append(table.Rows, []render.Inline{
			render.ID(one.Ref), outcome(one), render.Millis(one.TS), actor(one.Actor), text(one.Command), text(one.Target), text(one.Reason),
		})
	}
	return render.Doc{table}
}
