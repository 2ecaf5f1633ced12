// Package group answers to the commands about communities, which homeservers do not have any more.
package group

import "caretaker/commands"

// Group lists the commands about communities.
var Group = commands.Group{
	Name:     "group",
	Summary:  "Communities, which are gone from Synapse; spaces took their place.",
	Commands: []*commands.Command{deleteCmd},
	Obsolete: true,
}
