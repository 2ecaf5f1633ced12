// Package media has the commands about files: those that the users of this
// server uploaded, and the cached copies of files of other servers.
package media

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// Group lists the commands about media.
var Group = commands.Group{
	Name:    "media",
	Summary: "Look at uploaded files, put them out of reach, delete them.",
	Commands: []*commands.Command{
		listCmd,
		detailsCmd,
		changesCmd,
		quarantineCmd,
		unquarantineCmd,
		protectCmd,
		unprotectCmd,
		deleteCmd,
		purgeCmd,
	},
}

// reader knows single files.
type reader interface {
	Media(ctx context.Context, media id.ContentURI) (admin.Answer[admin.MediaInfo], error)
}

func uri(media commands.MediaRef) id.ContentURI {
	return id.ContentURI{Homeserver: media.Server, FileID: media.ID}
}

// known makes sure that the server has the file, since it answers to many changes
// alike whether it has it or not. Servers that cannot tell are believed.
func known(ctx context.Context, api reader, media commands.MediaRef) (admin.Media, error) {
	found, err := api.Media(ctx, uri(media))
	switch {
	case admin.CodeOf(err) == admin.CodeUnsupported:
		return admin.Media{}, nil
	case err != nil:
		return admin.Media{}, err
	}
	return found.Value.Info, nil
}

// done is a change to one file: the server's answer, and what to say.
type done struct {
	admin.Answer[admin.Done]
	what  string // "Quarantined "
	media commands.MediaRef
	then  string // what follows from it
}

// View implements [commands.Result].
func (d done) View() render.Doc {
	return render.Doc{sentence(render.Text(d.what), render.ID(d.media.String()), render.Text(d.then))}
}

func sentence(parts ...render.Inline) render.Para { return render.Para(parts) }

// plural counts files: "1 file", "5 files".
func plural(n int, one, many string) render.Inline {
	if n == 1 {
		many = one
	}
	return render.Join{render.Int(n), render.Text(" " + many)}
}

// text is something from outside that the server may not know.
func text(s string) render.Inline {
	if s == "" {
		return render.Unknown{}
	}
	return render.Outside(s)
}

// who is a user whom the server may not know.
func who(user id.UserID) render.Inline {
	if user == "" {
		return render.Unknown{}
	}
	return render.ID(user)
}
