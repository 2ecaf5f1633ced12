package admin

import (
	"time"

	"maunium.net/go/mautrix/id"
)

// Device is a session of a user, or a thing that encryption knows like one. Empty strings are what the server does not
// know.
type Device struct {
	DeviceID    id.DeviceID `json:"device_id"`
	UserID      id.UserID   `json:"user_id"`
	DisplayName string      `json:"display_name"`
	LastSeenIP  string      `json:"last_seen_ip"`
	UserAgent   string      `json:"last_seen_user_agent"`
	LastSeenTS  int64       `json:"last_seen_ts"` // milliseconds, minutes behind; 0 when never
	Dehydrated  bool        `json:"dehydrated"`   // keeps messages for a user who has no other device
}

// LastSeen returns when the device was last used, or the zero time.
func (d Device) LastSeen() time.Time { return Millis(d.LastSeenTS) }

func (d *Device) missing() string { return missingIf(d.DeviceID == "", "device_id") }

// Devices lists the devices of a user.
type Devices struct {
	Devices []Device `json:"devices"`
	Total   int      `json:"total"`
}

func (d *Devices) missing() string {
	for i := range d.Devices {
		if key := d.Devices[i].missing(); key != "" {
			return key
		}
	}
	return missingIf(d.Devices == nil, "devices")
}
