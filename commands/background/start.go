package background

import (
	"context"
	"errors"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var startCmd = commands.Define[startArgs, starter](commands.Meta{
	Name:    "background start",
	Summary: "Start one of the jobs that repair the database.",
	Detail: "populate_stats_process_rooms counts all rooms again, regenerate_directory makes the directory of users anew, " +
		"event_resign signs events again after the server's key has changed. They are heavy and take long on large servers.",
	Risk:     commands.Reversible,
	Role:     commands.Admin,
	Examples: []string{"background start regenerate_directory", "background start event_resign --old-key ed25519:a_old"},
})

// starter starts jobs.
type starter interface {
	StartBackgroundJob(ctx context.Context, job admin.StartJob) (admin.Answer[admin.Done], error)
}

const resign = "event_resign"

type startArgs struct {
	Job    string        `arg:"JOB" enum:"populate_stats_process_rooms|regenerate_directory|event_resign" help:"What is to be done."`
	OldKey string        `value:"KEY" help:"With event_resign: only events signed with this key."`
	Before commands.Date `value:"DATE" help:"With event_resign: only events from before."`
}

// Validate refuses options that the job does not know.
func (a *startArgs) Validate() error {
	if a.Job != resign && (a.OldKey != "" || !a.Before.IsZero()) {
		return errors.New("--old-key and --before are for event_resign only")
	}
	return nil
}

// Run starts the job.
func (a *startArgs) Run(ctx context.Context, _ *commands.Env, api starter) (commands.Result, error) {
	answer, err := api.StartBackgroundJob(ctx, admin.StartJob{Name: a.Job, OldKey: a.OldKey, Before: a.Before.Milli()})
	if err != nil {
		return nil, err
	}
	return started{answer, a.Job}, nil
}

type started struct {
	admin.Answer[admin.Done]
	job string
}

// View says what was started and where it can be seen.
func (s started) View() render.Doc {
	return render.Doc{render.Para{
		render.Text("Started " + s.job + ". "), render.Command("background status"), render.Text(" shows it while it runs."),
	}}
}
