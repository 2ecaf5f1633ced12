package device

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var renameCmd = commands.Define[renameArgs, renamer](commands.Meta{
	Name:     "device rename",
	Summary:  "Change what a device is called.",
	Risk:     commands.Reversible,
	Examples: []string{"device rename bob ABCDEFGHIJ \"Bob's phone\""},
})

type renamer interface {
	RenameDevice(ctx context.Context, user id.UserID, device id.DeviceID, name string) (admin.Answer[admin.Done], error)
}

type renameArgs struct {
	User   commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	Device string           `arg:"DEVICE" help:"Device id, as in \"device list\"."`
	Name   commands.Text    `arg:"NAME" help:"The new name, up to 100 characters; others may see it."`
}

// Run renames the device.
func (a *renameArgs) Run(ctx context.Context, _ *commands.Env, api renamer) (commands.Result, error) {
	answer, err := api.RenameDevice(ctx, a.User.UserID, id.DeviceID(a.Device), string(a.Name))
	if err != nil {
		return nil, err
	}
	return renamed{answer, a.User.UserID, id.DeviceID(a.Device), string(a.Name)}, nil
}

// renamed is a device with a new name.
type renamed struct {
	admin.Answer[admin.Done]
	user   id.UserID
	device id.DeviceID
	name   string
}

// View says what it is called now.
func (r renamed) View() render.Doc {
	return render.Doc{render.Para{
		render.Text("Device "), render.ID(r.device), render.Text(" of "), render.ID(r.user), render.Text(" is called "), render.Outside(r.name), render.Text(" now."),
	}}
}
