package regtok

import (
	"context"
	"errors"
	"fmt"
	"time"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var deleteCmd = commands.Define[deleteArgs, deleter](commands.Meta{
	Name:     "regtok delete",
	Summary:  "Delete a registration token, or all that are expired.",
	Detail:   "Accounts that were registered with it stay.",
	Risk:     commands.Destructive,
	Examples: []string{"regtok delete spring-2026", "regtok delete --expired"},
})

type deleter interface {
	reader
	lister
	DeleteRegistrationToken(ctx context.Context, token string) (admin.Answer[admin.Done], error)
}

type deleteArgs struct {
	Token   commands.RegToken `arg:"[TOKEN]" help:"The token."`
	Expired bool              `help:"Delete all tokens whose time is over."`
}

// Validate wants exactly one of the two forms.
func (a *deleteArgs) Validate() error {
	switch {
	case a.Token == "" && !a.Expired:
		return errors.New("\"regtok delete\" needs TOKEN or --expired")
	case a.Token != "" && a.Expired:
		return errors.New("TOKEN and --expired cannot be used together")
	}
	return nil
}

// Preview shows the tokens that would be deleted.
func (a *deleteArgs) Preview(ctx context.Context, env *commands.Env, api deleter) (commands.Result, error) {
	if a.Expired {
		tokens, err := a.over(ctx, env, api)
		return deleting{tokens, env.Now}, err
	}
	token, err := api.RegistrationToken(ctx, string(a.Token))
	if err != nil {
		return nil, err
	}
	return deleting{[]admin.RegistrationToken{token.Value}, env.Now}, nil
}

// Run deletes the token, or every expired one.
func (a *deleteArgs) Run(ctx context.Context, env *commands.Env, api deleter) (commands.Result, error) {
	if a.Expired {
		return a.sweep(ctx, env, api)
	}
	answer, err := api.DeleteRegistrationToken(ctx, string(a.Token))
	if err != nil {
		return nil, err
	}
	return deleted{answer, a.Token}, nil
}

// over lists the tokens whose time is over; the server's invalid ones are also those that are used up.
func (a *deleteArgs) over(ctx context.Context, env *commands.Env, api deleter) ([]admin.RegistrationToken, error) {
	valid := false
	answer, err := api.RegistrationTokens(ctx, &valid)
	if err != nil {
		return nil, err
	}
	var tokens []admin.RegistrationToken
	for _, token := range answer.Value.Tokens {
		if expired(token, env.Now) {
			tokens = append(tokens, token)
		}
	}
	return tokens, nil
}

func (a *deleteArgs) sweep(ctx context.Context, env *commands.Env, api deleter) (commands.Result, error) {
	tokens, err := a.over(ctx, env, api)
	if err != nil {
		return nil, err
	}
	result := swept{Deleted: []string{}}
	for _, token := range tokens {
		_, err := api.DeleteRegistrationToken(ctx, token.Token)
		switch {
		case admin.IsNotFound(err): // somebody else was faster
		case err != nil && len(result.Deleted) == 0:
			return nil, err
		case err != nil:
			result.Failed = append(result.Failed, failure{token.Token, err.Error()})
		default:
			result.Deleted = append(result.Deleted, token.Token)
		}
	}
	result.Total = len(result.Deleted)
	return result, nil
}

// deleting are the tokens that would be deleted.
type deleting struct {
	tokens []admin.RegistrationToken
	now    time.Time
}

// View shows them with what they would still allow.
func (d deleting) View() render.Doc {
	switch len(d.tokens) {
	case 0:
		return render.Doc{render.Para{render.Text("No registration token is expired; there is nothing to delete.")}}
	case 1:
		token := d.tokens[0]
		return render.Doc{
			render.Para{render.Text("Delete the registration token "), render.ID(token.Token), render.Text("?")},
			fields(token, commands.Times{}, d.now),
		}
	}
	return render.Doc{
		render.Para{render.Text(fmt.Sprintf("Delete %d expired registration tokens?", len(d.tokens)))},
		table(d.tokens, commands.Times{}, d.now),
	}
}

// deleted is a token that is gone.
type deleted struct {
	admin.Answer[admin.Done]
	token commands.RegToken
}

// View says so.
func (d deleted) View() render.Doc {
	return render.Doc{render.Para{render.Text("Deleted the registration token "), render.ID(d.token), render.Text(".")}}
}

// swept is what became of all expired tokens.
type swept struct {
	Deleted []string  `json:"deleted"`
	Total   int       `json:"total"` // of the deleted ones
	Failed  []failure `json:"failed,omitempty"`
}

type failure struct {
	Token string `json:"token"`
	Error string `json:"error"`
}

// Status is partial when a token could not be deleted after others were.
func (s swept) Status() commands.Status {
	if len(s.Failed) > 0 {
		return commands.StatusPartial
	}
	return commands.StatusOK
}

// View names the deleted tokens, and those that are still there.
func (s swept) View() render.Doc {
	if s.Total == 0 && len(s.Failed) == 0 {
		return render.Doc{render.Para{render.Text("No registration token was expired; nothing was deleted.")}}
	}
	gone := render.List{}
	for _, token := range s.Deleted {
		gone = append(gone, render.Para{render.ID(token)})
	}
	count := fmt.Sprintf("Deleted %d expired registration tokens:", s.Total)
	if s.Total == 1 {
		count = "Deleted 1 expired registration token:"
	}
	doc := render.Doc{render.Para{render.Text(count)}, gone}
	if len(s.Failed) == 0 {
		return doc
	}
	left := render.List{}
	for _, f := range s.Failed {
		left = append(left, render.Para{render.ID(f.Token), render.Text(": "), render.Outside(f.Error)})
	}
	return append(doc, render.Para{render.Text("Not deleted:")}, left)
}
