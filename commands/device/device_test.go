package device_test

import (
	"context"
	"fmt"
	"testing"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/device"
)

// server is a homeserver with one account, @bob.
type server struct {
	commandtest.Log
	devices string // JSON of the list, empty: two devices
	missing bool   // there is no account
	err     error  // of every call that changes something
	created id.DeviceID
}

const (
	phone = `{"device_id": "PHONE", "display_name": "Bob's <phone>", "last_seen_ip": "192.0.2.7", "last_seen_user_agent": "Element", "last_seen_ts": 1772442000000,
		"user_id": "@bob:example.org", "dehydrated": false, "x_new": 1}`
	spare = `{"device_id": "SPARE", "display_name": null, "last_seen_ip": null, "last_seen_user_agent": null, "last_seen_ts": null, "user_id": "@bob:example.org", "dehydrated": true}`
)

func unknown(user id.UserID) error {
	return admin.NotFound("user %s does not exist on this server", user)
}

func (s *server) Devices(_ context.Context, user id.UserID) (admin.Answer[admin.Devices], error) {
	s.Called("Devices", user)
	switch {
	case s.missing:
		return admin.Answer[admin.Devices]{}, unknown(user)
	case s.devices != "":
		return commandtest.Answer[admin.Devices](s.devices), nil
	}
	return commandtest.Answer[admin.Devices](fmt.Sprintf(`{"devices": [%s, %s], "total": 2}`, phone, spare)), nil
}

func (s *server) Device(_ context.Context, user id.UserID, device id.DeviceID) (admin.Answer[admin.Device], error) {
	s.Called("Device", user, device)
	if device != "PHONE" {
		e := admin.NotFound("device %s of user %s does not exist on this server", device, user)
		e.Hint = "device list bob"
		return admin.Answer[admin.Device]{}, e
	}
	return commandtest.Answer[admin.Device](phone), nil
}

func (s *server) CreateDevice(_ context.Context, user id.UserID, device id.DeviceID) (admin.Answer[admin.Done], error) {
	s.Called("CreateDevice", user, device)
	s.created = device
	return commandtest.Answer[admin.Done](`{}`), s.err
}

func (s *server) RenameDevice(_ context.Context, user id.UserID, device id.DeviceID, name string) (admin.Answer[admin.Done], error) {
	s.Called("RenameDevice", user, device, name)
	return commandtest.Answer[admin.Done](`{}`), s.err
}

func (s *server) DeleteDevice(_ context.Context, user id.UserID, device id.DeviceID) (admin.Answer[admin.Done], error) {
	s.Called("DeleteDevice", user, device)
	return commandtest.Answer[admin.Done](`{}`), s.err
}

func (s *server) DeleteDevices(_ context.Context, user id.UserID, devices []id.DeviceID) (admin.Answer[admin.Done], error) {
	s.Called("DeleteDevices", user, devices)
	return commandtest.Answer[admin.Done](`{}`), s.err
}

// User is asked for before somebody's devices are changed.
func (s *server) User(_ context.Context, user id.UserID) (admin.Answer[admin.User], error) {
	return commandtest.Answer[admin.User](fmt.Sprintf(`{"name": %q, "admin": true}`, user)), nil
}

func command(name string) *commands.Command {
	for _, c := range device.Group.Commands {
		if c.Name == name {
			return c
		}
	}
	panic("no command " + name)
}

func TestExamples(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, device.Group)
}

func TestDevice(t *testing.T) {
	t.Parallel()
	lost := admin.Unavailable("outcome unknown: tried to delete device PHONE of user @bob:example.org, but the connection to the homeserver broke")
	lost.Sent = true
	for name, test := range map[string]struct {
		command string
		line    string
		server  *server
		options []commandtest.Option
		want    commands.Status
	}{
		"list":            {"device list", "device list bob", &server{}, []commandtest.Option{commandtest.As(commands.Viewer)}, commands.StatusOK},
		"list, dates":     {"device list", "device list bob --dt", &server{}, []commandtest.Option{commandtest.Terminal()}, commands.StatusOK},
		"list of none":    {"device list", "device list bob", &server{devices: `{"devices": [], "total": 0}`}, nil, commands.StatusOK},
		"list of nobody":  {"device list", "device list bob", &server{missing: true}, nil, commands.StatusFailed},
		"details":         {"device details", "device details bob PHONE", &server{}, []commandtest.Option{commandtest.As(commands.Viewer)}, commands.StatusOK},
		"details, ts":     {"device details", "device details bob PHONE --ts", &server{}, []commandtest.Option{commandtest.Terminal()}, commands.StatusOK},
		"details unknown": {"device details", "device details bob WATCH", &server{}, nil, commands.StatusFailed},
		"no device":       {"device details", "device details bob", &server{}, nil, commands.StatusUsage},
		"create":          {"device create", "device create bob LAPTOP", &server{}, nil, commands.StatusOK},
		"create again":    {"device create", "device create bob PHONE", &server{}, nil, commands.StatusFailed},
		"create nobody's": {"device create", "device create bob", &server{missing: true}, nil, commands.StatusFailed},
		"rename":          {"device rename", "device rename bob PHONE \"Bob's @room\"", &server{}, nil, commands.StatusOK},
		"rename unquoted": {"device rename", "device rename bob PHONE new name", &server{}, nil, commands.StatusUsage},
		"rename too long": {"device rename", "device rename bob PHONE x", &server{err: admin.Failed("cannot rename device PHONE of user @bob:example.org: Device display name is too long (max 100)")}, nil, commands.StatusFailed},
		"delete":          {"device delete", "device delete bob PHONE", &server{}, nil, commands.StatusOK},
		"delete several":  {"device delete", "device delete bob PHONE SPARE PHONE", &server{}, nil, commands.StatusOK},
		"delete unknown":  {"device delete", "device delete bob PHONE WATCH", &server{}, nil, commands.StatusFailed},
		"delete nothing":  {"device delete", "device delete bob", &server{}, nil, commands.StatusUsage},
		"delete, broken":  {"device delete", "device delete bob PHONE", &server{err: lost}, nil, commands.StatusUnavailable},
		"delete upwards":  {"device delete", "device delete bob PHONE", &server{}, []commandtest.Option{commandtest.As(commands.Admin)}, commands.StatusDenied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := commandtest.Run(t, command(test.command), test.line, test.server, test.options...)
			if ran.Outcome.Status != test.want {
				t.Errorf("got %s, want %s", ran.Outcome.Status, test.want)
			}
		})
	}
}

// Without an id a new one is made, which a script learns from the answer.
func TestCreateMakesAnID(t *testing.T) {
	t.Parallel()
	seen := map[id.DeviceID]bool{}
	for range 20 {
		fake := &server{}
		commandtest.Try(t, command("device create"), "device create bob", fake)
		if len(fake.created) != 10 {
			t.Errorf("made %q, want 10 letters and digits", fake.created)
		}
		seen[fake.created] = true
	}
	if len(seen) != 20 {
		t.Errorf("made %d different ids of 20", len(seen))
	}
	fake := &server{}
	ran := commandtest.Try(t, command("device create"), "device create bob -o json", fake)
	answer, err := ran.Outcome.Result.(interface{ MarshalJSON() ([]byte, error) }).MarshalJSON()
	if want := fmt.Sprintf(`{"device_id":%q}`, fake.created); err != nil || string(answer) != want {
		t.Errorf("JSON %s (%v), want %s", answer, err, want)
	}
}
