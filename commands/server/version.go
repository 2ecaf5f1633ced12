package server

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var versionCmd = commands.Define[versionArgs, versioner](commands.Meta{
	Name:     "version",
	Summary:  "Show the homeserver's version.",
	Examples: []string{"version"},
})

// versioner knows the homeserver's version.
type versioner interface {
	ServerVersion(ctx context.Context) (admin.Answer[admin.Version], error)
}

type versionArgs struct{}

// Run reads the version.
func (a *versionArgs) Run(ctx context.Context, _ *commands.Env, api versioner) (commands.Result, error) {
	found, err := api.ServerVersion(ctx)
	if err != nil {
		return nil, err
	}
	return version{found}, nil
}

type version struct{ admin.Answer[admin.Version] }

// View implements [commands.Result].
func (v version) View() render.Doc { return render.Doc{render.Object(v.Raw, "server_version")} }
