package bot

import (
	"context"

	"caretaker/commands"
)

var nextCmd = commands.Define[nextArgs, commands.Lists](commands.Meta{
	Name:     "next",
	Summary:  "Show the next page of your last list in this room.",
	Detail:   "A list can be continued for an hour.",
	Examples: []string{"next"},
	Doors:    inRooms,
})

type nextArgs struct{}

// Run asks for the next page in its place.
func (a *nextArgs) Run(ctx context.Context, env *commands.Env, lists commands.Lists) (commands.Result, error) {
	line, err := lists.Next(ctx, env)
	switch {
	case err != nil:
		return nil, err
	case line == "":
		return nil, &commands.UsageError{Message: "you have no list in this room that goes on", Hint: "user list"}
	}
	return commands.Instead{Line: line}, nil
}
