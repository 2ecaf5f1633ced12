package user

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var redactStatusCmd = commands.Define[redactStatusArgs, redactionReader](commands.Meta{
	Name:     "user redact-status",
	Summary:  "Show how far a redaction is, and what it could not redact.",
	Detail:   "The server forgets a redaction a week after its end.",
	Examples: []string{"user redact-status PzbHhmOmXqaqWVTB"},
})

type redactStatusArgs struct {
	RedactID string `arg:"REDACT_ID" help:"The redaction, as \"user redact\" named it."`
}

// Run reads the state of the redaction.
func (a *redactStatusArgs) Run(ctx context.Context, _ *commands.Env, api redactionReader) (commands.Result, error) {
	answer, err := api.Redaction(ctx, a.RedactID)
	if err != nil {
		return nil, err
	}
	return redactionState{answer}, nil
}

// redactionState is how far a redaction is.
type redactionState struct {
	admin.Answer[admin.RedactionStatus]
}

// View shows the state, and what failed.
func (r redactionState) View() render.Doc {
	fields := render.Fields{{Name: "status", Value: render.Outside(r.Value.Status)}}
	if r.Value.Error != "" {
		fields = append(fields, render.Field{Name: "error", Value: render.Outside(r.Value.Error)})
	}
	doc := render.Doc{fields}
	if len(r.Value.Failed) > 0 {
		doc = append(doc, failures(r.Value.Failed)...)
	}
	return doc
}
