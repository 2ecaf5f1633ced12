package device

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var detailsCmd = commands.Define[detailsArgs, reader](commands.Meta{
	Name:     "device details",
	Summary:  "Show one device of an account.",
	Examples: []string{"device details bob ABCDEFGHIJ"},
})

type detailsArgs struct {
	User   commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	Device string           `arg:"DEVICE" help:"Device id, as in \"device list\"."`
	commands.Times
}

// Run reads the device.
func (a *detailsArgs) Run(ctx context.Context, env *commands.Env, api reader) (commands.Result, error) {
	answer, err := api.Device(ctx, a.User.UserID, id.DeviceID(a.Device))
	if err != nil {
		return nil, err
	}
	answer.Raw = a.Dated(answer.Raw, env.Zone, "last_seen_ts")
	return details{answer, a.Times}, nil
}

// details is a device as the server describes it.
type details struct {
	admin.Answer[admin.Device]
	times commands.Times
}

// View lists all that is known.
func (d details) View() render.Doc {
	fields := render.Object(d.Raw, "device_id", "display_name", "last_seen_ts", "last_seen_ip")
	for i := range fields {
		if fields[i].Name == "last_seen_ts" {
			fields[i].Value = d.times.Cell(d.Value.LastSeenTS)
		}
	}
	return render.Doc{fields}
}
