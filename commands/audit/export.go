package audit

import (
	"context"

	"caretaker/commands"
	"caretaker/render"
)

var exportCmd = commands.Define[exportArgs, commands.Audit](commands.Meta{
	Name:     "audit export",
	Summary:  "Give out all records of the audit with their hashes, oldest first.",
	Detail:   "With -o json, csv or ndjson others can keep and check them.",
	Role:     commands.Admin,
	Local:    true,
	Examples: []string{"audit export -o json", "audit export -o csv"},
})

type exportArgs struct{}

// Run reads all records.
func (a *exportArgs) Run(ctx context.Context, _ *commands.Env, audit commands.Audit) (commands.Result, error) {
	all := records{Records: []commands.AuditRecord{}}
	for record, err := range audit.AuditRecords(ctx) {
		if err != nil {
			return nil, err
		}
		all.Records = append(all.Records, record)
	}
	return all, nil
}

type records struct {
	Records []commands.AuditRecord `json:"records"`
}

// View implements [commands.Result]. Its columns are all that the hashes are made of.
func (r records) View() render.Doc {
	table := render.Table{Columns: []render.Column{
		{Name: "id", Right: true}, {Name: "kind"}, {Name: "ref"}, {Name: "outcome"},
		{Name: "ts", Optional: true}, {Name: "actor", Optional: true}, {Name: "door", Optional: true}, {Name: "room_id", Optional: true},
		{Name: "event_id", Optional: true}, {Name: "risk", Optional: true}, {Name: "prev_hash", Optional: true}, {Name: "hash", Optional: true},
		{Name: "target", Optional: true, Free: true}, {Name: "reason", Optional: true, Free: true}, {Name: "detail", Optional: true, Free: true},
		{Name: "command", Optional: true, Free: true},
	}}
	for _, one := range r.Records {
		table.Rows = append(table.Rows, []render.Inline{
			render.Int(one.ID), render.Text(one.Kind), render.ID(one.Ref), ours(one.Outcome),
			render.Millis(one.TS), actor(one.Actor), ours(one.Door), ident(string(one.RoomID)),
			ident(string(one.EventID)), ours(one.Risk), ident(one.PrevHash), ident(one.Hash),
			text(one.Target), text(one.Reason), text(one.Detail), text(one.Command),
		})
	}
	return render.Doc{table}
}
