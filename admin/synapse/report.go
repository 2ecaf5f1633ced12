package synapse

import (
	"context"
	"net/url"
	"strconv"

	"caretaker/admin"
)

// EventReports returns a page of the complaints about events (GET v1/event_reports).
func (a *API) EventReports(ctx context.Context, query admin.EventReportQuery) (admin.Answer[admin.EventReportPage], error) {
	values := reportPage(query.From, query.Limit, query.OldestFirst)
	setText(values, "room_id", string(query.Room))
	setText(values, "user_id", string(query.Reporter))
	setText(values, "event_sender_user_id", string(query.Sender))
	return call[admin.EventReportPage](ctx, a, request{
		op: "GET v1/event_reports", query: values,
		verb: "list", subject: "reports of events",
	})
}

// EventReport returns a complaint with the event it is about (GET v1/event_reports/{report}). The server does not find
// it any more when the event was purged, although it still lists it.
func (a *API) EventReport(ctx context.Context, report int64) (admin.Answer[admin.EventReport], error) {
	return call[admin.EventReport](ctx, a, request{
		op: "GET v1/event_reports/{report}", parts: []string{strconv.FormatInt(report, 10)},
		verb: "read", subject: eventReport(report), hint: "report list",
	})
}

// DeleteEventReport forgets a complaint about an event; the event stays (DELETE v1/event_reports/{report}).
func (a *API) DeleteEventReport(ctx context.Context, report int64) (admin.Answer[admin.Done], error) {
	return call[admin.Done](ctx, a, request{
		op: "DELETE v1/event_reports/{report}", parts: []string{strconv.FormatInt(report, 10)}, body: empty{},
		verb: "delete", subject: eventReport(report), hint: "report list",
	})
}

// UserReports returns a page of the complaints about users (GET v1/user_reports).
func (a *API) UserReports(ctx context.Context, query admin.UserReportQuery) (admin.Answer[admin.UserReportPage], error) {
	values := reportPage(query.From, query.Limit, query.OldestFirst)
	setText(values, "user_id", string(query.Reporter))
	setText(values, "target_user_id", string(query.Target))
	return call[admin.UserReportPage](ctx, a, request{
		op: "GET v1/user_reports", query: values,
		verb: "list", subject: "reports of users",
	})
}

// UserReport returns a complaint about a user (GET v1/user_reports/{report}).
func (a *API) UserReport(ctx context.Context, report int64) (admin.Answer[admin.UserReport], error) {
	return call[admin.UserReport](ctx, a, request{
		op: "GET v1/user_reports/{report}", parts: []string{strconv.FormatInt(report, 10)},
		verb: "read", subject: userReport(report), hint: "report list --kind user",
	})
}

// DeleteUserReport forgets a complaint about a user (DELETE v1/user_reports/{report}).
func (a *API) DeleteUserReport(ctx context.Context, report int64) (admin.Answer[admin.Done], error) {
	return call[admin.Done](ctx, a, request{
		op: "DELETE v1/user_reports/{report}", parts: []string{strconv.FormatInt(report, 10)}, body: empty{},
		verb: "delete", subject: userReport(report), hint: "report list --kind user",
	})
}

// reportPage always says the direction: reports come newest first, unlike other lists.
func reportPage(from, limit int, oldestFirst bool) url.Values {
	values := page(from, limit, "", false)
	values.Set("dir", either(oldestFirst, "f", "b"))
	return values
}

func eventReport(report int64) string { return "event report " + strconv.FormatInt(report, 10) }
func userReport(report int64) string  { return "user report " + strconv.FormatInt(report, 10) }
