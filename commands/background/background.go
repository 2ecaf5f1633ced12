// Package background has the commands about what the homeserver does to its database in the background.
package background

import "caretaker/commands"

// Group lists the commands about background updates.
var Group = commands.Group{
	Name:    "background",
	Summary: "What the homeserver does to its database in the background.",
	Commands: []*commands.Command{
		statusCmd,
		enableCmd,
		disableCmd,
		startCmd,
	},
}
