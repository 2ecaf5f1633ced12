package bot

import (
	"context"
	"sync"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/store"
)

const (
	lookAhead    = 1024 // rows that are taken up before the first of them is done
	perRoom      = 4    // commands at once in a room, beside the one that changes something
	atOnce       = 16   // the same for all rooms
	rowsPerQuery = 100
)

// dispatcher takes rows out of the inbox in their order. What changes something
// queues behind the change before it in the same room; everything else runs at
// once, so that a long change never keeps "status", "confirm" or "cancel" waiting.
type dispatcher struct {
	bot    *Bot
	signal chan struct{}
	ahead  chan struct{} // one entry per row that is taken up
	slots  chan struct{} // one entry per command that runs beside the queues

	mu    sync.Mutex // guards the maps
	rooms map[id.RoomID]*roomQueue
	work  sync.WaitGroup
}

type roomQueue struct {
	waiting []func()
	running bool
	slots   chan struct{}
}

func newDispatcher(b *Bot) *dispatcher {
	return &dispatcher{
		bot: b, signal: make(chan struct{}, 1), ahead: make(chan struct{}, lookAhead),
		slots: make(chan struct{}, atOnce), rooms: map[id.RoomID]*roomQueue{},
	}
}

func (d *dispatcher) wake() {
	select {
	case d.signal <- struct{}{}:
	default:
	}
}

// grace is how long work in progress may go on after the bot was told to stop.
const grace = 6 * time.Second

// run hands out rows until ctx ends, then waits for what is being done, not
// longer than the grace.
func (d *dispatcher) run(ctx context.Context) {
	defer d.work.Wait()
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stopGrace := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	defer stopGrace()
	var last int64
	for ctx.Err() == nil {
		rows, err := d.bot.Store.PendingAfter(ctx, last, rowsPerQuery)
		if err != nil && ctx.Err() == nil {
			d.bot.Log.Error().Err(err).Msg("inbox cannot be read")
		}
		for _, row := range rows {
			if !acquire(ctx, d.ahead) {
				return
			}
			last = row.Seq
			d.hand(ctx, work, row)
		}
		if len(rows) == rowsPerQuery {
			continue
		}
		select {
		case <-ctx.Done():
		case <-d.signal:
		}
	}
}

// hand decides where a row waits for its turn.
func (d *dispatcher) hand(ctx, work context.Context, row store.InboxEvent) {
	task := d.bot.sort(ctx, row)
	if task == nil {
		<-d.ahead
		return
	}
	run := func() {
		defer func() { <-d.ahead }()
		if ctx.Err() == nil { // else it stays pending for the next start
			task.run(work, ctx.Done())
		}
	}
	if task.queues {
		d.queue(row.RoomID, run)
		return
	}
	slots := d.room(d.bot.rooms.bucket(row.RoomID)).slots
	d.work.Go(func() {
		if !acquire(ctx, slots) {
			<-d.ahead
			return
		}
		defer func() { <-slots }()
		if !acquire(ctx, d.slots) {
			<-d.ahead
			return
		}
		defer func() { <-d.slots }()
		run()
	})
}

func (d *dispatcher) room(room id.RoomID) *roomQueue {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rooms[room] == nil {
		d.rooms[room] = &roomQueue{slots: make(chan struct{}, perRoom)}
	}
	return d.rooms[room]
}

// queue runs f after everything that was queued for the room before.
func (d *dispatcher) queue(room id.RoomID, f func()) {
	q := d.room(room)
	d.mu.Lock()
	defer d.mu.Unlock()
	q.waiting = append(q.waiting, f)
	if !q.running {
		q.running = true
		d.work.Go(func() { d.drain(q) })
	}
}

func (d *dispatcher) drain(q *roomQueue) {
	for {
		d.mu.Lock()
		if len(q.waiting) == 0 {
			q.running = false
			d.mu.Unlock()
			return
		}
		next := q.waiting[0]
		q.waiting = q.waiting[1:]
		d.mu.Unlock()
		next()
	}
}

// acquire takes a place in a channel that is used as a semaphore.
func acquire(ctx context.Context, slots chan struct{}) bool {
	select {
	case slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}
