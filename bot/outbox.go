package bot

import (
	"context"
	"encoding/json"
	"errors"
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
	// A returning homeserver must be noticed within seconds, so waits stay short.
	longestWait = 3 * time.Second
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

// retryNow is called when the homeserver is back.
func (o *outbox) retryNow() { o.kick() }

// run delivers until ctx ends, then waits for what is on its way.
func (o *outbox) run(ctx context.Context) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stopGrace := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	defer stopGrace()
	defer o.sending.Wait()
	for ctx.Err() == nil {
		o.deliverDue(ctx, work)
		o.wait(ctx)
	}
}

// deliverDue starts every delivery that is due and not on its way.
func (o *outbox) deliverDue(ctx, work context.Context) {
	rows, err := o.bot.Store.Waiting(ctx, outboxQuery)
	if err != nil {
		if ctx.Err() == nil {
			o.bot.Log.Error().Err(err).Msg("outbox cannot be read")
		}
		return
	}
	for _, row := range rows {
		if !o.claim(row.ID) {
			continue
		}
		if !acquire(ctx, o.slots) {
			o.release(row.ID)
			return
		}
		o.sending.Go(func() {
			defer o.kick()
			defer o.release(row.ID)
			defer func() { <-o.slots }()
			o.deliver(work, row)
		})
	}
}

func (o *outbox) claim(row int64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.inFlight[row] {
		return false
	}
	o.inFlight[row] = true
	return true
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
		if due := time.Until(next); due > 0 {
			delay = min(delay, due)
		}
	}
	select {
	case <-ctx.Done():
	case <-o.signal:
	case <-time.After(delay):
	}
}

// deliver makes one attempt.
func (o *outbox) deliver(ctx context.Context, row store.Out) {
	try, cancel := context.WithTimeout(mautrix.WithMaxRetries(ctx, 0), 20*time.Second)
	defer cancel()
	sent, err := o.send(try, row)
	keep := context.WithoutCancel(ctx)
	switch {
	case err == nil:
		err = o.bot.Store.MarkSent(keep, row.ID, sent)
	case away(err):
		o.bot.noteError(err)
		o.bot.Recheck()
		err = o.bot.Store.Delay(keep, row.ID, o.bot.Now().Add(backoff(row.Attempts, err)), err.Error())
	default:
		o.bot.Log.Warn().Err(err).Stringer("room_id", row.RoomID).Str("step", row.Step).Msg("homeserver refuses a message of the bot")
		err = o.bot.Store.MarkFailed(keep, row.ID, err.Error())
	}
	if err != nil {
		o.bot.Log.Error().Err(err).Msg("delivery cannot be recorded")
	}
}

func (o *outbox) send(ctx context.Context, row store.Out) (id.EventID, error) {
	if row.RefStep != "" && row.RefEvent == "" {
		return "", nil // what it refers to was never delivered: there is nothing to edit, redact or react to
	}
	if row.Kind == store.OutRedact {
		resp, err := o.bot.Client.RedactEvent(ctx, row.RoomID, row.RefEvent, mautrix.ReqRedact{TxnID: row.TxnID})
		return eventID(resp), err
	}
	content, err := referTo(row)
	if err != nil {
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

// referTo fills in the event that an edit or a reaction is about. It was not known
// when the row was written.
func referTo(row store.Out) (json.RawMessage, error) {
	if row.RefStep == "" {
		return row.Content, nil
	}
	var content map[string]any
	if err := json.Unmarshal(row.Content, &content); err != nil {
		return nil, err
	}
	if relates, ok := content["m.relates_to"].(map[string]any); ok && relates["event_id"] == "" {
		relates["event_id"] = row.RefEvent
	}
	return json.Marshal(content)
}

// backoff grows from half a second; a rate limit says itself how long.
func backoff(attempts int, err error) time.Duration {
	if http, ok := errors.AsType[mautrix.HTTPError](err); ok && http.RespError != nil {
		if ms, ok := http.RespError.ExtraData["retry_after_ms"].(float64); ok && ms > 0 {
			return min(time.Duration(ms)*time.Millisecond, time.Minute)
		}
	}
	return min(500*time.Millisecond<<min(attempts, 4), longestWait)
}
