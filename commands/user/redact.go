package user

import (
	"context"
	"iter"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
)

var redactCmd = commands.DefineWork[redactArgs, redacter](commands.Meta{
	Name:    "user redact",
	Summary: "Redact what somebody wrote, in all rooms or some.",
	Detail: "Takes the newest messages and joins of the user in each room; reactions, stickers and polls stay. Without --room that " +
		"is in all rooms that the user is in or banned from. For users of other servers, the admin token's account needs the " +
		"power to redact in each room. --reason is shown to everybody in the rooms.",
	Risk:     commands.Destructive,
	Examples: []string{"user redact @spammer:example.net", "user redact bob -r !abc:example.org --limit 100 --reason spam"},
})

// redacter is what redacting and following that needs of the homeserver.
type redacter interface {
	reader
	JoinedRooms(ctx context.Context, user id.UserID) (admin.Answer[admin.JoinedRooms], error)
	RedactUser(ctx context.Context, user id.UserID, which admin.RedactUser) (admin.Answer[admin.Redaction], error)
	redactionReader
}

// redactionReader knows how far a redaction is.
type redactionReader interface {
	Redaction(ctx context.Context, redaction string) (admin.Answer[admin.RedactionStatus], error)
}

type redactArgs struct {
	User  commands.UserRef   `arg:"USER" help:"Localpart, user id, pill or permalink, also of another server."`
	Room  []commands.RoomRef `short:"r" help:"Only in this room; can be repeated. Rooms that the user left are reached only this way."`
	Limit *int               `short:"l" min:"1" value:"N" help:"Messages per room (without it, the server's own limit of 1000)."`
}

// How long to wait before asking how far a redaction is, and when the server could not say.
const (
	pollAfter  = 3 * time.Second
	retryAfter = 15 * time.Second
)

// Plan is about one user.
func (a *redactArgs) Plan(context.Context, *commands.Env, redacter) iter.Seq2[commands.Item, error] {
	return commands.OneItem(a.User.String())
}

func (a *redactArgs) which(env *commands.Env) admin.RedactUser {
	which := admin.RedactUser{Reason: env.Reason}
	for _, room := range a.Room {
		which.Rooms = append(which.Rooms, room.RoomID)
	}
	if a.Limit != nil {
		which.Limit = *a.Limit
	}
	return which
}

// known is the error of an account that does not exist here: the server would redact nothing and be content.
func (a *redactArgs) known(ctx context.Context, env *commands.Env, api reader) error {
	if !env.Local(a.User.UserID) {
		return nil
	}
	_, err := api.User(ctx, a.User.UserID)
	return err
}

// Preview shows whose messages are lost, and where.
func (a *redactArgs) Preview(ctx context.Context, env *commands.Env, api redacter) (commands.Result, error) {
	if err := a.known(ctx, env, api); err != nil {
		return nil, err
	}
	plan := redacting{user: a.User.UserID, which: a.which(env), local: env.Local(a.User.UserID)}
	if len(a.Room) > 0 {
		return plan, nil
	}
	rooms, err := api.JoinedRooms(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	plan.joined = len(rooms.Value.Rooms)
	return plan, nil
}

// Do starts the redaction and follows it to its end.
func (a *redactArgs) Do(ctx context.Context, env *commands.Env, api redacter, item commands.Item) (commands.Result, error) {
	if item.State != "" {
		return a.follow(ctx, api, item.State)
	}
	if err := a.known(ctx, env, api); err != nil {
		return nil, err
	}
	started, err := api.RedactUser(ctx, a.User.UserID, a.which(env))
	if err != nil {
		return nil, err
	}
	return redaction{started, a.User.UserID}, commands.Again(pollAfter, started.Value.ID)
}

// follow asks how far the redaction is. A server that is away for a while does not end it.
func (a *redactArgs) follow(ctx context.Context, api redactionReader, redactID string) (commands.Result, error) {
	status, err := api.Redaction(ctx, redactID)
	switch {
	case admin.CodeOf(err) == admin.CodeUnavailable:
		return nil, commands.Again(retryAfter, redactID)
	case err != nil:
		return nil, err
	case !status.Value.Finished():
		return redactionUnderWay{status, a.User.UserID}, commands.Again(pollAfter, redactID)
	case status.Value.Status == admin.RedactionFailed:
		e := admin.Failed("redacting the messages of user %s did not complete%s", a.User.UserID, because(status.Value.Error))
		e.Hint = "user redact-status " + redactID
		return nil, e
	}
	return redacted{status, a.User.UserID}, nil
}
