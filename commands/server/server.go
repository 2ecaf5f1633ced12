// Package server has the commands about the homeserver as a whole.
package server

import "caretaker/commands"

// Group lists the commands about the homeserver.
var Group = commands.Group{
	Name:    "server",
	Summary: "How the homeserver and the bot are doing.",
	Commands: []*commands.Command{
		statusCmd,
		versionCmd,
		featuresCmd,
	},
}
