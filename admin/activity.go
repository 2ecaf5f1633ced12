package admin

import (
	"encoding/json"

	"maunium.net/go/mautrix/id"
)

// SentInvites is how many invitations a user sent since a time.
type SentInvites struct {
	Count *int64 `json:"invite_count"`
}

func (s *SentInvites) missing() string { return missingIf(s.Count == nil, "invite_count") }

// RoomsJoined is how many rooms a user joined since a time, changes of the profile in them included.
type RoomsJoined struct {
	Count *int64 `json:"cumulative_joined_room_count"`
}

func (r *RoomsJoined) missing() string {
	return missingIf(r.Count == nil, "cumulative_joined_room_count")
}

// AccountData is what clients keep on the server for a user.
type AccountData struct {
	AccountData struct {
		Global map[string]json.RawMessage               `json:"global"` // by type
		Rooms  map[id.RoomID]map[string]json.RawMessage `json:"rooms"`  // by room and type
	} `json:"account_data"`
}

func (a *AccountData) missing() string {
	return missingIf(a.AccountData.Global == nil, "account_data.global")
}

// Pushers lists where a user gets notifications.
type Pushers struct {
	Pushers []Pusher `json:"pushers"`
	Total   int      `json:"total"`
}

func (p *Pushers) missing() string { return missingIf(p.Pushers == nil, "pushers") }

// Pusher sends notifications to one app of a user, or by email. Its key, which is a secret, is only in the raw answer.
type Pusher struct {
	AppID             string      `json:"app_id"`
	AppDisplayName    string      `json:"app_display_name"`
	DeviceDisplayName string      `json:"device_display_name"`
	DeviceID          id.DeviceID `json:"device_id"`
	Kind              string      `json:"kind"` // "http" or "email"
	Lang              string      `json:"lang"`
	Enabled           *bool       `json:"enabled"` // nil on old servers
}
