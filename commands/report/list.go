package report

import (
	"context"
	"errors"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var listCmd = commands.Define[listArgs, lister](commands.Meta{
	Name:    "report list",
	Summary: "List what users complain of, the newest first.",
	Detail: "A report stays until \"report delete\" closes it. Reports of rooms that were deleted are not shown, and the server " +
		"offers no list of reported rooms.",
	Examples: []string{"report list", "report list -k user", "report list --sender mallory", "report list --room #lobby:example.org -r"},
})

// lister finds reports.
type lister interface {
	EventReports(ctx context.Context, query admin.EventReportQuery) (admin.Answer[admin.EventReportPage], error)
	UserReports(ctx context.Context, query admin.UserReportQuery) (admin.Answer[admin.UserReportPage], error)
}

type listArgs struct {
	commands.Page
	kind
	By      commands.UserRef `help:"Only what this user complains of."`
	Room    commands.RoomRef `help:"Only events of this room."`
	Sender  commands.UserRef `help:"Only events that this user sent."`
	Target  commands.UserRef `help:"Only complaints about this user, with --kind user."`
	Reverse bool             `short:"r" help:"Oldest first."`
}

// Validate refuses what does not go with the kind.
func (a *listArgs) Validate() error {
	switch {
	case a.ofUsers() && (a.Room != commands.RoomRef{} || a.Sender.UserID != ""):
		return errors.New("--room and --sender are about events and do not go with --kind user")
	case !a.ofUsers() && a.Target.UserID != "":
		return errors.New("--target goes with --kind user; who sent an event is --sender")
	}
	return nil
}

// Run lists a page of reports.
func (a *listArgs) Run(ctx context.Context, _ *commands.Env, api lister) (commands.Result, error) {
	if a.ofUsers() {
		found, err := api.UserReports(ctx, admin.UserReportQuery{
			From: a.From, Limit: a.Limit, Reporter: a.By.UserID, Target: a.Target.UserID, OldestFirst: a.Reverse,
		})
		if err != nil {
			return nil, err
		}
		return userReports{found}, nil
	}
	found, err := api.EventReports(ctx, admin.EventReportQuery{
		From: a.From, Limit: a.Limit, Room: a.Room.RoomID, Reporter: a.By.UserID, Sender: a.Sender.UserID, OldestFirst: a.Reverse,
	})
	if err != nil {
		return nil, err
	}
	return eventReports{found}, nil
}

type eventReports struct {
	admin.Answer[admin.EventReportPage]
}

// NextFrom implements [commands.Paged].
func (r eventReports) NextFrom() string { return string(r.Value.NextToken) }

// View implements [commands.Result].
func (r eventReports) View() render.Doc {
	table := render.Table{Columns: []render.Column{
		{Name: "id", Right: true},
		{Name: "received_ts"},
		{Name: "sender"},
		{Name: "user_id", Optional: true},
		{Name: "room_id", Optional: true},
		{Name: "event_id", Optional: true},
		{Name: "reason", Free: true},
	}}
	for _, one := range r.Value.Reports {
		table.Rows = append(table.Rows, []render.Inline{
			render.Int(one.ID), render.Millis(one.ReceivedTS), who(one.Sender), who(one.Reporter), render.ID(one.RoomID), render.ID(one.EventID), text(one.Reason),
		})
	}
	return render.Doc{render.Heading{plural(r.Value.Total)}, table}
}

type userReports struct {
	admin.Answer[admin.UserReportPage]
}

// NextFrom implements [commands.Paged].
func (r userReports) NextFrom() string { return string(r.Value.NextToken) }

// View implements [commands.Result].
func (r userReports) View() render.Doc {
	table := render.Table{Columns: []render.Column{
		{Name: "id", Right: true},
		{Name: "received_ts"},
		{Name: "target_user_id"},
		{Name: "user_id", Optional: true},
		{Name: "reason", Free: true},
	}}
	for _, one := range r.Value.Reports {
		table.Rows = append(table.Rows, []render.Inline{
			render.Int(one.ID), render.Millis(one.ReceivedTS), who(one.Target), who(one.Reporter), text(one.Reason),
		})
	}
	return render.Doc{render.Heading{plural(r.Value.Total)}, table}
}
