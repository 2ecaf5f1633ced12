package media

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
)

var protectCmd = commands.Define[protectArgs, protector](commands.Meta{
	Name:     "media protect",
	Summary:  "Guard a file of this server against quarantine and deletion by date.",
	Detail:   "It can still be deleted by its id, or with all media of its user.",
	Risk:     commands.Reversible,
	Examples: []string{"media protect abcdef"},
})

// protector guards media.
type protector interface {
	reader
	ProtectMedia(ctx context.Context, media id.ContentURI) (admin.Answer[admin.Done], error)
}

type protectArgs struct {
	Media commands.MediaRef `arg:"MEDIA_ID" help:"Id or mxc URI of a file of this server."`
}

// Run protects the file.
func (a *protectArgs) Run(ctx context.Context, _ *commands.Env, api protector) (commands.Result, error) {
	if _, err := known(ctx, api, a.Media); err != nil {
		return nil, err
	}
	answer, err := api.ProtectMedia(ctx, uri(a.Media))
	if err != nil {
		return nil, err
	}
	return done{answer, "Protected ", a.Media, " from quarantine and from deletion by date."}, nil
}
