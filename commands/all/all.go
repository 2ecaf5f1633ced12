// Package all is the explicit list of all command groups.
package all

import (
	_ "embed" // for the table

	"caretaker/commands"
	"caretaker/commands/audit"
	"caretaker/commands/background"
	"caretaker/commands/bot"
	"caretaker/commands/device"
	"caretaker/commands/event"
	"caretaker/commands/federation"
	"caretaker/commands/group"
	"caretaker/commands/history"
	"caretaker/commands/matrix"
	"caretaker/commands/media"
	"caretaker/commands/notice"
	"caretaker/commands/regtok"
	"caretaker/commands/report"
	"caretaker/commands/room"
	"caretaker/commands/server"
	"caretaker/commands/stats"
	"caretaker/commands/task"
	"caretaker/commands/user"
)

// Groups lists the groups in the order of the help page.
func Groups() []commands.Group {
	return []commands.Group{
		user.Group,
		device.Group,
		room.Group,
		history.Group,
		event.Group,
		report.Group,
		media.Group,
		regtok.Group,
		notice.Group,
		server.Group,
		background.Group,
		task.Group,
		federation.Group,
		stats.Group,
		matrix.Group,
		group.Group,
		audit.Group,
		bot.Group,
	}
}

// calls is generated from the commands; see [commands.Registry.Calls].
//
//go:embed calls.txt
var calls string

// Registry has all commands.
func Registry() *commands.Registry { return commands.NewRegistry(Groups()...).WithCalls(calls) }
