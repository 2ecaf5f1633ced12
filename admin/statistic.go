package admin

import (
	"time"

	"maunium.net/go/mautrix/id"
)

// MediaUsage is what a user has stored.
type MediaUsage struct {
	UserID      id.UserID `json:"user_id"`
	Displayname string    `json:"displayname"`
	Count       int64     `json:"media_count"`
	Length      int64     `json:"media_length"` // bytes
}

// MediaUsageQuery selects and sorts a page of users with media. The zero times are unlimited.
type MediaUsageQuery struct {
	From    int       // offset
	Limit   int       // rows per page, 0 for the server's default (100)
	Search  string    // part of localpart or display name
	Since   time.Time // count only what was uploaded at or after
	Until   time.Time // and before or at
	OrderBy string    // "user_id", "displayname", "media_length" or "media_count"
	Reverse bool      // descending
}

// MediaUsagePage is a page of users with media.
type MediaUsagePage struct {
	Users     []MediaUsage `json:"users"`
	Total     int          `json:"total"` // on all pages
	NextToken Cursor       `json:"next_token"`
}

func (p *MediaUsagePage) missing() string { return missingIf(p.Users == nil, "users") }

// RoomSize is how much space a room takes in the database, estimated.
type RoomSize struct {
	RoomID id.RoomID `json:"room_id"`
	Size   int64     `json:"estimated_size"` // bytes
}

// RoomSizes are the largest rooms.
type RoomSizes struct {
	Rooms []RoomSize `json:"rooms"`
}

func (r *RoomSizes) missing() string { return missingIf(r.Rooms == nil, "rooms") }
