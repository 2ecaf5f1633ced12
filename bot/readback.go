package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/store"
)

// shownEvent is an event as the homeserver shows it.
type shownEvent struct {
	Sender   id.UserID
	Type     string
	StateKey *string
	OriginTS int64 // milliseconds
	Content  json.RawMessage
	Complete bool // everything above could be read
}

// errGarbled says that an answer is no JSON: a proxy's page, or cut short. The
// homeserver did not say that.
var errGarbled = errors.New("the answer is not JSON")

// readEvent reads one event as the bot. Only fields of exactly the right name
// count: encoding/json would also take a "Sender" that a remote server put beside
// the real one.
//
// GET /_matrix/client/v3/rooms/{roomId}/event/{eventId}
func (b *Bot) readEvent(ctx context.Context, room id.RoomID, eventID id.EventID) (shownEvent, error) {
	url := b.Client.BuildClientURL("v3", "rooms", room, "event", eventID)
	raw, err := b.Client.MakeRequest(ctx, http.MethodGet, url, nil, nil)
	if err != nil {
		return shownEvent{}, err
	}
	var fields map[string]json.RawMessage
	if !json.Valid(raw) || json.Unmarshal(raw, &fields) != nil {
		return shownEvent{}, fmt.Errorf("read event %s: %w", eventID, errGarbled)
	}
	evt := shownEvent{Content: fields["content"]}
	evt.Complete = json.Unmarshal(fields["sender"], &evt.Sender) == nil && json.Unmarshal(fields["type"], &evt.Type) == nil &&
		json.Unmarshal(fields["origin_server_ts"], &evt.OriginTS) == nil
	if key, isState := fields["state_key"]; isState {
		evt.Complete = evt.Complete && json.Unmarshal(key, &evt.StateKey) == nil && evt.StateKey != nil
	}
	return evt, nil
}

// is compares with what was pushed. The time belongs to it: an old command must
// not be pushed as one of today.
func (e shownEvent) is(in *incoming) bool {
	sameKey := e.StateKey == nil && in.StateKey == nil || e.StateKey != nil && in.StateKey != nil && *e.StateKey == *in.StateKey
	return e.Complete && sameKey && e.Sender == in.Sender && e.Type == in.Type &&
		e.OriginTS == in.OriginTS.UnixMilli() && sameJSON(e.Content, in.raw)
}

// genuine reads the event back from the homeserver and compares it with what was
// pushed: whoever has stolen the hs_token can push anything, and change nothing.
func (b *Bot) genuine(ctx context.Context, in *incoming) (bool, error) {
	same := false
	err := b.insist(ctx, func(ctx context.Context) error {
		evt, err := b.readEvent(ctx, in.RoomID, in.EventID)
		same = err == nil && evt.is(in)
		return err
	})
	return same, err
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	return bytes.Equal(a, b) || reflect.DeepEqual(x, y)
}

// forged keeps silent in the room and speaks up in log and audit.
func (b *Bot) forged(ctx context.Context, in *incoming, command string, err error) {
	b.Log.Warn().Stringer("event_id", in.EventID).Stringer("sender", in.Sender).AnErr("cause", err).
		Msg("event is not what the homeserver has: forged, edited or removed; nothing was changed")
	txErr := b.commit(ctx, func(ctx context.Context) error {
		_, err := b.Store.AuditNote(ctx, store.AuditRecord{
			Actor: string(in.Sender), Door: string(commands.DoorRoom), RoomID: in.RoomID, EventID: in.EventID,
			Command: command, Outcome: "forged", Detail: "the homeserver does not have this event",
		})
		if err != nil {
			return err
		}
		return b.Store.Finish(ctx, in.EventID, store.InboxInvalid, command)
	})
	if txErr != nil {
		b.Log.Error().Err(txErr).Msg("forged event cannot be recorded")
	}
}

// attemptTime bounds one request to the homeserver.
const attemptTime = 20 * time.Second

// once bounds one attempt that the library must not repeat by itself.
func once(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(mautrix.WithMaxRetries(ctx, 0), attemptTime)
}

var errStopped = errors.New("the bot is stopping")

// insist repeats f while the homeserver is away. It ends with f's other errors, or
// with errStopped.
func (b *Bot) insist(ctx context.Context, f func(context.Context) error) error {
	return b.insistUpTo(ctx, 0, f)
}

// insistUpTo is insist, but takes a homeserver's own answer that it has an error
// for final when it was given so many times; never if most is 0.
func (b *Bot) insistUpTo(ctx context.Context, most int, f func(context.Context) error) error {
	answers := 0
	for attempt := 0; ; attempt++ {
		try, cancel := once(ctx)
		err := f(try)
		cancel()
		if err == nil {
			b.noteError(nil)
			return nil
		}
		if answered(err) {
			answers++
		}
		if !away(err) || answers == most && most > 0 {
			return err
		}
		b.lost(err)
		select {
		case <-b.stopping:
			return errStopped
		case <-ctx.Done():
			return errStopped
		case <-time.After(backoff(attempt, err)):
		}
	}
}

// lost notes that the homeserver gave no good answer, and has the connection tested.
func (b *Bot) lost(err error) {
	if limited(err) {
		return // it is there, and said to come later
	}
	b.noteError(err)
	b.Recheck()
}

// away reports whether an error says that the homeserver cannot be reached or
// gives no answer of its own, so that trying again can help.
func away(err error) bool {
	if errors.Is(err, errGarbled) {
		return true
	}
	failed, ok := errors.AsType[mautrix.HTTPError](err)
	if !ok {
		return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
	}
	if failed.Response == nil {
		return true
	}
	return failed.RespError == nil || failed.Response.StatusCode >= 500 || limited(err) || errors.Is(err, mautrix.MUnknownToken)
}

// answered reports whether the homeserver itself says that it has an error.
func answered(err error) bool {
	failed, ok := errors.AsType[mautrix.HTTPError](err)
	return ok && failed.Response != nil && failed.RespError != nil && failed.Response.StatusCode >= 500
}

func limited(err error) bool {
	failed, ok := errors.AsType[mautrix.HTTPError](err)
	return ok && failed.Response != nil && failed.Response.StatusCode == http.StatusTooManyRequests
}

const (
	shortestWait = 500 * time.Millisecond
	// A returning homeserver must be noticed within seconds, so waits stay short.
	longestWait = 3 * time.Second
	// What the homeserver itself answers will hardly be different a second later.
	longestAnswered = time.Minute
)

// backoff is how long to wait before the next attempt. A rate limit says itself how long.
func backoff(attempts int, err error) time.Duration {
	if wait := retryAfter(err); wait > 0 {
		return min(wait, time.Minute)
	}
	longest := longestWait
	if answered(err) {
		longest = longestAnswered
	}
	return min(shortestWait<<min(attempts, 10), longest)
}

// retryAfter reads both forms of the homeserver's request to wait; zero without one.
func retryAfter(err error) time.Duration {
	failed, ok := errors.AsType[mautrix.HTTPError](err)
	if !ok || failed.Response == nil || !limited(err) {
		return 0
	}
	if failed.RespError != nil {
		if ms, ok := failed.RespError.ExtraData["retry_after_ms"].(float64); ok && ms > 0 {
			return time.Duration(ms) * time.Millisecond
		}
	}
	seconds, _ := strconv.Atoi(failed.Response.Header.Get("Retry-After"))
	return time.Duration(seconds) * time.Second
}
