package admin

import (
	"maunium.net/go/mautrix/id"
)

// Room is a room that this server knows, as a row of a list or with all details. Empty strings are also what the server
// does not know.
type Room struct {
	RoomID         id.RoomID    `json:"room_id"`
	Name           string       `json:"name"`
	CanonicalAlias id.RoomAlias `json:"canonical_alias"`
	Topic          string       `json:"topic"`  // details only
	Avatar         string       `json:"avatar"` // details only
	RoomType       string       `json:"room_type"`
	Version        string       `json:"version"`
	Creator        id.UserID    `json:"creator"`
	Encryption     string       `json:"encryption"` // algorithm, empty when not encrypted

	JoinedMembers      int `json:"joined_members"`
	JoinedLocalMembers int `json:"joined_local_members"`
	JoinedLocalDevices int `json:"joined_local_devices"` // details only
	StateEvents        int `json:"state_events"`

	Federatable bool `json:"federatable"`
	Public      bool `json:"public"` // in the directory
	Forgotten   bool `json:"forgotten"`
	Tombstoned  bool `json:"tombstoned"` // details only

	JoinRules         string    `json:"join_rules"`
	GuestAccess       string    `json:"guest_access"`
	HistoryVisibility string    `json:"history_visibility"`
	ReplacementRoom   id.RoomID `json:"replacement_room"` // details only
}

func (r *Room) missing() string { return missingIf(r.RoomID == "", "room_id") }

// RoomQuery selects and sorts a page of rooms. Its zero value lists all in the server's order.
type RoomQuery struct {
	From    int    // offset
	Limit   int    // rows per page, 0 for the server's default (100)
	Search  string // part of name or alias, or a whole room id
	Public  *bool  // only rooms in the directory, or only others
	Empty   *bool  // only rooms without members, or only others
	OrderBy string // a column as the server names it, such as "joined_members"
	Reverse bool
}

// RoomPage is a page of rooms.
type RoomPage struct {
	Rooms      []Room `json:"rooms"`
	Offset     int    `json:"offset"`
	TotalRooms int    `json:"total_rooms"` // on all pages
	NextBatch  Cursor `json:"next_batch"`
	PrevBatch  Cursor `json:"prev_batch"`
}

func (p *RoomPage) missing() string {
	for i := range p.Rooms {
		if key := p.Rooms[i].missing(); key != "" {
			return key
		}
	}
	return missingIf(p.Rooms == nil, "rooms")
}

// Members lists who is joined to a room, local and remote.
type Members struct {
	Members []id.UserID `json:"members"`
	Total   int         `json:"total"`
}

func (m *Members) missing() string { return missingIf(m.Members == nil, "members") }

// Block says whether local users are kept from joining a room.
type Block struct {
	Block  bool      `json:"block"`
	UserID id.UserID `json:"user_id"` // who blocked it first, when blocked
}

// DeleteRoom says how a room is deleted.
type DeleteRoom struct {
	Block         bool      // nobody may join again
	NoPurge       bool      // only empty the room, keep its history
	ForcePurge    bool      // purge even when a local member could not be removed
	NewRoomUserID id.UserID // who creates the room that members are moved to; empty: members just leave
	RoomName      string    // of that room
	Message       string    // first message there
}

// Deletion is the answer to a deletion that was started.
type Deletion struct {
	ID string `json:"delete_id"`
}

func (d *Deletion) missing() string { return missingIf(d.ID == "", "delete_id") }

// The states of a deletion.
const (
	DeletionScheduled = "scheduled"
	DeletionActive    = "active"
	DeletionComplete  = "complete"
	DeletionFailed    = "failed"
	DeletionCancelled = "cancelled"
)

// DeletionStatus is how far a deletion has come.
type DeletionStatus struct {
	ID           string        `json:"delete_id"`
	RoomID       id.RoomID     `json:"room_id"`
	Status       string        `json:"status"`
	ShutdownRoom *ShutdownRoom `json:"shutdown_room"` // nil until something happened
}

// Finished reports whether the deletion has ended, well or not.
func (s DeletionStatus) Finished() bool {
	switch s.Status {
	case DeletionComplete, DeletionFailed, DeletionCancelled:
		return true
	default:
		return false
	}
}

func (s *DeletionStatus) missing() string { return missingIf(s.Status == "", "status") }

// ShutdownRoom is what emptying a room did; the answer to a synchronous deletion is the same.
type ShutdownRoom struct {
	KickedUsers       []id.UserID    `json:"kicked_users"`
	FailedToKickUsers []id.UserID    `json:"failed_to_kick_users"`
	LocalAliases      []id.RoomAlias `json:"local_aliases"`
	NewRoomID         id.RoomID      `json:"new_room_id"`
}

func (s *ShutdownRoom) missing() string { return missingIf(s.KickedUsers == nil, "kicked_users") }

// DeletionStatuses lists the deletions of a room.
type DeletionStatuses struct {
	Results []DeletionStatus `json:"results"`
}

func (s *DeletionStatuses) missing() string { return missingIf(s.Results == nil, "results") }

// ResolvedAlias is what an alias points to.
type ResolvedAlias struct {
	RoomID  id.RoomID `json:"room_id"`
	Servers []string  `json:"servers"`
}

func (r *ResolvedAlias) missing() string { return missingIf(r.RoomID == "", "room_id") }

// RoomAliases lists the aliases that this server has for a room.
type RoomAliases struct {
	Aliases []id.RoomAlias `json:"aliases"`
}

func (r *RoomAliases) missing() string { return missingIf(r.Aliases == nil, "aliases") }

// JoinedRoom is the answer to joining somebody to a room.
type JoinedRoom struct {
	RoomID id.RoomID `json:"room_id"`
}

func (j *JoinedRoom) missing() string { return missingIf(j.RoomID == "", "room_id") }
