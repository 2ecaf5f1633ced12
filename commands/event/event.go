// Package event has the commands about single events.
package event

import "caretaker/commands"

// Group lists the commands about single events.
var Group = commands.Group{
	Name:     "event",
	Summary:  "Look at single events.",
	Commands: []*commands.Command{detailsCmd},
}
