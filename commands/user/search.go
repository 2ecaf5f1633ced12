package user

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var searchCmd = commands.Define[searchArgs, lister](commands.Meta{
	Name:     "user search",
	Summary:  "Search accounts by a part of their name.",
	Detail:   "Looks at localparts and display names, and at user ids if the term has an @ or a colon. Upper and lower case are the same. Guests, deactivated and locked accounts are included.",
	Examples: []string{"user search bob", "user search @bob:example.org"},
})

type searchArgs struct {
	commands.Page
	Term string `arg:"TERM" help:"Part of a localpart, display name or user id."`
}

// Run asks for everything that the term can mean and merges the answers.
func (a *searchArgs) Run(ctx context.Context, _ *commands.Env, api lister) (commands.Result, error) {
	found := &matches{Users: []json.RawMessage{}, from: a.From}
	guests := true
	query := admin.UserQuery{From: a.From, Limit: a.Limit, Guests: &guests, Deactivated: true, Locked: true}
	for _, q := range a.queries(query) {
		page, err := api.Users(ctx, q)
		if err != nil {
			return nil, err
		}
		if err := found.add(page); err != nil {
			return nil, err
		}
		if page.Value.NextToken != "" {
			found.NextToken = strconv.Itoa(a.From + a.Limit)
		}
	}
	return found, nil
}

// queries are the searches that find the term: a user id is never found by name.
func (a *searchArgs) queries(query admin.UserQuery) []admin.UserQuery {
	byName, byID := query, query
	byName.Name, byID.UserID = a.Term, a.Term
	if strings.ContainsAny(a.Term, "@:") {
		return []admin.UserQuery{byName, byID}
	}
	return []admin.UserQuery{byName}
}

// matches are the accounts that were found, each once.
type matches struct {
	Users     []json.RawMessage `json:"users"` // as the server sent them
	Total     int               `json:"total"` // on all pages
	NextToken string            `json:"next_token,omitempty"`

	accounts []admin.User
	seen     map[id.UserID]bool
	from     int
}

func (m *matches) add(page admin.Answer[admin.UserPage]) error {
	var rows struct {
		Users []json.RawMessage `json:"users"`
	}
	if err := json.Unmarshal(page.Raw, &rows); err != nil {
		return fmt.Errorf("read found users: %w", err)
	}
	if m.seen == nil {
		m.seen = map[id.UserID]bool{}
	}
	m.Total += page.Value.Total
	for i, account := range page.Value.Users {
		if m.seen[account.UserID] {
			m.Total--
			continue
		}
		m.seen[account.UserID] = true
		m.Users = append(m.Users, rows.Users[i])
		m.accounts = append(m.accounts, account)
	}
	return nil
}

// View shows how many there are and a table.
func (m *matches) View() render.Doc {
	return render.Doc{render.Para{render.Text(span(m.from, len(m.accounts), m.Total, "account", "accounts"))}, table(m.accounts)}
}

// NextFrom is the offset of the next page.
func (m *matches) NextFrom() string { return m.NextToken }
