package user

import (
	"cmp"
	"context"
	"slices"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var activityCmd = commands.Define[activityArgs, observer](commands.Meta{
	Name:     "user activity",
	Summary:  "Show what an account did lately, as far as the server counts it.",
	Detail:   "Many invitations or rooms in a short time are what spammers leave behind. A change of the profile counts as joining all rooms of the user.",
	Role:     commands.Operator,
	Examples: []string{"user activity bob", "user activity author --since 24h"},
})

type observer interface {
	reader
	whoser
	SentInvites(ctx context.Context, user id.UserID, since time.Time) (admin.Answer[admin.SentInvites], error)
	RoomsJoined(ctx context.Context, user id.UserID, since time.Time) (admin.Answer[admin.RoomsJoined], error)
}

type activityArgs struct {
	User  commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	Since commands.Date    `default:"7d" help:"From when on to count."`
}

// Run puts together what the server tells in several places.
func (a *activityArgs) Run(ctx context.Context, _ *commands.Env, api observer) (commands.Result, error) {
	user, since := a.User.UserID, a.Since.Time
	account, err := api.User(ctx, user)
	if err != nil {
		return nil, err
	}
	invites, err := api.SentInvites(ctx, user, since)
	if err != nil {
		return nil, err
	}
	rooms, err := api.RoomsJoined(ctx, user, since)
	if err != nil {
		return nil, err
	}
	whois, err := api.Whois(ctx, user)
	if err != nil {
		return nil, err
	}
	return activity{
		User: user, SinceTS: a.Since.Milli(), LastSeenTS: account.Value.LastSeenTS,
		Invites: *invites.Value.Count, Rooms: *rooms.Value.Count, Connections: connectionsSince(whois.Value, a.Since.Milli()),
	}, nil
}

// connectionsSince are the connections that were used since a time in milliseconds, the latest first.
func connectionsSince(whois admin.Whois, since int64) []admin.Connection {
	recent := []admin.Connection{}
	for _, c := range latestFirst(whois.Connections()) {
		if c.LastSeen >= since {
			recent = append(recent, c)
		}
	}
	return recent
}

// latestFirst sorts connections by when they were used last.
func latestFirst(all []admin.Connection) []admin.Connection {
	slices.SortFunc(all, func(a, b admin.Connection) int {
		return cmp.Or(cmp.Compare(b.LastSeen, a.LastSeen), cmp.Compare(a.IP, b.IP), cmp.Compare(a.UserAgent, b.UserAgent))
	})
	return all
}

// activity is what an account did since a time. Timestamps are milliseconds.
type activity struct {
	User        id.UserID          `json:"user_id"`
	SinceTS     int64              `json:"since_ts"`
	LastSeenTS  int64              `json:"last_seen_ts,omitzero"`
	Invites     int64              `json:"invite_count"`
	Rooms       int64              `json:"cumulative_joined_room_count"`
	Connections []admin.Connection `json:"connections"`
}

// View shows the counts and the addresses.
func (a activity) View() render.Doc {
	doc := render.Doc{
		render.Fields{
			{Name: "User", Value: render.ID(a.User)},
			{Name: "Since", Value: render.Millis(a.SinceTS)},
			{Name: "Last seen", Value: render.Millis(a.LastSeenTS)},
			{Name: "Invitations sent", Value: render.Int(a.Invites)},
			{Name: "Rooms joined", Value: render.Int(a.Rooms)},
			{Name: "Connections", Value: render.Int(len(a.Connections))},
		},
	}
	if len(a.Connections) > 0 {
		doc = append(doc, connectionTable(a.Connections))
	}
	return doc
}
