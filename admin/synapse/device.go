package synapse

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// Devices returns the devices of a user (GET v2/users/{user}/devices).
func (a *API) Devices(ctx context.Context, user id.UserID) (admin.Answer[admin.Devices], error) {
	return call[admin.Devices](ctx, a, request{
		op: "GET v2/users/{user}/devices", parts: []string{string(user)},
		verb: "list the devices of", subject: theUser(user), hint: searchUser(user),
	})
}

// Device returns one device (GET v2/users/{user}/devices/{device}).
func (a *API) Device(ctx context.Context, user id.UserID, device id.DeviceID) (admin.Answer[admin.Device], error) {
	return call[admin.Device](ctx, a, oneDevice("GET v2/users/{user}/devices/{device}", "read", user, device))
}

// CreateDevice makes a device without a name and without a token (POST v2/users/{user}/devices). It does nothing when
// there is one with this id.
func (a *API) CreateDevice(ctx context.Context, user id.UserID, device id.DeviceID) (admin.Answer[admin.Done], error) {
	return call[admin.Done](ctx, a, request{
		op: "POST v2/users/{user}/devices", parts: []string{string(user)},
		body: map[string]id.DeviceID{"device_id": device},
		verb: "create a device of", subject: theUser(user), hint: searchUser(user),
	})
}

// RenameDevice changes what a device is called (PUT v2/users/{user}/devices/{device}).
func (a *API) RenameDevice(ctx context.Context, user id.UserID, device id.DeviceID, name string) (admin.Answer[admin.Done], error) {
	r := oneDevice("PUT v2/users/{user}/devices/{device}", "rename", user, device)
	r.body = map[string]string{"display_name": name}
	return call[admin.Done](ctx, a, r)
}

// DeleteDevice ends a device with its tokens (DELETE v2/users/{user}/devices/{device}). It is no error when the user
// does not have it.
func (a *API) DeleteDevice(ctx context.Context, user id.UserID, device id.DeviceID) (admin.Answer[admin.Done], error) {
	return call[admin.Done](ctx, a, oneDevice("DELETE v2/users/{user}/devices/{device}", "delete", user, device))
}

// DeleteDevices ends several devices with their tokens (POST v2/users/{user}/delete_devices). Those that the user does
// not have are no error.
func (a *API) DeleteDevices(ctx context.Context, user id.UserID, devices []id.DeviceID) (admin.Answer[admin.Done], error) {
	return call[admin.Done](ctx, a, request{
		op: "POST v2/users/{user}/delete_devices", parts: []string{string(user)},
		body: map[string][]id.DeviceID{"devices": devices},
		verb: "delete devices of", subject: theUser(user), hint: searchUser(user),
	})
}

func oneDevice(op operation, verb string, user id.UserID, device id.DeviceID) request {
	r := request{
		op: op, parts: []string{string(user), string(device)},
		verb: verb, subject: "device " + string(device) + " of " + theUser(user), hint: "user list",
	}
	if localpart := user.Localpart(); localpart != "" && isPlain(localpart) {
		r.hint = "device list " + localpart
	}
	return r
}
