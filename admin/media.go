package admin

import (
	"time"

	"maunium.net/go/mautrix/id"
)

// Media is a file of this server or a cached copy of a remote one. Timestamps are milliseconds, 0 when never.
type Media struct {
	MediaID    string    `json:"media_id"`
	Origin     string    `json:"media_origin"` // of remote media; empty in lists and for this server's own
	UserID     id.UserID `json:"user_id"`      // who uploaded it, local media only
	MediaType  string    `json:"media_type"`
	Length     int64     `json:"media_length"` // bytes
	UploadName string    `json:"upload_name"`
	CreatedTS  int64     `json:"created_ts"`
	// LastAccessTS is 0 when nobody has ever loaded it.
	LastAccessTS       int64     `json:"last_access_ts"`
	QuarantinedBy      id.UserID `json:"quarantined_by"`
	SafeFromQuarantine Flag      `json:"safe_from_quarantine"`
	Authenticated      Flag      `json:"authenticated"`
	URLCache           string    `json:"url_cache"` // the page whose preview this is
	SHA256             string    `json:"sha256"`
}

// Created returns when the media was uploaded or cached, or the zero time.
func (m Media) Created() time.Time { return Millis(m.CreatedTS) }

// LastAccess returns when the media was last loaded, or the zero time.
func (m Media) LastAccess() time.Time { return Millis(m.LastAccessTS) }

// MediaInfo is what the server knows about one file.
type MediaInfo struct {
	Info Media `json:"media_info"`
}

func (m *MediaInfo) missing() string { return missingIf(m.Info.MediaID == "", "media_info") }

// MediaQuery selects and sorts a page of a user's media. Its zero value lists the newest first.
type MediaQuery struct {
	From    int    // offset
	Limit   int    // rows per page, 0 for the server's default (100)
	OrderBy string // a column as the server names it, such as "media_length"
	Reverse bool
}

// MediaPage is a page of a user's media.
type MediaPage struct {
	Media     []Media `json:"media"`
	Total     int     `json:"total"` // on all pages
	NextToken Cursor  `json:"next_token"`
}

func (p *MediaPage) missing() string {
	for i := range p.Media {
		if p.Media[i].MediaID == "" {
			return "media_id"
		}
	}
	return missingIf(p.Media == nil, "media")
}

// RoomMedia lists the mxc URIs that a room's unencrypted events mention.
type RoomMedia struct {
	Local  []string `json:"local"`
	Remote []string `json:"remote"`
}

func (m *RoomMedia) missing() string {
	if m.Local == nil {
		return "local"
	}
	return missingIf(m.Remote == nil, "remote")
}

// Quarantined is how many files a quarantine of a room or user hit.
type Quarantined struct {
	Count *int `json:"num_quarantined"` // nil in a dry run
}

func (q *Quarantined) missing() string { return missingIf(q.Count == nil, "num_quarantined") }

// DeletedMedia lists the media that were deleted.
type DeletedMedia struct {
	MediaIDs []string `json:"deleted_media"`
	Total    int      `json:"total"`
}

func (d *DeletedMedia) missing() string { return missingIf(d.MediaIDs == nil, "deleted_media") }

// DeleteMedia selects this server's own media for deletion.
type DeleteMedia struct {
	Before         time.Time // of last access, or upload where never accessed
	LargerThan     int64     // bytes; 0 for any size
	DeleteProfiles bool      // also avatars of users and rooms
}

// PurgedMedia is how many cached remote files were deleted.
type PurgedMedia struct {
	Deleted *int `json:"deleted"` // nil in a dry run
}

func (p *PurgedMedia) missing() string { return missingIf(p.Deleted == nil, "deleted") }

// QuarantineChanges lists media that were quarantined or freed. NextBatch is always there; the end is reached when
// Changes is empty.
type QuarantineChanges struct {
	Changes   []QuarantineChange `json:"changes"`
	NextBatch Cursor             `json:"next_batch"`
}

func (q *QuarantineChanges) missing() string {
	for _, change := range q.Changes {
		if change.MediaID == "" {
			return "media_id"
		}
	}
	return missingIf(q.Changes == nil, "changes")
}

// QuarantineChange is one file that was quarantined or freed.
type QuarantineChange struct {
	Origin      string `json:"origin"` // server name
	MediaID     string `json:"media_id"`
	Quarantined Flag   `json:"quarantined"` // since then
}
