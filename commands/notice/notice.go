// Package notice holds the commands about server notices: messages to users in a
// room of their own, from the server itself.
package notice

import "caretaker/commands"

// Group lists the commands about server notices.
var Group = commands.Group{
	Name:     "notice",
	Summary:  "Server notices: messages from the server to its users.",
	Commands: []*commands.Command{sendCmd},
}
