package user

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var logoutCmd = commands.Define[logoutArgs, deviceEnder](commands.Meta{
	Name:    "user logout",
	Summary: "Log an account out everywhere.",
	Detail: "Ends all devices with their sessions. Messages that were encrypted for them cannot be read any more without a key " +
		"backup. Tokens that admins made for the account stay.",
	Risk:     commands.Destructive,
	Examples: []string{"user logout bob"},
})

type logoutArgs struct {
	User commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
}

// Preview shows the devices.
func (a *logoutArgs) Preview(ctx context.Context, _ *commands.Env, api deviceEnder) (commands.Result, error) {
	devices, err := api.Devices(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	return loggingOut{devices, a.User.UserID}, nil
}

// Run ends all devices at once.
func (a *logoutArgs) Run(ctx context.Context, _ *commands.Env, api deviceEnder) (commands.Result, error) {
	devices, err := api.Devices(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	done := loggedOut{User: a.User.UserID, Devices: deviceIDs(devices.Value.Devices)}
	if len(done.Devices) == 0 {
		return done, nil
	}
	if _, err := api.DeleteDevices(ctx, a.User.UserID, done.Devices); err != nil {
		return nil, err
	}
	return done, nil
}

// loggingOut is what a logout would end.
type loggingOut struct {
	admin.Answer[admin.Devices]
	user id.UserID
}

// View shows some of the devices and what is lost with them.
func (l loggingOut) View() render.Doc {
	devices := l.Value.Devices
	doc := render.Doc{sentence("Log out", l.user, " everywhere?")}
	if len(devices) == 0 {
		return append(doc, render.Para{render.Text("There are no devices.")})
	}
	doc = append(doc, sessions(devices[:min(maxNamed, len(devices))], commands.Times{}))
	if more := len(devices) - maxNamed; more > 0 {
		doc = append(doc, render.Para{render.Text("and "), plural(more, "more device", "more devices")})
	}
	return append(doc, render.Para{render.Text("Messages encrypted for them cannot be read any more without a key backup.")})
}

// loggedOut is an account without sessions.
type loggedOut struct {
	User    id.UserID     `json:"user_id"`
	Devices []id.DeviceID `json:"devices"` // that were ended
}

// View says how many devices there were.
func (l loggedOut) View() render.Doc {
	if len(l.Devices) == 0 {
		return render.Doc{render.Para{render.ID(l.User), render.Text(" has no devices; nothing was changed.")}}
	}
	return render.Doc{render.Para{
		render.Text("Logged out "), render.ID(l.User), render.Text(": "), plural(len(l.Devices), "device ended.", "devices ended."),
	}}
}
