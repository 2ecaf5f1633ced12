// Package federation has the commands about the servers that this one talks to.
package federation

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// Group lists the commands about other servers.
var Group = commands.Group{
	Name:    "federation",
	Summary: "The servers that this one sends to, and which of them it cannot reach.",
	Commands: []*commands.Command{
		listCmd,
		detailsCmd,
		roomsCmd,
		resetCmd,
	},
}

// reader looks at one server.
type reader interface {
	Destination(ctx context.Context, destination string) (admin.Answer[admin.Destination], error)
}

// plural counts things in words: "1 room", "5 rooms".
func plural(n int, one, many string) render.Inline {
	if n == 1 {
		many = one
	}
	return render.Join{render.Int(n), render.Text(" " + many)}
}

// span says which rows of all are shown.
func span(from, rows, total int, one, many string) render.Inline {
	switch {
	case total == 0:
		return render.Text("No " + many)
	case rows == total:
		return plural(total, one, many)
	case rows == 0:
		return render.Join{render.Text("No more of "), plural(total, one, many)}
	}
	return render.Join{render.Int(from + 1), render.Text(" to "), render.Int(from + rows), render.Text(" of "), plural(total, one, many)}
}
