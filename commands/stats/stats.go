// Package stats has the commands that say what takes up space.
package stats

import "caretaker/commands"

// Group lists the commands about space.
var Group = commands.Group{
	Name:    "stats",
	Summary: "What takes up space: media by user, rooms in the database.",
	Commands: []*commands.Command{
		mediaCmd,
		roomsCmd,
	},
}
