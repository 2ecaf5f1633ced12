package synapse

import (
	"context"
	"net/url"

	"caretaker/admin"
)

// Tasks returns the server's work in the background (GET v1/scheduled_tasks), finished work of the last week included.
func (a *API) Tasks(ctx context.Context, query admin.TaskQuery) (admin.Answer[admin.ScheduledTasks], error) {
	return a.tasks(ctx, query, "tasks")
}

// ScheduledTasks returns the work on one room or user, see Tasks.
func (a *API) ScheduledTasks(ctx context.Context, resource string) (admin.Answer[admin.ScheduledTasks], error) {
	return a.tasks(ctx, admin.TaskQuery{Resource: resource}, "tasks of "+resource)
}

func (a *API) tasks(ctx context.Context, query admin.TaskQuery, subject string) (admin.Answer[admin.ScheduledTasks], error) {
	values := url.Values{}
	setText(values, "resource_id", query.Resource)
	for _, action := range query.Actions {
		values.Add("action_name", action)
	}
	for _, status := range query.Statuses {
		values.Add("status", status)
		values.Add("job_status", status) // its name before 1.146, which newer servers read only where the other is missing
	}
	return call[admin.ScheduledTasks](ctx, a, request{
		op: "GET v1/scheduled_tasks", query: values,
		verb: "list", subject: subject,
	})
}
