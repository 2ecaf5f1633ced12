package user

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var listCmd = commands.Define[listArgs, lister](commands.Meta{
	Name:    "user list",
	Summary: "List accounts.",
	Detail:  "Deactivated and locked accounts are left out unless they are asked for.",
	Examples: []string{
		"user list", "user list -n bob", "user list -a --sort-by last_seen_ts --reverse", "user list -dL -G --from 100 --limit 50",
	},
})

// lister is what lists of accounts need of the homeserver.
type lister interface {
	Users(ctx context.Context, query admin.UserQuery) (admin.Answer[admin.UserPage], error)
}

type listArgs struct {
	commands.Page
	Guests          *bool    `short:"g" off:"G,no-guests" help:"Show guests, too, or leave them out. The server decides if neither is given."`
	Deactivated     bool     `short:"d" help:"Show deactivated accounts, too."`
	Admins          *bool    `short:"a" off:"A,non-admins" help:"Show only server admins, or only the others."`
	SortBy          string   `value:"KEY" enum:"name|is_guest|admin|user_type|deactivated|shadow_banned|displayname|avatar_url|creation_ts|last_seen_ts|locked" help:"Sort by this. All but name and creation_ts are slow on large servers."`
	Reverse         bool     `help:"Sort from last to first."`
	ExcludeUserType []string `value:"TYPE" help:"Leave out accounts of this type: bot, support, or empty for those without a type."`
	Locked          bool     `short:"L" help:"Show locked accounts, too."`
	Name            string   `short:"n" value:"TEXT" help:"Show accounts with this in their localpart or display name."`
	UserID          string   `short:"i" long:"user-id" value:"TEXT" help:"Show accounts with this in their user id."`
}

// Validate refuses two searches at once: the server would ignore one of them.
func (a *listArgs) Validate() error {
	if a.Name != "" && a.UserID != "" {
		return errors.New("--name and --user-id cannot be used together")
	}
	return nil
}

// Run lists one page.
func (a *listArgs) Run(ctx context.Context, env *commands.Env, api lister) (commands.Result, error) {
	page, err := api.Users(env.Verbatim(ctx), a.query())
	if err != nil {
		return nil, err
	}
	return listed{page, a.From}, nil
}

func (a *listArgs) query() admin.UserQuery {
	query := admin.UserQuery{
		From: a.From, Limit: a.Limit, Name: a.Name, UserID: a.UserID,
		Guests: a.Guests, Admins: a.Admins, Deactivated: a.Deactivated, Locked: a.Locked,
		OrderBy: a.SortBy, Reverse: a.Reverse,
	}
	for _, userType := range a.ExcludeUserType {
		if userType == "empty" {
			userType = ""
		}
		query.ExcludeTypes = append(query.ExcludeTypes, userType)
	}
	return query
}

// listed is a page of accounts.
type listed struct {
	admin.Answer[admin.UserPage]
	from int
}

// View shows the total and a table.
func (l listed) View() render.Doc {
	return render.Doc{render.Para{render.Text(span(l.from, len(l.Value.Users), l.Value.Total, "account", "accounts"))}, table(l.Value.Users)}
}

// NextFrom is the offset of the next page.
func (l listed) NextFrom() string { return string(l.Value.NextToken) }

// span words which part of a list is shown.
func span(from, shown, total int, one, many string) string {
	switch {
	case total == 0:
		return "No " + many + "."
	case shown == 0:
		return fmt.Sprintf("No more %s; there are %d.", many, total)
	case shown == total && total == 1:
		return "1 " + one + "."
	case shown == total:
		return fmt.Sprintf("%d %s.", total, many)
	}
	return fmt.Sprintf("%s%s %d to %d of %d.", strings.ToUpper(many[:1]), many[1:], from+1, from+shown, total)
}
