package user_test

import (
	"context"
	"fmt"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands/commandtest"
)

// bobsDevices are 4 that were seen at different times, counted in days before the test's now.
const bobsDevices = `{"devices": [
	{"device_id": "TODAY", "display_name": "Bob's <phone>", "last_seen_ip": "192.0.2.7", "last_seen_user_agent": "x", "last_seen_ts": 1772442000000, "user_id": "@bob:example.org"},
	{"device_id": "OLD", "display_name": null, "last_seen_ip": "2001:db8::1", "last_seen_user_agent": null, "last_seen_ts": 1735689600000, "user_id": "@bob:example.org", "x_new": 1},
	{"device_id": "NEVER", "display_name": "made by hand", "last_seen_ip": null, "last_seen_user_agent": null, "last_seen_ts": null, "user_id": "@bob:example.org"},
	{"device_id": "MONTH", "display_name": null, "last_seen_ip": "192.0.2.8", "last_seen_user_agent": null, "last_seen_ts": 1769860800000, "user_id": "@bob:example.org"}],
	"total": 4}`

// accessToken is the one that the server makes.
const accessToken = "syt_very_secret"

func (s *server) Devices(_ context.Context, user id.UserID) (admin.Answer[admin.Devices], error) {
	s.Called("Devices", user)
	switch {
	case s.missing:
		return admin.Answer[admin.Devices]{}, admin.NotFound("user %s does not exist on this server", user)
	case s.devices != "":
		return answerOf[admin.Devices](s, s.devices)
	}
	return answerOf[admin.Devices](s, bobsDevices)
}

func (s *server) DeleteDevices(_ context.Context, user id.UserID, devices []id.DeviceID) (admin.Answer[admin.Done], error) {
	s.Called("DeleteDevices", user, devices)
	return commandtest.Answer[admin.Done](`{}`), s.err
}

func (s *server) LoginAs(_ context.Context, user id.UserID, until time.Time) (admin.Answer[admin.LoginToken], error) {
	s.Called("LoginAs", user, until)
	return commandtest.Answer[admin.LoginToken](fmt.Sprintf(`{"access_token": %q}`, accessToken)), s.err
}

func (s *server) AllowKeyReset(_ context.Context, user id.UserID) (admin.Answer[admin.KeyReset], error) {
	s.Called("AllowKeyReset", user)
	return commandtest.Answer[admin.KeyReset](`{"updatable_without_uia_before_ms": 1772453400000}`), s.err
}
