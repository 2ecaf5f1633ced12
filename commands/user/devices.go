package user

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// deviceEnder ends the devices of an account.
type deviceEnder interface {
	Devices(ctx context.Context, user id.UserID) (admin.Answer[admin.Devices], error)
	DeleteDevices(ctx context.Context, user id.UserID, devices []id.DeviceID) (admin.Answer[admin.Done], error)
}

// maxNamed is how many devices, files or accounts a preview names.
const maxNamed = 5

// sessions shows devices, one per row.
func sessions(devices []admin.Device, times commands.Times) render.Table {
	t := render.Table{Columns: []render.Column{
		{Name: "device_id"},
		{Name: "last_seen_ts"},
		{Name: "last_seen_ip", Optional: true},
		{Name: "display_name", Optional: true, Free: true},
	}}
	for _, d := range devices {
		var ip render.Inline = render.Unknown{}
		if d.LastSeenIP != "" {
			ip = render.ID(d.LastSeenIP)
		}
		t.Rows = append(t.Rows, []render.Inline{render.ID(d.DeviceID), times.Cell(d.LastSeenTS), ip, named(d.DisplayName)})
	}
	return t
}

func deviceIDs(devices []admin.Device) []id.DeviceID {
	ids := make([]id.DeviceID, len(devices))
	for i, d := range devices {
		ids[i] = d.DeviceID
	}
	return ids
}
