package admin

import "maunium.net/go/mautrix/id"

// JoinedRooms lists the rooms that a user is in, as far as this server knows.
type JoinedRooms struct {
	Rooms []id.RoomID `json:"joined_rooms"`
	Total int         `json:"total"`
}

func (j *JoinedRooms) missing() string { return missingIf(j.Rooms == nil, "joined_rooms") }

// Memberships tells what a user is in each room: "join", "invite", "leave", "ban" or "knock".
type Memberships struct {
	Memberships map[id.RoomID]string `json:"memberships"`
}

func (m *Memberships) missing() string { return missingIf(m.Memberships == nil, "memberships") }
