// Package regtok holds the commands about registration tokens.
package regtok

import "caretaker/commands"

// Group lists the commands about registration tokens.
var Group = commands.Group{
	Name:     "regtok",
	Summary:  "Registration tokens: who knows one may register.",
	Commands: []*commands.Command{listCmd, detailsCmd, newCmd, updateCmd, deleteCmd},
}
