package media

import (
	"context"
	"iter"
	"time"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var purgeCmd = commands.DefineWork[purgeArgs, purger](commands.Meta{
	Name:    "media purge",
	Summary: "Delete cached files of other servers that nobody used for long.",
	Detail: "The server fetches a file again when somebody opens it and its own server still has it. " +
		"Quarantined files stay. It may take minutes.",
	Risk:     commands.Destructive,
	Examples: []string{"media purge -d 30", "media purge -b 2026-01-31", `media purge --before "90d"`},
})

// purger empties the cache of remote media.
type purger interface {
	PurgeMediaCache(ctx context.Context, before time.Time) (admin.Answer[admin.PurgedMedia], error)
}

type purgeArgs struct{ before }

// Validate wants exactly one date.
func (a *purgeArgs) Validate() error {
	if a.given() != 1 {
		return errBefore
	}
	return nil
}

// Plan is one item, the moment.
func (a *purgeArgs) Plan(_ context.Context, env *commands.Env, _ purger) iter.Seq2[commands.Item, error] {
	return planned(a.checked(env))
}

// planned is the plan of work by date.
func planned(at time.Time, err error) iter.Seq2[commands.Item, error] {
	if err == nil {
		return commands.OneItem(target(at))
	}
	return func(yield func(commands.Item, error) bool) { yield(commands.Item{}, err) }
}

// Preview says what would be deleted.
func (a *purgeArgs) Preview(_ context.Context, env *commands.Env, _ purger) (commands.Result, error) {
	at, err := a.checked(env)
	if err != nil {
		return nil, err
	}
	return datePreview{
		At: written(at), what: "Delete cached files of other servers last used", future: at.After(env.Now),
		remark: []string{
			"How many that are, the server tells only afterwards.",
			"A file is fetched again when somebody opens it, if its server still has it.",
			"Quarantined files stay.",
		},
	}, nil
}

// Do deletes them; the server answers when all is done.
func (a *purgeArgs) Do(ctx context.Context, env *commands.Env, api purger, item commands.Item) (commands.Result, error) {
	at, err := moment(item.Target, env.Zone)
	if err != nil {
		return nil, err
	}
	answer, err := api.PurgeMediaCache(ctx, at)
	if err != nil {
		return nil, err
	}
	return purged{answer, at}, nil
}

type purged struct {
	admin.Answer[admin.PurgedMedia]
	before time.Time
}

// View implements [commands.Result].
func (p purged) View() render.Doc {
	n := 0
	if p.Value.Deleted != nil {
		n = *p.Value.Deleted
	}
	return render.Doc{sentence(render.Text("Deleted "), plural(n, "cached file", "cached files"),
		render.Text(" of other servers, last used before "+written(p.before)+"."))}
}
