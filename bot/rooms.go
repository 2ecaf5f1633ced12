package bot

import (
	"context"
	"errors"
	"slices"
	"sync"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"caretaker/render"
	"caretaker/store"
)

// rooms knows the management rooms: those configured, the one the bot made, and
// those that an admin or owner invited it to.
type rooms struct {
	bot *Bot

	mu      sync.Mutex         // guards the map
	checked map[id.RoomID]bool // joined management rooms, and whether their state is known to be fit
}

// load reads the rooms that were joined before.
func (r *rooms) load(ctx context.Context) error {
	list, err := r.bot.Store.Rooms(ctx, store.RoomJoined)
	if err != nil {
		return err
	}
	for _, room := range list {
		r.doubtNew(room.RoomID)
	}
	return nil
}

// known reports whether a room is a management room, fit or not.
func (r *rooms) known(room id.RoomID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.checked[room]
	return ok
}

// bucket is the room whose limits count: strangers' rooms share one.
func (r *rooms) bucket(room id.RoomID) id.RoomID {
	if r.known(room) {
		return room
	}
	return ""
}

func (r *rooms) joined() []id.RoomID {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]id.RoomID, 0, len(r.checked))
	for room := range r.checked {
		list = append(list, room)
	}
	slices.Sort(list)
	return list
}

// doubt has the state of a known room read again before the next command.
func (r *rooms) doubt(room id.RoomID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.checked[room]; ok {
		r.checked[room] = false
	}
}

func (r *rooms) doubtNew(room id.RoomID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.checked[room] = false
}

func (r *rooms) forget(room id.RoomID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.checked, room)
}

// usable reports whether commands may run in a room now. What was pushed is only a
// reason to look: the room's state is read from the homeserver.
func (r *rooms) usable(ctx context.Context, room id.RoomID) bool {
	r.mu.Lock()
	fit, ok := r.checked[room]
	r.mu.Unlock()
	if !ok || fit {
		return ok
	}
	return r.inspect(ctx, room) == ""
}

// inspect reads a room's state and says so, once, when it is not fit.
func (r *rooms) inspect(ctx context.Context, room id.RoomID) store.RoomProblem {
	var facts Facts
	err := r.bot.insist(ctx, r.bot.stopping, func(ctx context.Context) (err error) {
		facts, err = r.bot.Facts.RoomFacts(ctx, room)
		return err
	})
	if err != nil {
		return "unknown"
	}
	problem := problemOf(facts)
	if err := r.bot.Store.SetRoomProblem(ctx, room, problem); err != nil {
		r.bot.Log.Error().Err(err).Msg("state of a room cannot be stored")
		return "unknown"
	}
	r.mu.Lock()
	if _, ok := r.checked[room]; ok {
		r.checked[room] = problem == ""
	}
	r.mu.Unlock()
	if problem != "" {
		r.sayProblem(ctx, room, problem)
	}
	return problem
}

func problemOf(f Facts) store.RoomProblem {
	switch {
	case f.Encrypted:
		return store.RoomEncrypted
	case f.Public:
		return store.RoomPublic
	case f.WorldReadable:
		return store.RoomWorldReadable
	}
	return ""
}

var problemTexts = map[store.RoomProblem]string{
	store.RoomEncrypted:     "This room is encrypted, and I cannot read encrypted commands. Invite me to a private room without encryption.",
	store.RoomPublic:        "This room is public: anybody could join and read along. No command runs here until it is private.",
	store.RoomWorldReadable: "Everybody can read this room. No command runs here until its history is for members only.",
}

func (r *rooms) sayProblem(ctx context.Context, room id.RoomID, problem store.RoomProblem) {
	r.bot.Log.Warn().Stringer("room_id", room).Str("problem", string(problem)).Msg("no command runs in a management room")
	err := r.bot.Store.InTx(ctx, func(ctx context.Context) error {
		first, err := r.bot.Store.SayRoomProblem(ctx, room)
		if err != nil || !first {
			return err
		}
		step := "problem " + r.bot.Now().Format("20060102T150405.000")
		return r.bot.say(ctx, room, step, render.Doc{render.Para{render.Text(problemTexts[problem])}})
	})
	if err != nil {
		r.bot.Log.Error().Err(err).Msg("problem of a room cannot be said")
	}
	r.bot.outbox.kick()
}

// add makes a room a management room.
func (r *rooms) add(ctx context.Context, room store.Room) error {
	room.State = store.RoomJoined
	if err := r.bot.Store.PutRoom(ctx, room); err != nil {
		return err
	}
	r.doubtNew(room.RoomID)
	return nil
}

// settle joins the configured rooms, or makes one, and looks at all of them. It is
// called whenever the homeserver is back.
func (r *rooms) settle(ctx context.Context) {
	for _, name := range r.bot.Rooms {
		if err := r.joinConfigured(ctx, name); err != nil {
			r.bot.Log.Warn().Err(err).Str("room", name).Msg("configured management room cannot be joined: invite the bot there")
		}
	}
	if len(r.bot.Rooms) == 0 {
		if err := r.makeOne(ctx); err != nil {
			r.bot.Log.Warn().Err(err).Msg("management room cannot be made")
		}
	}
	for _, room := range r.joined() {
		r.inspect(ctx, room)
	}
}

func (r *rooms) joinConfigured(ctx context.Context, name string) error {
	resp, err := r.bot.Client.JoinRoom(ctx, name, nil)
	if err != nil {
		return err
	}
	if r.known(resp.RoomID) {
		return nil
	}
	return r.add(ctx, store.Room{RoomID: resp.RoomID, Origin: store.RoomConfigured})
}

// stillThere asks the homeserver whether the bot is in a room.
func (r *rooms) stillThere(ctx context.Context, room id.RoomID) (bool, error) {
	resp, err := r.bot.Client.JoinedRooms(ctx)
	if err != nil {
		return false, err
	}
	return slices.Contains(resp.JoinedRooms, room), nil
}

// leave ends a management room.
func (r *rooms) leave(ctx context.Context, room id.RoomID, reason string) error {
	_, err := r.bot.Client.LeaveRoom(ctx, room, &mautrix.ReqLeave{Reason: reason})
	if err != nil && !errors.Is(err, mautrix.MForbidden) && !errors.Is(err, mautrix.MNotFound) {
		return err
	}
	r.forget(room)
	return r.bot.Store.SetRoomState(ctx, room, store.RoomLeft)
}
