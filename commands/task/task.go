// Package task has the command about the work that the homeserver has scheduled.
package task

import "caretaker/commands"

// Group lists the commands about scheduled work.
var Group = commands.Group{
	Name:     "task",
	Summary:  "What the homeserver works on by itself: deletions, purges, redactions.",
	Commands: []*commands.Command{listCmd},
}
