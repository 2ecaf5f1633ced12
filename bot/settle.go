package bot

import (
	"context"
	"errors"
	"slices"
	"sync"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"caretaker/store"
)

// settle brings the list of management rooms in line with the homeserver and the
// configuration. It is called whenever the homeserver is back.
func (r *rooms) settle(ctx context.Context) {
	r.each(func(room id.RoomID) {
		if err := r.removed(ctx, room); err != nil && !errors.Is(err, errStopped) {
			r.bot.Log.Warn().Err(err).Stringer("room_id", room).Msg("it cannot be found out whether the bot is in a management room")
		}
	})
	r.joinConfigured(ctx)
	if len(r.bot.Rooms) == 0 {
		err := r.bot.insist(ctx, r.makeOne)
		if err != nil && !errors.Is(err, errStopped) {
			r.bot.Log.Warn().Err(err).Msg("management room cannot be made")
		}
	}
	r.first.Do(func() { close(r.settled) })
	r.each(func(room id.RoomID) {
		_, _ = r.inspect(ctx, room) // what cannot be told now is asked before the next command
	})
}

// settleAtOnce is how many rooms are looked at side by side: people wait for answers
// while the homeserver is just coming back.
const settleAtOnce = 4

// each does something for every joined management room.
func (r *rooms) each(do func(room id.RoomID)) {
	slots := make(chan struct{}, settleAtOnce)
	var working sync.WaitGroup
	for _, room := range r.joined() {
		slots <- struct{}{}
		working.Go(func() {
			defer func() { <-slots }()
			do(room)
		})
	}
	working.Wait()
}

// joinConfigured joins the configured rooms. Those that were configured once and are
// not any more are management rooms no longer.
func (r *rooms) joinConfigured(ctx context.Context) {
	var configured []id.RoomID
	for _, name := range r.bot.Rooms {
		room, err := r.join(ctx, name)
		if errors.Is(err, errStopped) {
			return
		}
		if err != nil {
			r.bot.Log.Warn().Err(err).Str("room", name).Msg("configured management room cannot be joined: invite the bot there")
		}
		configured = append(configured, room)
	}
	if slices.Contains(configured, "") {
		return // it may be one of those
	}
	rows, err := r.bot.Store.Rooms(ctx, store.RoomJoined)
	for _, row := range rows {
		if row.Origin == store.RoomConfigured && !slices.Contains(configured, row.RoomID) {
			r.bot.Log.Warn().Stringer("room_id", row.RoomID).Msg("management room is not configured any more; commands are not taken there")
			err = errors.Join(err, r.drop(ctx, row.RoomID))
		}
	}
	if err != nil {
		r.bot.Log.Error().Err(err).Msg("configured management rooms cannot be stored")
	}
}

// join gives the id of a configured room, "" with an error where it cannot be joined.
func (r *rooms) join(ctx context.Context, name string) (room id.RoomID, err error) {
	err = r.bot.insistUpTo(ctx, fewTimes, func(ctx context.Context) error {
		resp, err := r.bot.Client.JoinRoom(ctx, name, nil)
		if err == nil {
			room = resp.RoomID
		}
		return err
	})
	if err != nil || r.known(room) {
		return room, err
	}
	return room, r.add(ctx, store.Room{RoomID: room, Origin: store.RoomConfigured})
}

// configured reports whether the configuration names a room, by its id or an alias.
func (r *rooms) configured(ctx context.Context, room id.RoomID) bool {
	return slices.ContainsFunc(r.bot.Rooms, func(name string) bool {
		if name == string(room) {
			return true
		}
		if name == "" || name[0] != '#' {
			return false
		}
		var found id.RoomID
		err := r.bot.insistUpTo(ctx, fewTimes, func(ctx context.Context) error {
			resp, err := r.bot.Client.ResolveAlias(ctx, id.RoomAlias(name))
			if err == nil {
				found = resp.RoomID
			}
			return err
		})
		return err == nil && found == room
	})
}

// removed gives up a room that the bot is not in any more. It asks the homeserver:
// anybody may have pushed that, and an invitation may have followed.
func (r *rooms) removed(ctx context.Context, room id.RoomID) error {
	known, _, doubts := r.state(room)
	if !known {
		return nil
	}
	var resp *mautrix.RespJoinedRooms
	err := r.bot.insist(ctx, func(ctx context.Context) (err error) {
		resp, err = r.bot.Client.JoinedRooms(ctx)
		return err
	})
	if err != nil || slices.Contains(resp.JoinedRooms, room) {
		return err
	}
	if _, _, now := r.state(room); now != doubts {
		return nil // joined again meanwhile
	}
	r.bot.Log.Warn().Stringer("room_id", room).Msg("the bot was removed from a management room")
	return r.drop(ctx, room)
}
