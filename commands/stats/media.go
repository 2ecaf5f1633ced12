package stats

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var mediaCmd = commands.Define[mediaArgs, counter](commands.Meta{
	Name:     "stats media",
	Summary:  "List users by the media that they have stored, largest first.",
	Detail:   "Users without media are not listed.",
	Examples: []string{"stats media", "stats media --sort media_count -l 10", "stats media --since 30d", "stats media -n bob"},
})

// counter counts media.
type counter interface {
	MediaUsage(ctx context.Context, query admin.MediaUsageQuery) (admin.Answer[admin.MediaUsagePage], error)
}

type mediaArgs struct {
	commands.Page
	Name    string        `short:"n" value:"TEXT" help:"Only users with this part in their localpart or display name."`
	Since   commands.Date `value:"DATE" help:"Count only what was uploaded since."`
	Until   commands.Date `value:"DATE" help:"Count only what was uploaded until."`
	Sort    string        `short:"s" value:"COLUMN" default:"media_length" enum:"user_id|displayname|media_length|media_count" help:"Sort by this column; numbers come largest first."`
	Reverse bool          `short:"r" help:"Sort the other way round."`
}

// Validate refuses a time that ends before it begins.
func (a *mediaArgs) Validate() error {
	if !a.Until.IsZero() && !a.Since.Before(a.Until.Time) {
		return errors.New("--until has to be later than --since")
	}
	return nil
}

// Run lists a page.
func (a *mediaArgs) Run(ctx context.Context, env *commands.Env, api counter) (commands.Result, error) {
	numbers := slices.Contains([]string{"media_length", "media_count"}, a.Sort)
	found, err := api.MediaUsage(env.Verbatim(ctx), admin.MediaUsageQuery{
		From: a.From, Limit: a.Limit, Search: a.Name, Since: a.Since.Time, Until: a.Until.Time,
		OrderBy: a.Sort, Reverse: numbers != a.Reverse,
	})
	if err != nil {
		return nil, err
	}
	return usage{found, a.From}, nil
}

type usage struct {
	admin.Answer[admin.MediaUsagePage]
	from int
}

// NextFrom implements [commands.Paged].
func (u usage) NextFrom() string { return string(u.Value.NextToken) }

// View shows a table.
func (u usage) View() render.Doc {
	heading := render.Heading{render.Text(u.count())}
	if len(u.Value.Users) == 0 {
		return render.Doc{heading}
	}
	return render.Doc{heading, render.Rows(u.Raw, "users",
		render.Column{Name: "user_id"},
		render.Column{Name: "media_length", Right: true},
		render.Column{Name: "media_count", Right: true},
		render.Column{Name: "displayname", Optional: true, Free: true},
	)}
}

// count says how many users have media, and which of them this page has.
func (u usage) count() string {
	total, rows := u.Value.Total, len(u.Value.Users)
	switch {
	case total == 0:
		return "No users with media"
	case rows == total && total == 1:
		return "1 user with media"
	case rows == total:
		return fmt.Sprintf("%d users with media", total)
	case rows == 0:
		return fmt.Sprintf("No more users with media; there are %d", total)
	}
	return fmt.Sprintf("Users %d to %d of %d with media", u.from+1, u.from+rows, total)
}
