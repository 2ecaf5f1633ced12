// Package device holds the commands about the devices of accounts.
package device

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// Group lists the commands about devices.
var Group = commands.Group{
	Name:     "device",
	Summary:  "Devices and sessions of accounts: look at them, make, rename and end them.",
	Commands: []*commands.Command{listCmd, detailsCmd, createCmd, renameCmd, deleteCmd},
}

// lister lists the devices of an account.
type lister interface {
	Devices(ctx context.Context, user id.UserID) (admin.Answer[admin.Devices], error)
}

// reader reads one device.
type reader interface {
	Device(ctx context.Context, user id.UserID, device id.DeviceID) (admin.Answer[admin.Device], error)
}

// table shows devices, one per row.
func table(devices []admin.Device, times commands.Times) render.Table {
	t := render.Table{Columns: []render.Column{
		{Name: "device_id"},
		{Name: "last_seen_ts"},
		{Name: "last_seen_ip", Optional: true},
		{Name: "dehydrated", Optional: true},
		{Name: "last_seen_user_agent", Optional: true, Free: true},
		{Name: "display_name", Optional: true, Free: true},
	}}
	for _, d := range devices {
		t.Rows = append(t.Rows, []render.Inline{
			render.ID(d.DeviceID), times.Cell(d.LastSeenTS), address(d.LastSeenIP), render.Bool(d.Dehydrated),
			named(d.UserAgent), named(d.DisplayName),
		})
	}
	return t
}

// address is an IP address that the server may not know.
func address(ip string) render.Inline {
	if ip == "" {
		return render.Unknown{}
	}
	return render.ID(ip)
}

// named is a text from outside that may be missing.
func named(text string) render.Inline {
	if text == "" {
		return render.Unknown{}
	}
	return render.Outside(text)
}

// plural counts things in words: "1 device", "5 devices".
func plural(n int, one, many string) render.Inline {
	if n == 1 {
		many = one
	}
	return render.Join{render.Int(n), render.Text(" " + many)}
}

// of is the end of a sentence about a device: "A of @bob:example.org.".
func of(device id.DeviceID, user id.UserID) render.Join {
	return render.Join{render.ID(device), render.Text(" of "), render.ID(user), render.Text(".")}
}
