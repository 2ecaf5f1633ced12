package admin

import "maunium.net/go/mautrix/id"

// EventReport is a user's complaint about an event, as a row of a list or with the event itself.
type EventReport struct {
	ID             int64        `json:"id"`
	ReceivedTS     int64        `json:"received_ts"` // milliseconds
	RoomID         id.RoomID    `json:"room_id"`
	Name           string       `json:"name"` // of the room
	CanonicalAlias id.RoomAlias `json:"canonical_alias"`
	EventID        id.EventID   `json:"event_id"`
	Reporter       id.UserID    `json:"user_id"`
	Sender         id.UserID    `json:"sender"` // of the event
	Reason         string       `json:"reason"`
	Event          Event        `json:"event_json"` // details only
}

func (r *EventReport) missing() string { return missingIf(r.ID == 0, "id") }

// EventReportQuery selects a page of complaints about events. Its zero value lists the newest first.
type EventReportQuery struct {
	From        int // offset
	Limit       int // rows per page, 0 for the server's default (100)
	Room        id.RoomID
	Reporter    id.UserID
	Sender      id.UserID // of the event
	OldestFirst bool
}

// EventReportPage is a page of complaints about events.
type EventReportPage struct {
	Reports   []EventReport `json:"event_reports"`
	Total     int           `json:"total"` // on all pages
	NextToken Cursor        `json:"next_token"`
}

func (p *EventReportPage) missing() string {
	for i := range p.Reports {
		if key := p.Reports[i].missing(); key != "" {
			return key
		}
	}
	return missingIf(p.Reports == nil, "event_reports")
}

// UserReport is a user's complaint about another one.
type UserReport struct {
	ID         int64     `json:"id"`
	ReceivedTS int64     `json:"received_ts"` // milliseconds
	Target     id.UserID `json:"target_user_id"`
	Reporter   id.UserID `json:"user_id"`
	Reason     string    `json:"reason"`
}

func (r *UserReport) missing() string { return missingIf(r.ID == 0, "id") }

// UserReportQuery selects a page of complaints about users. Its zero value lists the newest first.
type UserReportQuery struct {
	From        int // offset
	Limit       int // rows per page, 0 for the server's default (100)
	Reporter    id.UserID
	Target      id.UserID
	OldestFirst bool
}

// UserReportPage is a page of complaints about users.
type UserReportPage struct {
	Reports   []UserReport `json:"user_reports"`
	Total     int          `json:"total"` // on all pages
	NextToken Cursor       `json:"next_token"`
}

func (p *UserReportPage) missing() string {
	for i := range p.Reports {
		if key := p.Reports[i].missing(); key != "" {
			return key
		}
	}
	return missingIf(p.Reports == nil, "user_reports")
}
