package device

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var listCmd = commands.Define[listArgs, lister](commands.Meta{
	Name:     "device list",
	Summary:  "List the devices of an account.",
	Detail:   "When a device was seen last is some minutes old. Devices without a session are listed, too.",
	Examples: []string{"device list bob", "device list bob -o json"},
})

type listArgs struct {
	User commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	commands.Times
}

// Run lists the devices.
func (a *listArgs) Run(ctx context.Context, env *commands.Env, api lister) (commands.Result, error) {
	answer, err := api.Devices(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	answer.Raw = a.Dated(answer.Raw, env.Zone, "last_seen_ts")
	return listed{answer, a.User.UserID, a.Times}, nil
}

// listed are the devices of an account.
type listed struct {
	admin.Answer[admin.Devices]
	user  id.UserID
	times commands.Times
}

// View counts the devices and lists them.
func (l listed) View() render.Doc {
	devices := l.Value.Devices
	if len(devices) == 0 {
		return render.Doc{render.Para{render.ID(l.user), render.Text(" has no devices.")}}
	}
	return render.Doc{
		render.Para{render.ID(l.user), render.Text(" has "), plural(len(devices), "device", "devices"), render.Text(":")},
		table(devices, l.times),
	}
}
