// Package matrix has the ways out when no command fits: requests that somebody makes up, to the admin API and to the
// Matrix APIs.
package matrix

import "caretaker/commands"

// Group lists the commands that send requests as they are given.
var Group = commands.Group{
	Name:    "matrix",
	Summary: "Requests of your own making, where no command fits.",
	Commands: []*commands.Command{
		rawCmd,
		matrixRawCmd,
		loginCmd,
	},
}
