package store

import (
	"context"
	"time"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix/id"
)

// SecretMessage is a message with a secret in it that is to be redacted.
type SecretMessage struct {
	RoomID   id.RoomID
	EventID  id.EventID
	UserID   id.UserID // who may read it
	RedactAt time.Time
}

const (
	secretAdd = `INSERT INTO secret_message (room_id, event_id, user_id, redact_at) VALUES (?1,?2,?3,?4)
		ON CONFLICT (room_id, event_id) DO UPDATE SET redact_at = excluded.redact_at`
	secretDue  = `SELECT room_id, event_id, user_id, redact_at FROM secret_message WHERE redact_at <= ?1 ORDER BY redact_at LIMIT 100`
	secretNext = `SELECT min(redact_at) FROM secret_message HAVING count(*) > 0`
	secretDrop = `DELETE FROM secret_message WHERE room_id = ?1 AND event_id = ?2`
	dmGet      = `SELECT room_id FROM dm WHERE user_id = ?1`
	dmPut      = `INSERT INTO dm (user_id, room_id) VALUES (?1, ?2) ON CONFLICT (user_id) DO UPDATE SET room_id = excluded.room_id`
	dmDrop     = `DELETE FROM dm WHERE room_id = ?1`
)

// AddSecretMessage keeps a message in mind until it is redacted; for a known one the time is changed.
func (s *Store) AddSecretMessage(ctx context.Context, m SecretMessage) error {
	return s.change(ctx, "note secret message", secretAdd, m.RoomID, m.EventID, m.UserID, ms(m.RedactAt))
}

// SecretMessagesDue returns messages that are to be redacted at now, at most a hundred.
func (s *Store) SecretMessagesDue(ctx context.Context, now time.Time) ([]SecretMessage, error) {
	return many[SecretMessage](ctx, s, "read secret messages", secretDue, ms(now))
}

// NextRedaction returns when the next message is to be redacted, possibly in the past; false if there is none.
func (s *Store) NextRedaction(ctx context.Context) (time.Time, bool, error) {
	at, ok, err := scalar[int64](ctx, s, "read next redaction", secretNext)
	return time.UnixMilli(at), ok, err
}

// ForgetSecretMessage is called when the message is redacted.
func (s *Store) ForgetSecretMessage(ctx context.Context, room id.RoomID, event id.EventID) error {
	return s.change(ctx, "forget secret message", secretDrop, room, event)
}

// DirectRoom returns the direct room that the bot made with a user.
func (s *Store) DirectRoom(ctx context.Context, user id.UserID) (id.RoomID, bool, error) {
	return scalar[id.RoomID](ctx, s, "read direct room", dmGet, user)
}

// SetDirectRoom keeps the direct room with a user.
func (s *Store) SetDirectRoom(ctx context.Context, user id.UserID, room id.RoomID) error {
	return s.change(ctx, "store direct room", dmPut, user, room)
}

// ForgetDirectRoom is called when a direct room can no longer be used.
func (s *Store) ForgetDirectRoom(ctx context.Context, room id.RoomID) error {
	return s.change(ctx, "forget direct room", dmDrop, room)
}

func (m *SecretMessage) scan(r dbutil.Scannable) error {
	return r.Scan(&m.RoomID, &m.EventID, &m.UserID, at(&m.RedactAt))
}
