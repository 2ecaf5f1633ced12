package device

import (
	"context"
	"slices"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var deleteCmd = commands.Define[deleteArgs, deleter](commands.Meta{
	Name:     "device delete",
	Summary:  "End devices of an account.",
	Detail:   "Their sessions are logged out. Messages that were encrypted for them cannot be read on them any more.",
	Risk:     commands.Destructive,
	Examples: []string{"device delete bob ABCDEFGHIJ", "device delete bob ABCDEFGHIJ KLMNOPQRST"},
})

type deleter interface {
	lister
	DeleteDevice(ctx context.Context, user id.UserID, device id.DeviceID) (admin.Answer[admin.Done], error)
	DeleteDevices(ctx context.Context, user id.UserID, devices []id.DeviceID) (admin.Answer[admin.Done], error)
}

type deleteArgs struct {
	User    commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	Devices []string         `arg:"DEVICE" help:"Device ids, as in \"device list\"."`
}

// Preview shows the devices.
func (a *deleteArgs) Preview(ctx context.Context, _ *commands.Env, api deleter) (commands.Result, error) {
	devices, err := a.find(ctx, api)
	if err != nil {
		return nil, err
	}
	return deleting{User: a.User.UserID, Devices: devices}, nil
}

// Run ends the devices, several by a single request.
func (a *deleteArgs) Run(ctx context.Context, _ *commands.Env, api deleter) (commands.Result, error) {
	devices, err := a.find(ctx, api)
	if err != nil {
		return nil, err
	}
	done := deleted{user: a.User.UserID}
	for _, d := range devices {
		done.devices = append(done.devices, d.DeviceID)
	}
	if len(done.devices) == 1 {
		done.Answer, err = api.DeleteDevice(ctx, a.User.UserID, done.devices[0])
	} else {
		done.Answer, err = api.DeleteDevices(ctx, a.User.UserID, done.devices)
	}
	if err != nil {
		return nil, err
	}
	return done, nil
}

// find looks the devices up, each once: the server is content to delete what does not exist.
func (a *deleteArgs) find(ctx context.Context, api lister) ([]admin.Device, error) {
	answer, err := api.Devices(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	var found []admin.Device
	for i, device := range a.Devices {
		if slices.Contains(a.Devices[:i], device) {
			continue
		}
		at := slices.IndexFunc(answer.Value.Devices, func(d admin.Device) bool { return string(d.DeviceID) == device })
		if at < 0 {
			e := admin.NotFound("user %s has no device %s", a.User.UserID, device)
			e.Hint = "device list " + a.User.String()
			return nil, e
		}
		found = append(found, answer.Value.Devices[at])
	}
	return found, nil
}

// deleting are devices that would be ended.
type deleting struct {
	User    id.UserID      `json:"user_id"`
	Devices []admin.Device `json:"devices"`
}

// View shows them and what is lost.
func (d deleting) View() render.Doc {
	return render.Doc{
		render.Para{render.Text("End "), plural(len(d.Devices), "device", "devices"), render.Text(" of "), render.ID(d.User), render.Text("?")},
		table(d.Devices, commands.Times{}),
		render.Para{render.Text("Messages encrypted for them cannot be read on them any more.")},
	}
}

// deleted are devices that were ended.
type deleted struct {
	admin.Answer[admin.Done]
	user    id.UserID
	devices []id.DeviceID
}

// View names them.
func (d deleted) View() render.Doc {
	if len(d.devices) == 1 {
		return render.Doc{render.Para{render.Text("Ended the device "), of(d.devices[0], d.user)}}
	}
	list := render.List{}
	for _, device := range d.devices {
		list = append(list, render.Para{render.ID(device)})
	}
	return render.Doc{render.Para{render.Text("Ended "), plural(len(d.devices), "device", "devices"), render.Text(" of "), render.ID(d.user), render.Text(":")}, list}
}
