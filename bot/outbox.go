package bot

import (
	"context"
	"encoding/json"
	"maps"
	"sync"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"caretaker/store"
)

const (
	deliveriesAtOnce = 8
	outboxQuery      = 64
	// recordAgain is how long a delivery that cannot be recorded keeps its place, so
	// that a full disk does not have it repeated without end.
	recordAgain = 2 * time.Second
)

// outbox delivers what the bot has to say, as often as it takes. The transaction
// id of a row never changes, so the homeserver drops repeats.
type outbox struct {
	bot    *Bot
	signal chan struct{}

	mu       sync.Mutex // guards inFlight
	inFlight map[int64]bool
	sending  sync.WaitGroup
	slots    chan struct{}
}

func newOutbox(b *Bot) *outbox {
	return &outbox{bot: b, signal: make(chan struct{}, 1), inFlight: map[int64]bool{}, slots: make(chan struct{}, deliveriesAtOnce)}
}

// kick says that there may be something to deliver.
func (o *outbox) kick() {
	select {
	case o.signal <- struct{}{}:
	default:
	}
}

// run delivers until ctx ends, then what is left and due, as long as work goes on.
func (o *outbox) run(ctx, work context.Context) {
	for ctx.Err() == nil {
		o.deliverDue(work)
		o.wait(ctx)
	}
	for more := true; more; more = o.deliverDue(work) > 0 {
		o.sending.Wait() // a mark is due when its answer is there
	}
}

// deliverDue starts every delivery that is due and not on its way, and tells how
// many those were.
func (o *outbox) deliverDue(ctx context.Context) (started int) {
	busy := o.busy() // before the query: what ends meanwhile must not be taken from its old state
	rows, err := o.bot.Store.Waiting(ctx, outboxQuery)
	if err != nil {
		if ctx.Err() == nil {
			o.bot.Log.Error().Err(err).Msg("outbox cannot be read")
		}
		return 0
	}
	for _, row := range rows {
		if busy[row.ID] {
			continue
		}
		if !acquire(ctx, o.slots) {
			return started
		}
		started++
		o.claim(row.ID)
		o.sending.Go(func() {
			defer o.kick()
			defer o.release(row.ID)
			defer func() { <-o.slots }()
			o.deliver(ctx, row)
		})
	}
	return started
}

func (o *outbox) busy() map[int64]bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.Clone(o.inFlight)
}

func (o *outbox) claim(row int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.inFlight[row] = true
}

func (o *outbox) release(row int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.inFlight, row)
}

// wait returns when something new is there, a delay is over, or ctx ends.
func (o *outbox) wait(ctx context.Context) {
	delay := time.Minute
	if next, ok, err := o.bot.Store.NextDelivery(ctx); err == nil && ok {
		due := next.Sub(o.bot.Now())
		if due <= 0 { // it is on its way, and hides what is due next
			due = longestWait
		}
		delay = min(delay, due)
	}
	select {
	case <-ctx.Done():
	case <-o.signal:
	case <-time.After(delay):
	}
}

// deliver makes one attempt.
func (o *outbox) deliver(ctx context.Context, row store.Out) {
	try, cancel := once(ctx)
	defer cancel()
	sent, err := o.send(try, row)
	keep := context.WithoutCancel(ctx)
	switch {
	case err == nil:
		o.bot.noteError(nil)
		err = o.bot.Store.MarkSent(keep, row.ID, sent)
	case ctx.Err() != nil:
		return // we were stopped; that says nothing about the homeserver
	case away(err):
		o.bot.lost(err)
		err = o.bot.Store.Delay(keep, row.ID, o.bot.Now().Add(backoff(row.Attempts, err)), err.Error())
	default:
		o.bot.Log.Warn().Err(err).Stringer("room_id", row.RoomID).Str("step", row.Step).Msg("homeserver refuses a message of the bot")
		err = o.bot.Store.MarkFailed(keep, row.ID, err.Error())
	}
	if err != nil {
		o.bot.Log.Error().Err(err).Msg("delivery cannot be recorded")
		pause(ctx, recordAgain)
	}
}

func (o *outbox) send(ctx context.Context, row store.Out) (id.EventID, error) {
	if row.Kind == store.OutRedact {
		if row.RefEvent == "" {
			return "", nil // it was never delivered
		}
		resp, err := o.bot.Client.RedactEvent(ctx, row.RoomID, row.RefEvent, mautrix.ReqRedact{TxnID: row.TxnID})
		return eventID(resp), err
	}
	content, about, err := referTo(row)
	if err != nil || !about {
		return "", err
	}
	resp, err := o.bot.Client.SendMessageEvent(ctx, row.RoomID, event.NewEventType(row.Type), content, mautrix.ReqSendEvent{TransactionID: row.TxnID})
	return eventID(resp), err
}

func eventID(resp *mautrix.RespSendEvent) id.EventID {
	if resp == nil {
		return ""
	}
	return resp.EventID
}

// referTo fills in the event that an edit or a reaction is about, which was not
// known when the row was written. About is false when there is none: what it refers
// to was never delivered. Other rows that name a step only wait for it.
func referTo(row store.Out) (content json.RawMessage, about bool, err error) {
	if row.RefStep == "" {
		return row.Content, true, nil
	}
	var fields map[string]any
	if err := json.Unmarshal(row.Content, &fields); err != nil {
		return nil, false, err
	}
	relates, ok := fields["m.relates_to"].(map[string]any)
	if !ok || relates["event_id"] != "" {
		return row.Content, true, nil
	}
	if row.RefEvent == "" {
		return nil, false, nil
	}
	relates["event_id"] = row.RefEvent
	content, err = json.Marshal(fields)
	return content, true, err
}
