package bot

import (
	"context"

	"caretaker/commands"
)

var confirmCmd = commands.Define[confirmArgs, commands.Prompts](commands.Meta{
	Name:     "confirm",
	Summary:  "Answer a question of the bot with yes.",
	Detail:   "Where very much is at stake the question asks for the number of targets, too. Only who asked for something can confirm it.",
	Examples: []string{"confirm k7m2xq", "confirm k7m2xq 12"},
	Doors:    inRooms,
})

type confirmArgs struct {
	Code  string `arg:"CODE" help:"The code in the question."`
	Count *int   `arg:"[N]" min:"0" help:"The number of targets, where the question asks for it."`
}

// Run confirms; what was asked about runs and answers by itself.
func (a *confirmArgs) Run(ctx context.Context, env *commands.Env, prompts commands.Prompts) (commands.Result, error) {
	if err := prompts.Confirm(ctx, env, a.Code, a.Count); err != nil {
		return nil, err
	}
	return commands.Silent{}, nil
}
