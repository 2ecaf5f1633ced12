// Package report has the commands about what users complain of: events and other users.
package report

import (
	"caretaker/commands"
	"caretaker/render"

	"maunium.net/go/mautrix/id"
)

// Group lists the commands about reports.
var Group = commands.Group{
	Name:    "report",
	Summary: "Read what users complain of, and close it.",
	Commands: []*commands.Command{
		listCmd,
		detailsCmd,
		deleteCmd,
	},
}

// kind is embedded by the arguments of commands on both kinds of reports, which are numbered apart.
type kind struct {
	Kind string `short:"k" default:"event" enum:"event|user" value:"KIND" help:"Reports of events, or of users."`
}

func (k kind) ofUsers() bool { return k.Kind == "user" }

// number is the report that a command is about.
type number struct {
	ID int64 `arg:"ID" min:"1" help:"The report's number, as \"report list\" shows it."`
}

// who is a user whom the server may not know.
func who(user id.UserID) render.Inline {
	if user == "" {
		return render.Unknown{}
	}
	return render.ID(user)
}

// text is something from outside that may be missing.
func text(s string) render.Inline {
	if s == "" {
		return render.Unknown{}
	}
	return render.Outside(s)
}

// plural counts: "1 report", "5 reports".
func plural(n int) render.Inline {
	if n == 1 {
		return render.Text("1 report")
	}
	return render.Join{render.Int(n), render.Text(" reports")}
}
