package room

import (
	"context"
	"errors"
	"strings"

	"caretaker/commands"
)

var searchCmd = commands.Define[searchArgs, lister](commands.Meta{
	Name:     "room search",
	Summary:  "Find rooms by a part of their name or alias.",
	Examples: []string{"room search spam", `room search "lost and found" --sort joined_members`},
})

type searchArgs struct {
	commands.Page
	order
	Term string `arg:"TERM" help:"A part of the name or alias, or a whole room id."`
}

// Validate refuses an empty term, which the server would refuse in other words.
func (a *searchArgs) Validate() error {
	if strings.TrimSpace(a.Term) == "" {
		return errors.New("the term to search for is empty")
	}
	return nil
}

// Run lists a page of the rooms that match.
func (a *searchArgs) Run(ctx context.Context, _ *commands.Env, api lister) (commands.Result, error) {
	query := a.query(a.Page)
	query.Search = a.Term
	return rooms(ctx, api, query)
}
