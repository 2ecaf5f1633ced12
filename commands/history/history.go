// Package history has the commands about old events.
package history

import (
	"caretaker/commands"
)

// Group lists the commands about old events.
var Group = commands.Group{
	Name:    "history",
	Summary: "Delete the old events of rooms.",
	Commands: []*commands.Command{
		purgeCmd,
		purgeStatusCmd,
	},
}
