package user

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var mediaCmd = commands.Define[mediaArgs, mediaLister](commands.Meta{
	Name:     "user media",
	Summary:  "List the files that a user uploaded.",
	Detail:   "The newest come first unless --sort or --reverse says otherwise.",
	Examples: []string{"user media bob", "user media bob --sort media_length --reverse -l 10"},
})

type mediaLister interface {
	UserMedia(ctx context.Context, user id.UserID, query admin.MediaQuery) (admin.Answer[admin.MediaPage], error)
}

type mediaArgs struct {
	User commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	commands.Page
	commands.Times
	Sort    string `short:"s" value:"COLUMN" enum:"media_id|upload_name|created_ts|last_access_ts|media_length|media_type|quarantined_by|safe_from_quarantine" help:"Sort by this column. All but media_id and created_ts are slow on large servers."`
	Reverse bool   `short:"r" help:"Sort the other way round."`
}

// Run lists one page.
func (a *mediaArgs) Run(ctx context.Context, env *commands.Env, api mediaLister) (commands.Result, error) {
	page, err := api.UserMedia(ctx, a.User.UserID, admin.MediaQuery{From: a.From, Limit: a.Limit, OrderBy: a.Sort, Reverse: a.Reverse})
	if err != nil {
		return nil, err
	}
	page.Raw = a.Dated(page.Raw, env.Zone, "created_ts", "last_access_ts")
	return uploads{page, a.Times, a.From}, nil
}

// uploads is a page of a user's files.
type uploads struct {
	admin.Answer[admin.MediaPage]
	times commands.Times
	from  int
}

// NextFrom is the offset of the next page.
func (u uploads) NextFrom() string { return string(u.Value.NextToken) }

// View shows the total and a table.
func (u uploads) View() render.Doc {
	return render.Doc{
		render.Para{render.Text(span(u.from, len(u.Value.Media), u.Value.Total, "file", "files"))},
		files(u.Value.Media, u.times),
	}
}

// files shows media, one per row.
func files(media []admin.Media, times commands.Times) render.Table {
	t := render.Table{Columns: []render.Column{
		{Name: "media_id"},
		{Name: "media_length", Right: true},
		{Name: "created_ts"},
		{Name: "media_type", Optional: true},
		{Name: "last_access_ts", Optional: true},
		{Name: "quarantined_by", Optional: true},
		{Name: "safe_from_quarantine", Optional: true},
		{Name: "upload_name", Optional: true, Free: true},
	}}
	for _, one := range media {
		t.Rows = append(t.Rows, []render.Inline{
			render.ID(one.MediaID), render.Bytes(one.Length), times.Cell(one.CreatedTS), named(one.MediaType), times.Cell(one.LastAccessTS),
			named(string(one.QuarantinedBy)), render.Bool(one.SafeFromQuarantine), named(one.UploadName),
		})
	}
	return t
}
