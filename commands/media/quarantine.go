package media

import (
	"context"
	"errors"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var quarantineCmd = commands.Define[quarantineArgs, quarantiner](commands.Meta{
	Name:    "media quarantine",
	Summary: "Make a file unavailable, or all media of a room or user.",
	Detail: "Files with the same content become unavailable, too. Protected files are left out. Single files can be had back " +
		"with \"media unquarantine\"; there is no way to do that for a room or user at once.",
	Risk:     commands.Reversible,
	Examples: []string{"media quarantine -U mxc://example.org/abcdef", "media quarantine -i abcdef -s elsewhere.net", "media quarantine -u mallory"},
})

// quarantiner puts media out of reach.
type quarantiner interface {
	reader
	lister
	QuarantineMedia(ctx context.Context, media id.ContentURI) (admin.Answer[admin.Done], error)
	QuarantineRoomMedia(ctx context.Context, room id.RoomID) (admin.Answer[admin.Quarantined], error)
	QuarantineUserMedia(ctx context.Context, user id.UserID) (admin.Answer[admin.Quarantined], error)
}

type quarantineArgs struct {
	single
	Room commands.RoomRef `short:"r" long:"room-id" help:"All media that unencrypted messages in this room mention."`
	User commands.UserRef `short:"u" long:"user-id" help:"All media that this user uploaded."`
}

func (a *quarantineArgs) ofRoom() bool { return a.Room != commands.RoomRef{} }
func (a *quarantineArgs) ofUser() bool { return a.User.UserID != "" }

// Validate wants exactly one file, room or user.
func (a *quarantineArgs) Validate() error {
	n := a.given()
	for _, is := range []bool{a.ofRoom(), a.ofUser()} {
		if is {
			n++
		}
	}
	if n != 1 {
		return errors.New("exactly one of --media-id, --mxc-uri, --room-id and --user-id is needed")
	}
	return a.settle()
}

// Risk implements the risk by options: many files at once are not had back at once.
func (a *quarantineArgs) Risk() (commands.Risk, commands.Role) {
	if a.ofRoom() || a.ofUser() {
		return commands.Destructive, commands.Admin
	}
	return commands.Reversible, commands.Operator
}

// Preview counts the files that would become unavailable.
func (a *quarantineArgs) Preview(ctx context.Context, _ *commands.Env, api quarantiner) (commands.Result, error) {
	switch {
	case a.ofRoom():
		found, err := api.RoomMedia(ctx, a.Room.RoomID)
		if err != nil {
			return nil, err
		}
		return affected{string(a.Room.RoomID), len(found.Value.Local), len(found.Value.Remote)}, nil
	case a.ofUser():
		n, err := a.uploads(ctx, api)
		if err != nil {
			return nil, err
		}
		return affected{string(a.User.UserID), n, 0}, nil
	}
	info, err := a.file(ctx, api)
	if err != nil {
		return nil, err
	}
	return filePreview{a.media(), info, "Quarantine this file"}, nil
}

// uploads counts what the user uploaded. The server answers a quarantine alike for users who don't exist.
func (a *quarantineArgs) uploads(ctx context.Context, api lister) (int, error) {
	found, err := api.UserMedia(ctx, a.User.UserID, admin.MediaQuery{Limit: 1})
	return found.Value.Total, err
}

// file makes sure that the file can be quarantined, which the server's answer would not tell.
func (a *quarantineArgs) file(ctx context.Context, api reader) (admin.Media, error) {
	info, err := known(ctx, api, a.media())
	if err == nil && info.SafeFromQuarantine {
		protected := admin.Failed("media %s is protected from quarantine", a.media())
		protected.Hint = "media unprotect " + a.media().String()
		return info, protected
	}
	return info, err
}

// Run quarantines the file, or the media of the room or user.
func (a *quarantineArgs) Run(ctx context.Context, _ *commands.Env, api quarantiner) (commands.Result, error) {
	switch {
	case a.ofRoom():
		hit, err := api.QuarantineRoomMedia(ctx, a.Room.RoomID)
		if err != nil {
			return nil, err
		}
		return quarantined{hit, string(a.Room.RoomID)}, nil
	case a.ofUser():
		return a.quarantineUser(ctx, api)
	}
	if _, err := a.file(ctx, api); err != nil {
		return nil, err
	}
	answer, err := api.QuarantineMedia(ctx, uri(a.media()))
	if err != nil {
		return nil, err
	}
	return done{answer, "Quarantined ", a.media(), " and all files of the same content."}, nil
}

func (a *quarantineArgs) quarantineUser(ctx context.Context, api quarantiner) (commands.Result, error) {
	if _, err := a.uploads(ctx, api); err != nil {
		return nil, err
	}
	hit, err := api.QuarantineUserMedia(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	return quarantined{hit, string(a.User.UserID)}, nil
}

// quarantined is how many files of a room or user became unavailable.
type quarantined struct {
	admin.Answer[admin.Quarantined]
	of string
}

// View implements [commands.Result].
func (q quarantined) View() render.Doc {
	n := 0
	if q.Value.Count != nil {
		n = *q.Value.Count
	}
	return render.Doc{sentence(render.Text("Quarantined "), plural(n, "file", "files"), render.Text(" of "), render.ID(q.of), render.Text("."))}
}

// affected is how many files a quarantine would hit.
type affected struct {
	Of     string `json:"of"`
	Local  int    `json:"local"`
	Remote int    `json:"remote"`
}

// View implements [commands.Result].
func (a affected) View() render.Doc {
	return render.Doc{
		render.Heading{render.Text("Quarantine all media of "), render.ID(a.Of)},
		render.List{
			sentence(plural(a.Local, "file", "files"), render.Text(" of this server and "), render.Int(a.Remote), render.Text(" of others become unavailable, and files of the same content.")),
			sentence(render.Text("Protected files are left out.")),
			sentence(render.Text("They can be had back one by one only.")),
		},
	}
}
