package media

import (
	"context"
	"errors"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var listCmd = commands.Define[listArgs, lister](commands.Meta{
	Name:    "media list",
	Summary: "List the media of a room or those that a user uploaded.",
	Detail: "In a room, only media that unencrypted messages mention can be found. Paging and sorting work for a user's media; " +
		"with a room and a user, the room wins.",
	Examples: []string{"media list -r #spam:example.org", "media list -u bob --sort media_length -R"},
})

// lister finds media.
type lister interface {
	RoomMedia(ctx context.Context, room id.RoomID) (admin.Answer[admin.RoomMedia], error)
	UserMedia(ctx context.Context, user id.UserID, query admin.MediaQuery) (admin.Answer[admin.MediaPage], error)
}

type listArgs struct {
	commands.Page
	commands.Times
	Room    commands.RoomRef `short:"r" long:"room-id" help:"Media that messages in this room mention."`
	User    commands.UserRef `short:"u" long:"user-id" help:"Media that this user uploaded."`
	Sort    string           `short:"s" value:"COLUMN" enum:"media_id|upload_name|created_ts|last_access_ts|media_length|media_type|quarantined_by|safe_from_quarantine" help:"Sort by this column."`
	Reverse bool             `short:"R" help:"Sort the other way round."`
}

// Validate wants a room or a user.
func (a *listArgs) Validate() error {
	if a.Room == (commands.RoomRef{}) && a.User.UserID == "" {
		return errors.New("one of --room-id and --user-id is needed")
	}
	return a.Times.Validate()
}

// Run lists the media of a room, or a page of a user's.
func (a *listArgs) Run(ctx context.Context, env *commands.Env, api lister) (commands.Result, error) {
	if a.Room.RoomID != "" {
		found, err := api.RoomMedia(ctx, a.Room.RoomID)
		if err != nil {
			return nil, err
		}
		return roomMedia{found}, nil
	}
	found, err := api.UserMedia(ctx, a.User.UserID, admin.MediaQuery{From: a.From, Limit: a.Limit, OrderBy: a.Sort, Reverse: a.Reverse})
	if err != nil {
		return nil, err
	}
	found.Raw = a.Dated(found.Raw, env.Zone, "created_ts", "last_access_ts")
	return userMedia{found, a.Times}, nil
}

type roomMedia struct{ admin.Answer[admin.RoomMedia] }

// View implements [commands.Result].
func (m roomMedia) View() render.Doc {
	table := render.Table{Columns: []render.Column{{Name: "mxc_uri"}, {Name: "origin", Optional: true}}}
	for _, one := range m.Value.Local {
		table.Rows = append(table.Rows, []render.Inline{render.ID(one), render.Text("local")})
	}
	for _, one := range m.Value.Remote {
		table.Rows = append(table.Rows, []render.Inline{render.ID(one), render.Text("remote")})
	}
	return render.Doc{
		render.Heading{render.Int(len(m.Value.Local)), render.Text(" local, "), render.Int(len(m.Value.Remote)), render.Text(" remote")},
		table,
	}
}

type userMedia struct {
	admin.Answer[admin.MediaPage]
	times commands.Times
}

// NextFrom implements [commands.Paged].
func (m userMedia) NextFrom() string { return string(m.Value.NextToken) }

// View implements [commands.Result].
func (m userMedia) View() render.Doc {
	table := render.Table{Columns: []render.Column{
		{Name: "media_id"},
		{Name: "media_length", Right: true},
		{Name: "created_ts"},
		{Name: "media_type", Optional: true},
		{Name: "last_access_ts", Optional: true},
		{Name: "quarantined_by", Optional: true},
		{Name: "safe_from_quarantine", Optional: true},
		{Name: "upload_name", Optional: true, Free: true},
	}}
	for _, one := range m.Value.Media {
		table.Rows = append(table.Rows, []render.Inline{
			render.ID(one.MediaID), render.Bytes(one.Length), m.times.Cell(one.CreatedTS), text(one.MediaType), m.times.Cell(one.LastAccessTS),
			who(one.QuarantinedBy), render.Bool(one.SafeFromQuarantine), text(one.UploadName),
		})
	}
	return render.Doc{render.Heading{plural(m.Value.Total, "file", "files")}, table}
}
