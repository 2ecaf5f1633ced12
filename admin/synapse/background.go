package synapse

import (
	"context"

	"caretaker/admin"
)

// BackgroundStatus returns the background updates that run (GET v1/background_updates/status).
func (a *API) BackgroundStatus(ctx context.Context) (admin.Answer[admin.BackgroundStatus], error) {
	return call[admin.BackgroundStatus](ctx, a, request{
		op:   "GET v1/background_updates/status",
		verb: "read", subject: "the state of background updates",
	})
}

// BackgroundUpdatesEnabled returns whether background updates run (GET v1/background_updates/enabled). It is the
// cheapest way to learn whether the token has admin rights.
func (a *API) BackgroundUpdatesEnabled(ctx context.Context) (admin.Answer[admin.BackgroundUpdates], error) {
	return call[admin.BackgroundUpdates](ctx, a, request{
		op:   "GET v1/background_updates/enabled",
		verb: "read", subject: "the state of background updates",
	})
}

// EnableBackgroundUpdates lets background updates run, or not (POST v1/background_updates/enabled). The server forgets
// it when it restarts.
func (a *API) EnableBackgroundUpdates(ctx context.Context, enabled bool) (admin.Answer[admin.BackgroundUpdates], error) {
	return call[admin.BackgroundUpdates](ctx, a, request{
		op: "POST v1/background_updates/enabled", body: map[string]bool{"enabled": enabled},
		verb: either(enabled, "enable", "disable"), subject: "background updates",
	})
}

// StartBackgroundJob starts a job (POST v1/background_updates/start_job). One that is already under way is refused.
func (a *API) StartBackgroundJob(ctx context.Context, job admin.StartJob) (admin.Answer[admin.Done], error) {
	body := struct {
		Name   string `json:"job_name"`
		OldKey string `json:"old_key,omitempty"`
		Before int64  `json:"before_ts,omitempty"`
	}(job)
	return call[admin.Done](ctx, a, request{
		op: "POST v1/background_updates/start_job", body: body,
		verb: "start", subject: "job " + job.Name, hint: "background status",
	})
}
