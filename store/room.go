package store

import (
	"context"
	"fmt"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix/id"
)

// RoomOrigin is why a room is a management room.
type RoomOrigin string

// The origins of management rooms.
const (
	RoomConfigured RoomOrigin = "configured"
	RoomMade       RoomOrigin = "made"    // by the bot, at its first start
	RoomInvited    RoomOrigin = "invited" // by somebody who may
)

// String returns the origin as it is stored.
func (o RoomOrigin) String() string { return string(o) }

// RoomState is whether the bot is in a room.
type RoomState string

// The states of a room.
const (
	RoomCreating RoomState = "creating" // the homeserver may or may not have made it; RoomID is a placeholder
	RoomJoined   RoomState = "joined"
	RoomLeft     RoomState = "left"
)

// String returns the state as it is stored.
func (s RoomState) String() string { return string(s) }

// RoomProblem is why no command may run in a room.
type RoomProblem string

// The problems of rooms; empty is none.
const (
	RoomEncrypted     RoomProblem = "encrypted"
	RoomPublic        RoomProblem = "public"
	RoomWorldReadable RoomProblem = "world_readable"
)

// String returns the problem as it is stored.
func (p RoomProblem) String() string { return string(p) }

// Room is a management room.
type Room struct {
	RoomID      id.RoomID
	Origin      RoomOrigin
	Inviter     id.UserID
	State       RoomState
	Problem     RoomProblem
	ProblemSaid bool   // the bot has told the room
	CaughtUp    string // where the next catch-up ends: a token or an event id
}

const (
	roomColumns = `room_id, origin, inviter, state, problem, problem_said, caught_up`
	roomPut     = `INSERT INTO room (room_id, origin, inviter, state) VALUES (?1,?2,?3,?4)
		ON CONFLICT (room_id) DO UPDATE SET origin = excluded.origin, inviter = excluded.inviter, state = excluded.state`
	roomGet     = `SELECT ` + roomColumns + ` FROM room WHERE room_id = ?1`
	roomList    = `SELECT ` + roomColumns + ` FROM room WHERE ?1 = '' OR state = ?1 ORDER BY room_id`
	roomMade    = `UPDATE OR REPLACE room SET room_id = ?2, state = 'joined' WHERE room_id = ?1`
	roomState   = `UPDATE room SET state = ?2 WHERE room_id = ?1`
	roomProblem = `UPDATE room SET problem = ?2, problem_said = 0 WHERE room_id = ?1 AND problem <> ?2`
	roomSaid    = `UPDATE room SET problem_said = 1 WHERE room_id = ?1 AND problem <> '' AND problem_said = 0`
	roomCaught  = `UPDATE room SET caught_up = ?2 WHERE room_id = ?1`
	roomDelete  = `DELETE FROM room WHERE room_id = ?1`
)

// PutRoom stores a room's origin, inviter and state; its problem and where it was caught up to stay when it is known.
func (s *Store) PutRoom(ctx context.Context, r Room) error {
	return s.change(ctx, "store room", roomPut, r.RoomID, r.Origin, r.Inviter, r.State)
}

// Room returns a management room.
func (s *Store) Room(ctx context.Context, room id.RoomID) (Room, bool, error) {
	return one[Room](ctx, s, "read room", roomGet, room)
}

// Rooms returns the rooms in a state, all if it is empty.
func (s *Store) Rooms(ctx context.Context, state RoomState) ([]Room, error) {
	return many[Room](ctx, s, "list rooms", roomList, state)
}

// RoomCreated gives a room that was being created its id; it counts as joined.
func (s *Store) RoomCreated(ctx context.Context, placeholder, room id.RoomID) error {
	return s.change(ctx, "note new room", roomMade, placeholder, room)
}

// SetRoomState notes whether the bot is in the room.
func (s *Store) SetRoomState(ctx context.Context, room id.RoomID, state RoomState) error {
	return s.change(ctx, "note state of room", roomState, room, state)
}

// SetRoomProblem notes why no command may run in the room, empty for none. A new problem has not been said.
func (s *Store) SetRoomProblem(ctx context.Context, room id.RoomID, problem RoomProblem) error {
	return s.change(ctx, "note problem of room", roomProblem, room, problem)
}

// SayRoomProblem returns true once per problem: the caller is the one to tell the room.
func (s *Store) SayRoomProblem(ctx context.Context, room id.RoomID) (first bool, err error) {
	n, err := s.exec(ctx, roomSaid, room)
	if err != nil {
		return false, fmt.Errorf("note problem as said: %w", err)
	}
	return n == 1, nil
}

// SetRoomCaughtUp notes where the next catch-up ends.
func (s *Store) SetRoomCaughtUp(ctx context.Context, room id.RoomID, position string) error {
	return s.change(ctx, "note position in room", roomCaught, room, position)
}

// DeleteRoom forgets a room.
func (s *Store) DeleteRoom(ctx context.Context, room id.RoomID) error {
	return s.change(ctx, "forget room", roomDelete, room)
}

func (r *Room) scan(row dbutil.Scannable) error {
	return row.Scan(&r.RoomID, &r.Origin, &r.Inviter, &r.State, &r.Problem, &r.ProblemSaid, &r.CaughtUp)
}
