package bot

import (
	"context"

	"caretaker/commands"
)

var cancelCmd = commands.Define[cancelArgs, commands.Prompts](commands.Meta{
	Name:     "cancel",
	Summary:  "Answer a question of the bot with no.",
	Examples: []string{"cancel k7m2xq"},
	Doors:    inRooms,
})

type cancelArgs struct {
	Code string `arg:"CODE" help:"The code in the question."`
}

// Run cancels what was asked about.
func (a *cancelArgs) Run(ctx context.Context, env *commands.Env, prompts commands.Prompts) (commands.Result, error) {
	if err := prompts.Cancel(ctx, env, a.Code); err != nil {
		return nil, err
	}
	return commands.Silent{}, nil
}
