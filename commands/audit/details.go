package audit

import (
	"context"

	"caretaker/commands"
	"caretaker/render"
)

var detailsCmd = commands.Define[detailsArgs, commands.Audit](commands.Meta{
	Name:     "audit details",
	Summary:  "Show one record of the audit.",
	Role:     commands.Admin,
	Local:    true,
	Examples: []string{"audit details 17"},
})

type detailsArgs struct {
	Ref string `arg:"REF" help:"The record, as \"audit list\" and error messages name it."`
}

// Run reads the entry.
func (a *detailsArgs) Run(ctx context.Context, _ *commands.Env, audit commands.Audit) (commands.Result, error) {
	found, err := audit.AuditEntry(ctx, a.Ref)
	if err != nil {
		return nil, err
	}
	return entry{found}, nil
}

type entry struct{ commands.AuditEntry }

// View implements [commands.Result]. What the record does not have is left out.
func (e entry) View() render.Doc {
	fields := render.Fields{
		{Name: "ref", Value: render.ID(e.Ref)},
		{Name: "outcome", Value: outcome(e.AuditEntry)},
	}
	more := render.Fields{
		{Name: "command", Value: text(e.Command)},
		{Name: "target", Value: text(e.Target)},
		{Name: "reason", Value: text(e.Reason)},
		{Name: "actor", Value: actor(e.Actor)},
		{Name: "ts", Value: render.Millis(e.TS)},
		{Name: "risk", Value: ours(e.Risk)},
		{Name: "door", Value: ours(e.Door)},
		{Name: "room_id", Value: ident(string(e.RoomID))},
		{Name: "event_id", Value: ident(string(e.EventID))},
		{Name: "detail", Value: text(e.Detail)},
	}
	for _, f := range more {
		if f.Value != (render.Unknown{}) {
			fields = append(fields, f)
		}
	}
	return render.Doc{fields}
}
