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
	bot     *Bot
	settled chan struct{} // closed when the homeserver was asked for the rooms
	first   sync.Once

	mu       sync.Mutex             // guards the maps and what is in them
	list     map[id.RoomID]*managed // joined management rooms
	changing map[id.RoomID]*change  // rooms whose membership is being followed
}

// managed is a management room.
type managed struct {
	fit     bool // by what the homeserver said last, and nothing has changed since
	doubts  int  // changes so far that made us ask again
	problem store.RoomProblem
}

// change is what is going on about the bot's membership of a room.
type change struct {
	steps int
	over  chan struct{}
}

var (
	// errUnfit says that no command may run in a room.
	errUnfit = errors.New("the room is not fit for commands")
	// errGone says that a room turned out to be none of ours.
	errGone = errors.New("the bot is not in the room")
)

func newRooms(b *Bot) *rooms {
	return &rooms{bot: b, settled: make(chan struct{}), list: map[id.RoomID]*managed{}, changing: map[id.RoomID]*change{}}
}

// load reads the rooms that were joined before.
func (r *rooms) load(ctx context.Context) error {
	list, err := r.bot.Store.Rooms(ctx, store.RoomJoined)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, room := range list {
		r.list[room.RoomID] = &managed{problem: room.Problem}
	}
	return nil
}

// known reports whether a room is a management room, fit or not.
func (r *rooms) known(room id.RoomID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.list[room] != nil
}

// bucket is the room whose limits count: strangers' rooms share one.
func (r *rooms) bucket(room id.RoomID) id.RoomID {
	if r.known(room) {
		return room
	}
	return strangers
}

func (r *rooms) joined() []id.RoomID {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]id.RoomID, 0, len(r.list))
	for room := range r.list {
		list = append(list, room)
	}
	slices.Sort(list)
	return list
}

// begin notes that the bot's membership of a room is being followed; end is called
// when it has been.
func (r *rooms) begin(room id.RoomID) (end func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.changing[room]
	if c == nil {
		c = &change{over: make(chan struct{})}
		r.changing[room] = c
	}
	c.steps++
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if c.steps--; c.steps == 0 {
			close(c.over)
			delete(r.changing, room)
		}
	}
}

// certain reports whether a room that is not known is none, or may still become one.
func (r *rooms) certain(room id.RoomID) bool {
	select {
	case <-r.settled:
	default:
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.changing[room] == nil
}

// await returns when it is certain what a room is; false when ctx ends before.
func (r *rooms) await(ctx context.Context, room id.RoomID) bool {
	r.mu.Lock()
	over := r.settled
	if c := r.changing[room]; c != nil {
		over = c.over
	}
	r.mu.Unlock()
	select {
	case <-over:
		return true
	case <-ctx.Done():
		return false
	}
}

// doubt has the state of a known room read again before the next command. It
// reports whether the room is known.
func (r *rooms) doubt(room id.RoomID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.list[room]
	if m != nil {
		m.fit = false
		m.doubts++
	}
	return m != nil
}

func (r *rooms) put(room id.RoomID) {
	if !r.doubt(room) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.list[room] = &managed{}
	}
}

func (r *rooms) forget(room id.RoomID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.list, room)
}

// state is what is known of a room, and how often it was doubted by now.
func (r *rooms) state(room id.RoomID) (known, fit bool, doubts int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.list[room]
	if m == nil {
		return false, false, 0
	}
	return true, m.fit, m.doubts
}

// judge notes what the homeserver said of a room; it is fit for sure only if there
// were no doubts meanwhile.
func (r *rooms) judge(room id.RoomID, doubts int, problem store.RoomProblem) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := r.list[room]; m != nil {
		m.fit, m.problem = problem == "" && m.doubts == doubts, problem
	}
}

// troubled reports whether something was wrong with a known room when it was looked
// at last. It asks nobody.
func (r *rooms) troubled(room id.RoomID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.list[room]
	return m != nil && m.problem != ""
}

// usable is nil when commands may run in a room now, errUnfit when not, and another
// error when that cannot be told. What was pushed is only a reason to look: the
// room's state is read from the homeserver.
func (r *rooms) usable(ctx context.Context, room id.RoomID) error {
	known, fit, _ := r.state(room)
	switch {
	case !known:
		return errUnfit
	case fit:
		return nil
	}
	problem, err := r.inspect(ctx, room)
	if errors.Is(err, errGone) || err == nil && problem != "" {
		return errUnfit
	}
	return err
}

// look inspects a room that has changed.
func (r *rooms) look(ctx context.Context, in *incoming) {
	if _, err := r.inspect(ctx, in.RoomID); err != nil && !errors.Is(err, errGone) {
		return // it comes again
	}
	r.bot.finish(ctx, in.EventID, store.InboxDone)
}

// inspect reads a room's state and says so, once, when it is not fit.
func (r *rooms) inspect(ctx context.Context, room id.RoomID) (store.RoomProblem, error) {
	for {
		_, _, doubts := r.state(room)
		facts, err := r.facts(ctx, room)
		if err != nil {
			return "", err
		}
		if _, _, now := r.state(room); now != doubts {
			continue // it has changed while it was read
		}
		problem := problemOf(facts)
		err = r.bot.commit(ctx, func(ctx context.Context) error { return r.noteProblem(ctx, room, problem) })
		if err != nil {
			return "", err
		}
		r.bot.outbox.kick()
		r.judge(room, doubts, problem)
		return problem, nil
	}
}

// facts asks until the homeserver answers. Where it refuses, the bot is not there.
func (r *rooms) facts(ctx context.Context, room id.RoomID) (facts Facts, err error) {
	err = r.bot.insist(ctx, func(ctx context.Context) (err error) {
		facts, err = r.bot.Facts.RoomFacts(ctx, room)
		return err
	})
	if err != nil && !errors.Is(err, errStopped) {
		r.bot.Log.Warn().AnErr("cause", err).Stringer("room_id", room).Msg("state of a management room cannot be read")
		err = errGone
	}
	return facts, err
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

// noteProblem stores what is wrong with a room and tells the room once. It joins
// the transaction in ctx.
func (r *rooms) noteProblem(ctx context.Context, room id.RoomID, problem store.RoomProblem) error {
	if err := r.bot.Store.SetRoomProblem(ctx, room, problem); err != nil {
		return err
	}
	first, err := r.bot.Store.SayRoomProblem(ctx, room)
	if err != nil || !first {
		return err
	}
	r.bot.Log.Warn().Stringer("room_id", room).Str("problem", string(problem)).Msg("no command runs in a management room")
	step := "problem " + r.bot.Now().Format("20060102T150405.000")
	return r.bot.say(ctx, room, step, render.Doc{render.Para{render.Text(problemTexts[problem])}})
}

// add makes a room a management room.
func (r *rooms) add(ctx context.Context, room store.Room) error {
	room.State = store.RoomJoined
	if err := r.bot.Store.PutRoom(ctx, room); err != nil {
		return err
	}
	r.put(room.RoomID)
	return nil
}

// drop ends that a room is a management room.
func (r *rooms) drop(ctx context.Context, room id.RoomID) error {
	r.forget(room)
	return r.bot.Store.SetRoomState(ctx, room, store.RoomLeft)
}

// leave ends a management room.
func (r *rooms) leave(ctx context.Context, room id.RoomID, reason string) error {
	_, err := r.bot.Client.LeaveRoom(ctx, room, &mautrix.ReqLeave{Reason: reason})
	if err != nil && !notThere(err) {
		return err
	}
	return r.drop(ctx, room)
}

// notThere reports whether the bot had nothing to leave.
func notThere(err error) bool {
	return errors.Is(err, mautrix.MForbidden) || errors.Is(err, mautrix.MNotFound)
}
