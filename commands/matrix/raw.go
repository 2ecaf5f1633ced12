package matrix

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
)

var rawCmd = commands.Define[rawArgs, rawSender](commands.Meta{
	Name:    "raw",
	Summary: "Send any request to the homeserver's admin API.",
	Detail: "ENDPOINT is joined to the root of the admin API (/_synapse/admin) and cannot leave it; redirects are not " +
		"followed. Everything but get is asked about, and in a room needs the count 1 behind the code. In a room an answer " +
		"with a token or password hash comes by direct message.",
	Role: commands.Owner,
	Examples: []string{
		"raw v1/rooms?limit=3", "raw v2/users/@bob:example.org",
		`raw v1/rooms/!abc:example.org/block -m put -d '{"block": true}'`,
		"raw v1/purge_media_cache?before_ts=1700000000000 -m post",
	},
})

// rawSender sends any request of the admin API.
type rawSender interface {
	Raw(ctx context.Context, r admin.RawRequest) (admin.Answer[json.RawMessage], error)
}

type rawArgs struct{ request }

// Reaches finds the accounts and rooms that the request acts on: nobody is less protected because of a path.
func (a *rawArgs) Reaches() (users []id.UserID, rooms []id.RoomID) {
	made, err := a.made()
	if err != nil {
		return nil, nil // Run says so
	}
	parts := made.Endpoint.Parts()
	users = usersIn(parts)
	if slices.Contains(parts, "account_validity") { // the one that has the account in its body
		var body struct {
			UserID id.UserID `json:"user_id"`
		}
		if json.Unmarshal(made.Body, &body) == nil {
			users = append(users, body.UserID)
		}
	}
	closes := slices.Contains(parts, "rooms") && !slices.Contains(parts, "make_room_admin") || slices.Contains(parts, "purge_history")
	for _, part := range parts {
		if closes && strings.HasPrefix(part, "!") {
			rooms = append(rooms, id.RoomID(part))
		}
	}
	return users, rooms
}

// usersIn are the accounts among the parts of a path.
func usersIn(parts []string) []id.UserID {
	var users []id.UserID
	for _, part := range parts {
		if strings.HasPrefix(part, "@") {
			users = append(users, id.UserID(part))
		}
	}
	return users
}

// Preview shows the request.
func (a *rawArgs) Preview(context.Context, *commands.Env, rawSender) (commands.Result, error) {
	made, err := a.made()
	if err != nil {
		return nil, err
	}
	return preview{made}, nil
}

// Run sends the request.
func (a *rawArgs) Run(ctx context.Context, env *commands.Env, api rawSender) (commands.Result, error) {
	made, err := a.made()
	if err != nil {
		return nil, err
	}
	found, err := api.Raw(ctx, made)
	if err != nil {
		return nil, err
	}
	return answered(env, found), nil
}
