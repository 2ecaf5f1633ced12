package history

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var purgeStatusCmd = commands.Define[purgeStatusArgs, follower](commands.Meta{
	Name:     "history purge-status",
	Summary:  "Show how far a purge of history is.",
	Detail:   "A purge that waits for its turn counts as active. The server forgets it a week after its end.",
	Examples: []string{"history purge-status aUdpGEKfWlLqJqcW"},
})

type purgeStatusArgs struct {
	PurgeID string `arg:"PURGE_ID" help:"The purge, as \"history purge\" named it."`
}

// Run reads the status.
func (a *purgeStatusArgs) Run(ctx context.Context, _ *commands.Env, api follower) (commands.Result, error) {
	found, err := api.HistoryPurge(ctx, a.PurgeID)
	if err != nil {
		return nil, err
	}
	return status{found}, nil
}

type status struct {
	admin.Answer[admin.PurgeStatus]
}

// View implements [commands.Result].
func (s status) View() render.Doc { return render.Doc{render.Object(s.Raw, "status", "error")} }
