package media

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var changesCmd = commands.Define[changesArgs, changeReader](commands.Meta{
	Name:    "media changes",
	Summary: "List files in the order in which they were quarantined or freed.",
	Detail: "The server gives at most 100 at a time, and always names where the next ones will be. " +
		"It does its best, but may leave one out or list it twice.",
	Examples: []string{"media changes", "media changes -f 120"},
})

// changeReader follows quarantines.
type changeReader interface {
	QuarantineChanges(ctx context.Context, from int) (admin.Answer[admin.QuarantineChanges], error)
}

type changesArgs struct {
	From int `short:"f" default:"0" min:"0" value:"N" help:"Start at this position; the answer names the next one."`
}

// Run reads the changes.
func (a *changesArgs) Run(ctx context.Context, _ *commands.Env, api changeReader) (commands.Result, error) {
	found, err := api.QuarantineChanges(ctx, a.From)
	if admin.CodeOf(err) == admin.CodeFailed && a.From > 0 {
		ahead := admin.Failed("there is no position %d yet; begin at one that an earlier answer named, or at 0", a.From)
		ahead.Hint, ahead.Cause = "media changes", err
		return nil, ahead
	}
	if err != nil {
		return nil, err
	}
	return changes{found}, nil
}

type changes struct {
	admin.Answer[admin.QuarantineChanges]
}

// NextFrom implements [commands.Paged]: the server always names a next position, also after the last change.
func (c changes) NextFrom() string {
	if len(c.Value.Changes) == 0 {
		return ""
	}
	return string(c.Value.NextBatch)
}

// View implements [commands.Result].
func (c changes) View() render.Doc {
	table := render.Table{Columns: []render.Column{{Name: "mxc_uri"}, {Name: "quarantined"}}}
	for _, one := range c.Value.Changes {
		table.Rows = append(table.Rows, []render.Inline{render.ID("mxc://" + one.Origin + "/" + one.MediaID), render.Bool(one.Quarantined)})
	}
	return render.Doc{render.Heading{plural(len(c.Value.Changes), "change", "changes")}, table}
}
