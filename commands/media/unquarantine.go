package media

import (
	"context"
	"errors"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
)

var unquarantineCmd = commands.Define[unquarantineArgs, unquarantiner](commands.Meta{
	Name:     "media unquarantine",
	Summary:  "Make a quarantined file available again.",
	Risk:     commands.Reversible,
	Examples: []string{"media unquarantine -U mxc://example.org/abcdef", "media unquarantine -i abcdef"},
})

// unquarantiner makes media available again.
type unquarantiner interface {
	reader
	UnquarantineMedia(ctx context.Context, media id.ContentURI) (admin.Answer[admin.Done], error)
}

type unquarantineArgs struct{ single }

// Validate wants exactly one file.
func (a *unquarantineArgs) Validate() error {
	if a.given() != 1 {
		return errors.New("exactly one of --media-id and --mxc-uri is needed")
	}
	return a.settle()
}

// Run lifts the quarantine.
func (a *unquarantineArgs) Run(ctx context.Context, _ *commands.Env, api unquarantiner) (commands.Result, error) {
	if _, err := known(ctx, api, a.media()); err != nil {
		return nil, err
	}
	answer, err := api.UnquarantineMedia(ctx, uri(a.media()))
	if err != nil {
		return nil, err
	}
	return done{answer, "Lifted the quarantine of ", a.media(), " and of all files of the same content."}, nil
}
