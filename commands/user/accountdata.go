package user

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var accountDataCmd = commands.Define[accountDataArgs, accountDataReader](commands.Meta{
	Name:     "user account-data",
	Summary:  "Show what clients keep on the server for an account.",
	Detail:   "Lists the types with their sizes. The contents are private and can be large; -o json shows them.",
	Role:     commands.Admin,
	Examples: []string{"user account-data bob", "user account-data bob -o json"},
})

type accountDataReader interface {
	AccountData(ctx context.Context, user id.UserID) (admin.Answer[admin.AccountData], error)
}

type accountDataArgs struct {
	User commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
}

// Run reads all account data.
func (a *accountDataArgs) Run(ctx context.Context, _ *commands.Env, api accountDataReader) (commands.Result, error) {
	answer, err := api.AccountData(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	return accountData{answer, a.User.UserID}, nil
}

// accountData is what clients keep for an account.
type accountData struct {
	admin.Answer[admin.AccountData]
	user id.UserID
}

// View lists types and sizes, those of the whole account first.
func (a accountData) View() render.Doc {
	data := a.Value.AccountData
	t := render.Table{Columns: []render.Column{{Name: "type"}, {Name: "size", Right: true}, {Name: "room_id"}}}
	t.Rows = appendTypes(t.Rows, data.Global, render.Unknown{})
	for _, room := range slices.SortedFunc(maps.Keys(data.Rooms), cmp.Compare) {
		t.Rows = appendTypes(t.Rows, data.Rooms[room], render.ID(room))
	}
	if len(t.Rows) == 0 {
		return render.Doc{sentence("Clients keep nothing for", a.user, ".")}
	}
	return render.Doc{t}
}

func appendTypes(rows [][]render.Inline, contents map[string]json.RawMessage, room render.Inline) [][]render.Inline {
	for _, name := range slices.Sorted(maps.Keys(contents)) {
		rows = append(rows, []render.Inline{render.Outside(name), render.Bytes(len(contents[name])), room})
	}
	return rows
}
