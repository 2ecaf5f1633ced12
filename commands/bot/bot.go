// Package bot has the commands about the bot itself: help, who somebody is here,
// answers to its questions, and the rooms it is steered from.
package bot

import (
	"caretaker/commands"
	"caretaker/render"
)

// Group lists the commands about the bot.
var Group = commands.Group{
	Name:    "bot",
	Summary: "The bot itself: help, its questions, the rooms it is steered from.",
	Commands: []*commands.Command{
		helpCmd,
		whoamiCmd,
		checkCmd,
		confirmCmd,
		cancelCmd,
		nextCmd,
		roomsCmd,
		leaveCmd,
	},
}

// inRooms is where commands exist that answer or continue something in a room.
var inRooms = []commands.Door{commands.DoorRoom}

func sentence(parts ...render.Inline) render.Para { return render.Para(parts) }
