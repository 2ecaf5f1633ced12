package regtok

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// reader reads one registration token.
type reader interface {
	RegistrationToken(ctx context.Context, token string) (admin.Answer[admin.RegistrationToken], error)
}

// table shows tokens, one per row.
func table(tokens []admin.RegistrationToken, times commands.Times, now time.Time) render.Table {
	t := render.Table{Columns: []render.Column{
		{Name: "token"}, {Name: "state"}, {Name: "uses_allowed"}, {Name: "completed"}, {Name: "pending", Optional: true}, {Name: "expiry_time"},
	}}
	for _, token := range tokens {
		t.Rows = append(t.Rows, []render.Inline{
			render.ID(token.Token), render.Text(state(token, now)), allowed(token), render.Int(token.Completed),
			render.Int(token.Pending), expiry(token, times),
		})
	}
	return t
}

// fields are the facts about one token.
func fields(token admin.RegistrationToken, times commands.Times, now time.Time) render.Fields {
	return render.Fields{
		{Name: "token", Value: render.ID(token.Token)},
		{Name: "state", Value: render.Text(state(token, now))},
		{Name: "uses_allowed", Value: allowed(token)},
		{Name: "completed", Value: render.Int(token.Completed)},
		{Name: "pending", Value: render.Int(token.Pending)},
		{Name: "expiry_time", Value: expiry(token, times)},
	}
}

// state says whether somebody can register with the token now.
func state(token admin.RegistrationToken, now time.Time) string {
	switch {
	case expired(token, now):
		return "expired"
	case token.UsesAllowed != nil && *token.UsesAllowed <= token.Completed+token.Pending:
		return "used up"
	}
	return "valid"
}

func expired(token admin.RegistrationToken, now time.Time) bool {
	return token.ExpiryTime != nil && !token.Expires().After(now)
}

func allowed(token admin.RegistrationToken) render.Inline {
	if token.UsesAllowed == nil {
		return render.Text("unlimited")
	}
	return render.Int(*token.UsesAllowed)
}

func expiry(token admin.RegistrationToken, times commands.Times) render.Inline {
	if token.ExpiryTime == nil {
		return render.Text("never")
	}
	return times.Cell(*token.ExpiryTime)
}

// limits says in words what a token allows.
func limits(token admin.RegistrationToken) render.Join {
	uses := "It can be used any number of times"
	if token.UsesAllowed != nil {
		uses = fmt.Sprintf("It can be used %d times", *token.UsesAllowed)
		if *token.UsesAllowed == 1 {
			uses = "It can be used once"
		}
	}
	if token.ExpiryTime == nil {
		return render.Join{render.Text(uses + " and never expires.")}
	}
	return render.Join{render.Text(uses + ", until "), render.Millis(*token.ExpiryTime), render.Text(".")}
}

// dated is a server's answer with dates where they are asked for.
func dated(raw json.RawMessage, times commands.Times, zone *time.Location) ([]byte, error) {
	return times.Dated(raw, zone, "expiry_time"), nil
}
