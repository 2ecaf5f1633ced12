package group

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
)

var deleteCmd = commands.Define[deleteArgs, commands.None](commands.Meta{
	Name:     "group delete",
	Summary:  "Say that communities are gone; nothing is deleted.",
	Examples: []string{"group delete +lobby:example.org"},
})

type deleteArgs struct {
	Group string `arg:"GROUP" help:"Id of the community."`
}

// Run fails: the endpoint left Synapse after 1.61.
func (a *deleteArgs) Run(context.Context, *commands.Env, commands.None) (commands.Result, error) {
	return nil, &admin.Error{Code: admin.CodeUnsupported, Message: "communities are gone from Synapse since 1.62", Hint: "room list"}
}
