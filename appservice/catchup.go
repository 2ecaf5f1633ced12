package appservice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"caretaker/store"

	"github.com/rs/zerolog"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// How far back is looked for what was never pushed.
const (
	catchUpEvents = 1000
	catchUpAge    = 24 * time.Hour
	catchUpPage   = "100"
)

// CatchUpInbox is an inbox that tells what it has.
type CatchUpInbox interface {
	// AddEvents stores the events in one transaction and answers how many of them were new.
	AddEvents(ctx context.Context, events []store.InboxEvent) (int, error)
	Known(ctx context.Context, events []id.EventID) (map[id.EventID]bool, error)
}

// Timeline reads the history of rooms. An [Identity] does.
type Timeline interface {
	// Messages answers with the body of one page, newest event first, from the newest where from is empty.
	Messages(ctx context.Context, room id.RoomID, from string) ([]byte, error)
}

// Messages reads a page of history as the homeserver writes it.
//
// GET /_matrix/client/v3/rooms/{roomId}/messages
func (b *Identity) Messages(ctx context.Context, room id.RoomID, from string) ([]byte, error) {
	query := map[string]string{"dir": "b", "limit": catchUpPage}
	if from != "" {
		query["from"] = from
	}
	path := mautrix.ClientURLPath{"v3", "rooms", room, "messages"}
	body, err := b.client.MakeRequest(ctx, http.MethodGet, b.client.BuildURLWithQuery(path, query), nil, nil)
	if err != nil {
		return nil, fmt.Errorf("read the history of %s: %w", room, err)
	}
	return body, nil
}

// CatchUpOptions is what a [CatchUp] is made of.
type CatchUpOptions struct {
	Timeline Timeline
	Inbox    CatchUpInbox
	Bot      id.UserID
	Wants    Filter // nil: the function of the same name, for Bot
	Wake     func() // called after new events are committed; may be nil
	// Answered tells which command a message of the bot has answered, by its content. A command that was answered is not
	// taken in again, even when the database was lost. May be nil.
	Answered func(content json.RawMessage) (command id.EventID, ok bool)
	Log      zerolog.Logger
	Now      func() time.Time // nil: time.Now
}

// CatchUp fetches what the homeserver did not push: a Synapse that crashed between noting its position and sending, or
// a registration that was installed later than the bot was invited.
type CatchUp struct {
	opts   CatchUpOptions
	reader reader
}

// NewCatchUp fills in the defaults.
func NewCatchUp(opts CatchUpOptions) *CatchUp {
	if opts.Wants == nil {
		opts.Wants = Wants(opts.Bot)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &CatchUp{opts: opts, reader: reader{bot: opts.Bot, wants: opts.Wants}}
}

// Rooms looks through rooms that the bot is in and returns how many events were new. A room that fails does not keep
// the others from being looked through.
func (c *CatchUp) Rooms(ctx context.Context, rooms []id.RoomID) (added int, err error) {
	var mu sync.Mutex // guards the results
	var failed []error
	var working sync.WaitGroup
	slots := make(chan struct{}, catchUpAtOnce)
	for _, room := range rooms {
		slots <- struct{}{}
		working.Go(func() {
			defer func() { <-slots }()
			n, err := c.room(ctx, room)
			mu.Lock()
			defer mu.Unlock()
			added += n
			if err != nil {
				failed = append(failed, fmt.Errorf("catch up with %s: %w", room, err))
			}
		})
	}
	working.Wait()
	return added, errors.Join(failed...)
}

// catchUpAtOnce is how many rooms are read side by side.
const catchUpAtOnce = 4

// room reads page after page into the past, until it meets what is known or as far as is sensible. Everything is stored
// in one transaction, so that a crash on the way cannot leave a gap below a known event.
func (c *CatchUp) room(ctx context.Context, room id.RoomID) (int, error) {
	past := history{room: room, since: c.opts.Now().Add(-catchUpAge), opts: c.opts, reader: c.reader}
	for from := ""; ; {
		body, err := c.opts.Timeline.Messages(ctx, room, from)
		if err != nil {
			return 0, err
		}
		page := len(past.rows)
		next, err := past.read(body)
		if err != nil {
			return 0, err
		}
		known, err := c.anyKnown(ctx, past.rows[page:])
		if err != nil {
			return 0, err
		}
		if known || past.complete || past.seen >= catchUpEvents || next == "" || next == from {
			return c.store(ctx, past.unanswered())
		}
		from = next
	}
}

func (c *CatchUp) anyKnown(ctx context.Context, rows []store.InboxEvent) (bool, error) {
	if len(rows) == 0 {
		return false, nil
	}
	ids := make([]id.EventID, len(rows))
	for i, row := range rows {
		ids[i] = row.EventID
	}
	known, err := c.opts.Inbox.Known(ctx, ids)
	return len(known) > 0, err
}

// store takes rows in the order in which they were said.
func (c *CatchUp) store(ctx context.Context, rows []store.InboxEvent) (int, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	added, err := c.opts.Inbox.AddEvents(ctx, rows)
	if added > 0 {
		c.opts.Log.Info().Stringer("room_id", rows[0].RoomID).Int("events", added).Msg("events that were not pushed were found")
		if c.opts.Wake != nil {
			c.opts.Wake()
		}
	}
	return added, err
}
