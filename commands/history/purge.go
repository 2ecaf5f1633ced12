package history

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"
	"unicode"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
)

var purgeCmd = commands.DefineWork[purgeArgs, purger](commands.Meta{
	Name:    "history purge",
	Summary: "Delete the events of a room before a date or an event.",
	Detail: "They are deleted from this server's database, which cannot be undone; other servers keep theirs. Events of this " +
		"server's users stay without --delete-local, since they may exist nowhere else. The room's state stays in any case, " +
		"and so does its newest message. The date is the time at which this server received an event.",
	Risk: commands.Destructive,
	Examples: []string{
		"history purge #lobby:example.org -d 365",
		"history purge !abc:example.org --before 2025-01-31 --delete-local",
		"history purge !abc:example.org -i $event",
	},
})

// purger starts purges and follows them.
type purger interface {
	Room(ctx context.Context, room id.RoomID) (admin.Answer[admin.Room], error)
	Event(ctx context.Context, event id.EventID) (admin.Answer[admin.FoundEvent], error)
	PurgeHistory(ctx context.Context, room id.RoomID, which admin.PurgeHistory) (admin.Answer[admin.Purge], error)
	follower
}

// follower knows how far purges are.
type follower interface {
	HistoryPurge(ctx context.Context, purge string) (admin.Answer[admin.PurgeStatus], error)
}

type purgeArgs struct {
	Rooms         []commands.RoomRef `arg:"ROOM" protect:"management" help:"Room id, alias or permalink."`
	BeforeEventID id.EventID         `short:"i" long:"before-event-id" help:"Events before this one; it stays itself."`
	BeforeDays    *int               `short:"d" value:"DAYS" min:"0" help:"Events older than this many days."`
	Before        commands.Date      `help:"Events before this date."`
	BeforeTS      *int64             `long:"before-ts" value:"MILLISECONDS" min:"0" help:"The same in milliseconds since 1970."`
	DeleteLocal   bool               `help:"Delete events of this server's users, too."`
}

// Validate wants exactly one of the four ways to say what is old.
func (a *purgeArgs) Validate() error {
	n := 0
	for _, is := range []bool{a.BeforeEventID != "", a.BeforeDays != nil, !a.Before.IsZero(), a.BeforeTS != nil} {
		if is {
			n++
		}
	}
	switch {
	case n != 1:
		return errors.New("exactly one of --before-event-id, --before-days, --before and --before-ts is needed")
	case a.BeforeEventID != "" && len(a.Rooms) > 1:
		return errors.New("an event belongs to one room, so that --before-event-id goes with one only")
	}
	return nil
}

// at is the moment that is meant, in the zone of the caller; zero where it is an event.
func (a *purgeArgs) at(env *commands.Env) time.Time {
	switch {
	case a.BeforeDays != nil:
		return env.Now.In(env.Zone).AddDate(0, 0, -*a.BeforeDays)
	case a.BeforeTS != nil:
		return time.UnixMilli(*a.BeforeTS).In(env.Zone)
	}
	return a.Before.Time
}

// How long to wait before asking how far a purge is, and when the server could not say.
const (
	pollAfter  = 3 * time.Second
	retryAfter = 15 * time.Second
)

// Plan lists the rooms.
func (a *purgeArgs) Plan(context.Context, *commands.Env, purger) iter.Seq2[commands.Item, error] {
	return commands.Items(a.Rooms)
}

// Do starts the purge of one room and follows it to its end.
func (a *purgeArgs) Do(ctx context.Context, env *commands.Env, api purger, item commands.Item) (commands.Result, error) {
	room := id.RoomID(item.Target)
	if item.State != "" {
		return follow(ctx, api, room, item.State)
	}
	if err := a.check(ctx, api, room); err != nil {
		return nil, err
	}
	begun, err := api.PurgeHistory(ctx, room, admin.PurgeHistory{Before: a.at(env), BeforeEvent: a.BeforeEventID, DeleteLocal: a.DeleteLocal})
	if admin.IsNotFound(err) {
		return nil, a.nothing(env, room)
	}
	if err != nil {
		return nil, err
	}
	return started{begun, room}, commands.Again(pollAfter, begun.Value.ID)
}

// check makes sure that the room is there: the server says alike that a room is unknown and that nothing in it is old enough.
func (a *purgeArgs) check(ctx context.Context, api purger, room id.RoomID) error {
	_, err := api.Room(ctx, room)
	return err
}

// nothing says that there is nothing to purge in a room that exists.
func (a *purgeArgs) nothing(env *commands.Env, room id.RoomID) error {
	none := admin.NotFound("nothing in room %s is older than %s", room, written(a.at(env)))
	if a.BeforeEventID != "" {
		none = admin.NotFound("event %s does not exist in room %s", a.BeforeEventID, room)
	}
	none.Hint = "room messages " + string(room)
	return none
}

// follow asks how far the purge is. A server that is away for a while does not end it.
func follow(ctx context.Context, api follower, room id.RoomID, purge string) (commands.Result, error) {
	status, err := api.HistoryPurge(ctx, purge)
	switch {
	case admin.CodeOf(err) == admin.CodeUnavailable:
		return nil, commands.Again(retryAfter, purge)
	case err != nil:
		return nil, err
	case status.Value.Status == admin.PurgeComplete:
		return purged{status, room}, nil
	case status.Value.Status != admin.PurgeFailed:
		return progress{status, room}, commands.Again(pollAfter, purge)
	}
	why := reason(status.Value.Error)
	if why == "" {
		why = "the server does not say why"
	}
	e := admin.Failed("the purge of room %s failed: %s", room, why)
	e.Hint = "history purge-status " + purge
	return nil, e
}

// reason is the server's own words for a failure, cleaned for a sentence; empty when it has none for people.
func reason(told string) string {
	told = strings.Join(strings.FieldsFunc(told, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	if strings.ContainsAny(told, "{}<>`") {
		return ""
	}
	return strings.TrimRight(told, ". ")
}

// written repeats a date so that nobody wonders how it was read.
func written(at time.Time) string { return at.Format(time.RFC3339) }
