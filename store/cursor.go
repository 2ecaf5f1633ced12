package store

import (
	"context"
	"time"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix/id"
)

// Cursor is where somebody's last list in a room goes on.
type Cursor struct {
	RoomID    id.RoomID
	UserID    id.UserID
	Line      string     // command line of the next page
	ListEvent id.EventID // the answer that holds the page before
	ExpiresTS time.Time
}

const (
	cursorPut = `INSERT INTO cursor (room_id, user_id, line, list_event, expires_ts) VALUES (?1,?2,?3,?4,?5)
		ON CONFLICT (room_id, user_id) DO UPDATE SET line = excluded.line, list_event = excluded.list_event, expires_ts = excluded.expires_ts`
	cursorGet  = `SELECT room_id, user_id, line, list_event, expires_ts FROM cursor WHERE room_id = ?1 AND user_id = ?2 AND expires_ts > ?3`
	cursorDrop = `DELETE FROM cursor WHERE room_id = ?1 AND user_id = ?2`
)

// PutCursor keeps where a list goes on, in place of the user's last one in this room.
func (s *Store) PutCursor(ctx context.Context, c Cursor) error {
	return s.change(ctx, "store cursor", cursorPut, c.RoomID, c.UserID, c.Line, c.ListEvent, ms(c.ExpiresTS))
}

// Cursor returns where the user's last list in the room goes on; false if there is none or it has expired.
func (s *Store) Cursor(ctx context.Context, room id.RoomID, user id.UserID) (Cursor, bool, error) {
	return one[Cursor](ctx, s, "read cursor", cursorGet, room, user, ms(s.now()))
}

// DropCursor forgets the user's last list in the room.
func (s *Store) DropCursor(ctx context.Context, room id.RoomID, user id.UserID) error {
	return s.change(ctx, "drop cursor", cursorDrop, room, user)
}

func (c *Cursor) scan(r dbutil.Scannable) error {
	return r.Scan(&c.RoomID, &c.UserID, &c.Line, &c.ListEvent, at(&c.ExpiresTS))
}
