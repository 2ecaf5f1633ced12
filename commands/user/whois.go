package user

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var whoisCmd = commands.Define[whoisArgs, whoser](commands.Meta{
	Name:     "user whois",
	Summary:  "Show from where an account was used.",
	Role:     commands.Operator,
	Examples: []string{"user whois bob"},
})

type whoser interface {
	Whois(ctx context.Context, user id.UserID) (admin.Answer[admin.Whois], error)
}

type whoisArgs struct {
	User commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
}

// Run reads the connections of the account.
func (a *whoisArgs) Run(ctx context.Context, _ *commands.Env, api whoser) (commands.Result, error) {
	answer, err := api.Whois(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	return connections{answer}, nil
}

// connections are the addresses that an account was used from.
type connections struct{ admin.Answer[admin.Whois] }

// View shows the latest first.
func (c connections) View() render.Doc {
	all := c.Value.Connections()
	if len(all) == 0 {
		return render.Doc{sentence("The server knows no connections of", c.Value.UserID, ".")}
	}
	return render.Doc{sentence("Connections of", c.Value.UserID, ", the latest first:"), connectionTable(latestFirst(all))}
}

// connectionTable shows connections, one per row.
func connectionTable(connections []admin.Connection) render.Table {
	t := render.Table{Columns: []render.Column{{Name: "ip"}, {Name: "last_seen"}, {Name: "user_agent", Optional: true, Free: true}}}
	for _, connection := range connections {
		t.Rows = append(t.Rows, []render.Inline{
			render.ID(connection.IP), render.Millis(connection.LastSeen), named(connection.UserAgent),
		})
	}
	return t
}
