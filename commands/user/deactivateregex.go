package user

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var deactivateRegexCmd = commands.Define[deactivateRegexArgs, bulkDeactivator](commands.Meta{
	Name:    "user deactivate-regex",
	Summary: "Close all accounts whose user id matches a pattern.",
	Detail: "In this version it only lists them, with -n or (for owners) --dry-run. The pattern is a regular expression (RE2) that has to match the " +
		"whole user id, or its beginning: write @spam.* and not spam. Guests and locked accounts are included, closed ones are not.",
	Examples: []string{"user deactivate-regex \"@spam[0-9]+:\" --list-only", "user deactivate-regex \"@spam[0-9]+:\" --dry-run -e"},
})

type bulkDeactivator interface {
	lister
	Deactivate(ctx context.Context, user id.UserID, erase bool) (admin.Answer[admin.Deactivated], error)
}

type deactivateRegexArgs struct {
	Regex     string `arg:"REGEX" help:"Pattern that user ids match from their first character on."`
	GdprErase bool   `short:"e" help:"Also remove the profiles, and hide the messages from people who join later."`
	ListOnly  bool   `short:"n" help:"Only list the accounts. --dry-run shows the requests for them."`
	BatchSize int    `short:"p" alias:"paginate" default:"500" min:"1" value:"N" help:"How many accounts to read at a time."`
}

// Risk is that of reading when the accounts are only listed.
func (a *deactivateRegexArgs) Risk() (commands.Risk, commands.Role) {
	if a.ListOnly {
		return commands.Read, commands.Viewer
	}
	return commands.Catastrophic, commands.Owner
}

// Validate refuses what is no pattern.
func (a *deactivateRegexArgs) Validate() error {
	_, err := a.pattern()
	return err
}

// pattern matches like Python's re.match: from the first character, not necessarily to the last.
func (a *deactivateRegexArgs) pattern() (*regexp.Regexp, error) {
	if _, err := syntax.Parse(a.Regex, syntax.Perl); err != nil {
		problem := err.Error()
		if known, ok := errors.AsType[*syntax.Error](err); ok {
			problem = fmt.Sprintf("%s: %s", known.Code, known.Expr)
		}
		return nil, fmt.Errorf("%q is not a regular expression of RE2: %s", a.Regex, problem)
	}
	return regexp.Compile(`\A(?:` + a.Regex + `)`)
}

// Preview has nothing to ask about yet.
func (a *deactivateRegexArgs) Preview(context.Context, *commands.Env, bulkDeactivator) (commands.Result, error) {
	return nil, a.missing()
}

// missing says that work on many accounts is still to come.
func (a *deactivateRegexArgs) missing() error {
	e := admin.Failed("closing many accounts at once is not there yet; --dry-run lists them, and user deactivate closes one")
	e.Hint = "help user deactivate-regex"
	return e
}

// Run lists the accounts that match.
func (a *deactivateRegexArgs) Run(ctx context.Context, env *commands.Env, api bulkDeactivator) (commands.Result, error) {
	if !a.ListOnly && !env.DryRun {
		return nil, a.missing()
	}
	found, err := a.matching(ctx, env, api)
	if err != nil {
		return nil, err
	}
	if a.ListOnly {
		return found, nil
	}
	for _, user := range found.Users {
		if _, err := api.Deactivate(ctx, user, a.GdprErase); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// matching walks all accounts, of which none changes meanwhile. The bot is never among them.
func (a *deactivateRegexArgs) matching(ctx context.Context, env *commands.Env, api lister) (matching, error) {
	found := matching{Users: []id.UserID{}}
	pattern, err := a.pattern()
	if err != nil {
		return found, err
	}
	guests, seen := true, map[id.UserID]bool{}
	query := admin.UserQuery{Limit: a.BatchSize, Guests: &guests, Locked: true}
	for {
		page, err := api.Users(ctx, query)
		if err != nil {
			return found, err
		}
		for _, account := range page.Value.Users {
			if !seen[account.UserID] && account.UserID != env.Bot && pattern.MatchString(string(account.UserID)) {
				found.add(account)
			}
			seen[account.UserID] = true
		}
		next, more := page.Value.NextToken.Offset()
		if !more || next <= query.From {
			return found, nil
		}
		query.From = next
	}
}

// matching are the accounts that a pattern matches.
type matching struct {
	Users    []id.UserID `json:"users"`
	Total    int         `json:"total"`
	accounts []admin.User
}

func (m *matching) add(account admin.User) {
	m.Users = append(m.Users, account.UserID)
	m.accounts = append(m.accounts, account)
	m.Total++
}

// View counts the accounts and lists them.
func (m matching) View() render.Doc {
	if m.Total == 0 {
		return render.Doc{render.Para{render.Text("No account matches.")}}
	}
	return render.Doc{render.Para{plural(m.Total, "account matches", "accounts match"), render.Text(". Nothing was changed.")}, table(m.accounts)}
}
