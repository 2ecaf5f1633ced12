package bot

import (
	"context"

	"caretaker/commands"
)

var checkCmd = commands.Define[checkArgs, commands.Diagnostics](commands.Meta{
	Name:     "check",
	Summary:  "Find out whether everything that caretaker needs works, with a remedy for what does not.",
	Examples: []string{"check"},
})

type checkArgs struct{}

// Run runs the checks.
func (a *checkArgs) Run(ctx context.Context, _ *commands.Env, diagnostics commands.Diagnostics) (commands.Result, error) {
	return diagnostics.Diagnose(ctx)
}
