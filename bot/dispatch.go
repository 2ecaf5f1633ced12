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
	readAgain    = time.Second // after the inbox could not be read
)

// dispatcher takes rows out of the inbox in their order. What changes something
// queues behind the change before it in the same room; everything else runs at
// once, so that a long change never keeps "status", "confirm" or "cancel" waiting.
type dispatcher struct {
	bot    *Bot
	signal chan struct{}
	ahead  chan struct{} // one entry per row that is taken up
	slots  chan struct{} // one entry per command that runs beside the queues

	mu    sync.Mutex // guards the maps and what is in them
	rooms map[id.RoomID]*roomQueue
	held  map[id.RoomID][]store.InboxEvent // of rooms that are not certain yet, in order
	work  sync.WaitGroup
}

// roomQueue is forgotten when nothing waits in it.
type roomQueue struct {
	users   int // rows that wait or run
	waiting []func()
	running bool
	slots   chan struct{}
}

func newDispatcher(b *Bot) *dispatcher {
	return &dispatcher{
		bot: b, signal: make(chan struct{}, 1), ahead: make(chan struct{}, lookAhead),
		slots: make(chan struct{}, atOnce), rooms: map[id.RoomID]*roomQueue{}, held: map[id.RoomID][]store.InboxEvent{},
	}
}

func (d *dispatcher) wake() {
	select {
	case d.signal <- struct{}{}:
	default:
	}
}

// run hands out rows until ctx ends, then waits for what is being done in the
// context work.
func (d *dispatcher) run(ctx, work context.Context) {
	defer d.work.Wait()
	var last int64
	for ctx.Err() == nil {
		rows, err := d.bot.Store.PendingAfter(ctx, last, rowsPerQuery)
		if err != nil && ctx.Err() == nil {
			d.bot.Log.Error().Err(err).Msg("inbox cannot be read")
			pause(ctx, readAgain)
			continue
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

// hand takes a row, which has a place in ahead until it is done. Behind rows that
// wait for their room to become certain it waits, too, so that order stays.
func (d *dispatcher) hand(ctx, work context.Context, row store.InboxEvent) {
	d.mu.Lock()
	rows, held := d.held[row.RoomID]
	if held {
		d.held[row.RoomID] = append(rows, row)
	}
	d.mu.Unlock()
	if !held {
		d.start(ctx, work, row)
	}
}

// hold keeps a room's rows back until wait returns. Without a result before ctx
// ends they stay pending for the next start.
func (d *dispatcher) hold(ctx, work context.Context, row store.InboxEvent, wait func(context.Context) bool) {
	d.mu.Lock()
	rows, held := d.held[row.RoomID]
	d.held[row.RoomID] = append(rows, row)
	d.mu.Unlock()
	if held {
		return // whoever holds the room back comes to this row, too
	}
	d.work.Go(func() {
		for {
			certain := wait(ctx) // again in each round: one reason to wait may follow another
			rows := d.release(row.RoomID)
			if len(rows) == 0 {
				return
			}
			for _, row := range rows {
				if certain {
					d.start(ctx, work, row)
				} else {
					<-d.ahead
				}
			}
		}
	})
}

// release gives the rows of a room that were held back. The room stays held until
// there are none, or a new row would overtake those that are being started.
func (d *dispatcher) release(room id.RoomID) []store.InboxEvent {
	d.mu.Lock()
	defer d.mu.Unlock()
	rows := d.held[room]
	if len(rows) == 0 {
		delete(d.held, room)
		return nil
	}
	d.held[room] = []store.InboxEvent{}
	return rows
}

// start decides where a row waits for its turn.
func (d *dispatcher) start(ctx, work context.Context, row store.InboxEvent) {
	task := d.bot.sort(ctx, row)
	done := func() { <-d.ahead }
	run := func() {
		if ctx.Err() == nil { // else it stays pending for the next start
			d.attempt(work, row, task.run)
		}
	}
	switch {
	case task == nil:
		done()
	case task.wait != nil:
		d.hold(ctx, work, row, task.wait)
	case task.queues:
		d.queue(row.RoomID, func() {
			defer done()
			run()
		})
	default:
		d.beside(ctx, task.bucket, func() {
			defer done()
			run()
		})
	}
}

// attempt runs what is to be done about a row. A panic must neither end the
// process nor come again at every start.
func (d *dispatcher) attempt(ctx context.Context, row store.InboxEvent, f func(context.Context)) {
	defer func() {
		if fault := recover(); fault != nil {
			d.bot.broken(ctx, row, fault)
		}
	}()
	f(ctx)
}

// apart runs what must not take the place of a read: a change that was confirmed.
// It is called from inside a task.
func (d *dispatcher) apart(ctx context.Context, row store.InboxEvent, f func(context.Context)) {
	d.work.Go(func() { d.attempt(ctx, row, f) })
}

// beside runs f within the limits of its bucket and of all together. Without a
// place before ctx ends, f runs all the same, and finds that out.
func (d *dispatcher) beside(ctx context.Context, bucket id.RoomID, f func()) {
	q := d.enter(bucket)
	d.work.Go(func() {
		defer d.leave(bucket, q)
		for _, slots := range []chan struct{}{q.slots, d.slots} {
			if acquire(ctx, slots) {
				defer func() { <-slots }()
			}
		}
		f()
	})
}

// queue runs f after everything that was queued for the room before.
func (d *dispatcher) queue(room id.RoomID, f func()) {
	q := d.enter(room)
	d.mu.Lock()
	defer d.mu.Unlock()
	q.waiting = append(q.waiting, func() {
		defer d.leave(room, q)
		f()
	})
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

func (d *dispatcher) enter(room id.RoomID) *roomQueue {
	d.mu.Lock()
	defer d.mu.Unlock()
	q := d.rooms[room]
	if q == nil {
		q = &roomQueue{slots: make(chan struct{}, perRoom)}
		d.rooms[room] = q
	}
	q.users++
	return q
}

func (d *dispatcher) leave(room id.RoomID, q *roomQueue) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if q.users--; q.users == 0 {
		delete(d.rooms, room)
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
