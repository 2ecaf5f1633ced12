package media

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
)

var unprotectCmd = commands.Define[unprotectArgs, unprotector](commands.Meta{
	Name:     "media unprotect",
	Summary:  "Lift the protection of a file of this server.",
	Risk:     commands.Reversible,
	Examples: []string{"media unprotect abcdef"},
})

// unprotector lifts the protection of media.
type unprotector interface {
	reader
	UnprotectMedia(ctx context.Context, media id.ContentURI) (admin.Answer[admin.Done], error)
}

type unprotectArgs struct {
	Media commands.MediaRef `arg:"MEDIA_ID" help:"Id or mxc URI of a file of this server."`
}

// Run lifts the protection.
func (a *unprotectArgs) Run(ctx context.Context, _ *commands.Env, api unprotector) (commands.Result, error) {
	if _, err := known(ctx, api, a.Media); err != nil {
		return nil, err
	}
	answer, err := api.UnprotectMedia(ctx, uri(a.Media))
	if err != nil {
		return nil, err
	}
	return done{answer, "Lifted the protection of ", a.Media, "."}, nil
}
