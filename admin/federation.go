package admin

import (
	"time"

	"maunium.net/go/mautrix/id"
)

// Destination is another server that this one sends to.
type Destination struct {
	Destination   string `json:"destination"`
	RetryLastTS   int64  `json:"retry_last_ts"`  // milliseconds of the last try, 0 when all is well
	RetryInterval int64  `json:"retry_interval"` // milliseconds between tries, 0 when all is well
	FailureTS     int64  `json:"failure_ts"`     // milliseconds since when it fails, 0 when it does not
	LastOrdering  *int64 `json:"last_successful_stream_ordering"`
}

func (d *Destination) missing() string { return missingIf(d.Destination == "", "destination") }

// Failing reports whether the server cannot be reached. It is known up to twenty minutes late.
func (d Destination) Failing() bool { return d.FailureTS != 0 || d.RetryLastTS != 0 }

// FailingSince is when the server was first not reached, zero when that is not known.
func (d Destination) FailingSince() time.Time { return Millis(d.FailureTS) }

// DestinationQuery selects and sorts a page of destinations.
type DestinationQuery struct {
	From        int    // offset
	Limit       int    // rows per page, 0 for the server's default (100)
	Destination string // part of the name
	OrderBy     string // "destination", "retry_last_ts", "retry_interval", "failure_ts", "last_successful_stream_ordering"
	Reverse     bool
}

// DestinationPage is a page of destinations.
type DestinationPage struct {
	Destinations []Destination `json:"destinations"`
	Total        int           `json:"total"` // on all pages
	NextToken    Cursor        `json:"next_token"`
}

func (p *DestinationPage) missing() string { return missingIf(p.Destinations == nil, "destinations") }

// DestinationRoom is a room that this server shares with a destination.
type DestinationRoom struct {
	RoomID   id.RoomID `json:"room_id"`
	Ordering int64     `json:"stream_ordering"` // of the last event that was to be sent
}

// DestinationRooms is a page of rooms.
type DestinationRooms struct {
	Rooms     []DestinationRoom `json:"rooms"`
	Total     int               `json:"total"` // on all pages
	NextToken Cursor            `json:"next_token"`
}

func (p *DestinationRooms) missing() string { return missingIf(p.Rooms == nil, "rooms") }
