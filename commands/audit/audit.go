// Package audit has the commands that read caretaker's own records of who changed
// what, and prove that nobody rewrote them.
package audit

import (
	"strings"

	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/render"
)

// Group lists the commands about the audit.
var Group = commands.Group{
	Name:    "audit",
	Summary: "Who changed what, and whether these records are unbroken.",
	Commands: []*commands.Command{
		listCmd,
		detailsCmd,
		verifyCmd,
		exportCmd,
	},
}

func sentence(parts ...render.Inline) render.Para { return render.Para(parts) }

// text is what a record may lack.
func text(s string) render.Inline {
	if s == "" {
		return render.Unknown{}
	}
	return render.Outside(s)
}

// ours is a word of caretaker's own that a record may lack.
func ours(s string) render.Inline {
	if s == "" {
		return render.Unknown{}
	}
	return render.Text(s)
}

// ident is an identifier that a record may lack.
func ident(s string) render.Inline {
	if s == "" {
		return render.Unknown{}
	}
	return render.ID(s)
}

// actor is a user id, or a name such as "terminal:ada".
func actor(name string) render.Inline {
	if strings.HasPrefix(name, "@") && id.UserID(name).Homeserver() != "" {
		return render.ID(name)
	}
	return text(name)
}

// outcome is what became of a call; none was recorded when it still runs, or when
// the process ended before.
func outcome(entry commands.AuditEntry) render.Inline {
	if entry.Outcome == "" {
		return render.Text("open")
	}
	return render.Text(entry.Outcome)
}
