package matrix

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"slices"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
)

var matrixRawCmd = commands.Define[matrixRawArgs, matrixSender](commands.Meta{
	Name:    "matrix raw",
	Summary: "Send any request to the Matrix APIs, as the admin or with another token.",
	Detail: "ENDPOINT is joined to the root of the Matrix APIs (/_matrix) and cannot leave it; redirects are not followed. " +
		"On a terminal the token is taken from --prompt, else --token, else the environment variable MTOKEN, else it is the " +
		"admin token. Everything but get is asked about, and in a room needs the count 1 behind the code. In a room an answer " +
		"with a token comes by direct message.",
	Role: commands.Owner,
	Examples: []string{
		"matrix raw client/versions", "matrix raw client/v3/joined_rooms",
		`matrix raw client/v3/rooms/!abc:example.org/leave -m post -d '{"reason": "moved"}'`,
	},
})

// matrixSender sends any request of the Matrix APIs.
type matrixSender interface {
	RawMatrix(ctx context.Context, r admin.RawRequest) (admin.Answer[json.RawMessage], error)
}

// tokenVariable is the environment variable that a terminal may have the token in.
const tokenVariable = "MTOKEN"

type matrixRawArgs struct {
	request
	Token  *commands.Secret `short:"t" value:"TOKEN" help:"Access token to use in place of the admin's."`
	Prompt bool             `short:"p" door:"terminal" help:"Ask for the token."`
}

// Validate wants one token at most.
func (a *matrixRawArgs) Validate() error {
	if a.Token != nil && a.Prompt {
		return errors.New("--token and --prompt cannot be used together")
	}
	return a.request.Validate()
}

// AskSecret reports whether a terminal has to ask for the token, and with what words.
func (a *matrixRawArgs) AskSecret() (prompt string, need bool) { return "Matrix token", a.Prompt }

// SetSecret stores the token that was typed.
func (a *matrixRawArgs) SetSecret(token string) {
	typed := commands.Secret(token)
	a.Token = &typed
}

// KnownSecret names the options that give the token without a question. It exists already, so that it is asked for once.
func (a *matrixRawArgs) KnownSecret() string {
	return "--token, or the environment variable " + tokenVariable
}

// Preview shows the request.
func (a *matrixRawArgs) Preview(_ context.Context, env *commands.Env, _ matrixSender) (commands.Result, error) {
	made, err := a.ready(env)
	if err != nil {
		return nil, err
	}
	return preview{made}, nil
}

// Run sends the request.
func (a *matrixRawArgs) Run(ctx context.Context, env *commands.Env, api matrixSender) (commands.Result, error) {
	made, err := a.ready(env)
	if err != nil {
		return nil, err
	}
	found, err := api.RawMatrix(ctx, made)
	if err != nil {
		return nil, err
	}
	return answered(env, found), nil
}

// ready is the request with its token.
func (a *matrixRawArgs) ready(env *commands.Env) (admin.RawRequest, error) {
	made, err := a.made()
	if err != nil {
		return made, err
	}
	switch {
	case a.Token != nil:
		made.Token = admin.Secret(*a.Token)
	case env.Door == commands.DoorTerminal:
		made.Token = admin.Secret(os.Getenv(tokenVariable))
	}
	if made.Token == "" && endsSession(made) {
		return made, &commands.DeniedError{
			Message: "this would close the account of the admin token, or its session; it is protected from everybody",
			Hint:    "help matrix raw",
		}
	}
	return made, nil
}

// endsSession reports whether a request of the client-server API closes the account or the session of its token.
func endsSession(made admin.RawRequest) bool {
	parts := made.Endpoint.Parts()
	has := func(part string) bool { return slices.Contains(parts, part) }
	switch made.Method {
	case http.MethodPost:
		return has("logout") || has("delete_devices") || has("account") && (has("deactivate") || has("password"))
	case http.MethodDelete:
		return has("devices")
	}
	return false
}

// Reaches finds the accounts that the request administers.
func (a *matrixRawArgs) Reaches() (users []id.UserID, rooms []id.RoomID) {
	made, err := a.made()
	if err != nil {
		return nil, nil // Run says so
	}
	if parts := made.Endpoint.Parts(); slices.Contains(parts, "admin") || slices.Contains(parts, "profile") {
		users = usersIn(parts)
	}
	return users, nil
}
