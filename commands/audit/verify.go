package audit

import (
	"context"

	"caretaker/commands"
	"caretaker/render"
)

var verifyCmd = commands.Define[verifyArgs, commands.Audit](commands.Meta{
	Name:    "audit verify",
	Summary: "Check that no record of the audit was changed, added or removed.",
	Detail: "Every record holds the hash of the one before it. To be safe from somebody who rewrites all of them, " +
		"compare the head with one that was noted elsewhere.",
	Role:     commands.Admin,
	Local:    true,
	Examples: []string{"audit verify"},
})

type verifyArgs struct{}

// Run walks the chain.
func (a *verifyArgs) Run(ctx context.Context, _ *commands.Env, audit commands.Audit) (commands.Result, error) {
	found, err := audit.AuditVerify(ctx)
	if err != nil {
		return nil, err
	}
	return report{found}, nil
}

type report struct{ commands.AuditReport }

// Status implements [commands.Graded].
func (r report) Status() commands.Status {
	if r.OK {
		return commands.StatusOK
	}
	return commands.StatusFailed
}

// View implements [commands.Result].
func (r report) View() render.Doc {
	if !r.OK {
		return render.Doc{
			sentence(render.Bold{render.Text("The audit is broken at record "), render.Int(r.Broken), render.Text(".")}),
			sentence(render.Outside(r.Problem)),
			sentence(render.Int(r.Records), render.Text(" records before it are unbroken.")),
		}
	}
	doc := render.Doc{sentence(render.Text("The audit is unbroken: "), render.Int(r.Records), render.Text(" records."))}
	if r.Head != "" {
		doc = append(doc, sentence(render.Text("Head: "), render.ID(r.Head)))
	}
	return doc
}
