package admin

import "maunium.net/go/mautrix/id"

// TreeQuery selects a page of the rooms below a space.
type TreeQuery struct {
	From     string // token of the page before
	Limit    int    // rooms per page, 0 for the server's default (50), which is also the most
	MaxDepth *int   // 0: only the space itself; nil: no limit
}

// Tree is a page of the rooms below a space, the space first, each followed by what is below it.
type Tree struct {
	Rooms     []TreeRoom `json:"rooms"`
	NextBatch Cursor     `json:"next_batch"`
}

func (t *Tree) missing() string {
	for _, room := range t.Rooms {
		if room.RoomID == "" {
			return "room_id"
		}
	}
	return missingIf(t.Rooms == nil, "rooms")
}

// TreeRoom is a room or space in a [Tree].
type TreeRoom struct {
	RoomID         id.RoomID    `json:"room_id"`
	Name           string       `json:"name"`
	Topic          string       `json:"topic"`
	CanonicalAlias id.RoomAlias `json:"canonical_alias"`
	RoomType       string       `json:"room_type"` // "m.space", or empty
	JoinRule       string       `json:"join_rule"`
	JoinedMembers  int          `json:"num_joined_members"`
	Children       []Event      `json:"children_state"` // their state keys are the rooms right below
}

// Extremities are the newest events of a room that no other event refers to yet. Many of them slow a room down.
type Extremities struct {
	Count   int         `json:"count"`
	Results []Extremity `json:"results"`
}

func (e *Extremities) missing() string { return missingIf(e.Results == nil, "results") }

// Extremity is one of [Extremities].
type Extremity struct {
	EventID    id.EventID `json:"event_id"`
	StateGroup int64      `json:"state_group"`
	Depth      int64      `json:"depth"`
	ReceivedTS int64      `json:"received_ts"` // milliseconds, 0 when unknown
}

// TrimmedExtremities is how many forward extremities were deleted.
type TrimmedExtremities struct {
	Deleted *int `json:"deleted"` // nil in a dry run
}

func (t *TrimmedExtremities) missing() string { return missingIf(t.Deleted == nil, "deleted") }
