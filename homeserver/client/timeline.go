package client

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// timeline is what a client has seen of its rooms, each event once, oldest first.
type timeline struct {
	mu      sync.Mutex // guards all below
	rooms   map[string]*roomView
	invites map[string]Invite
	failure error         // why following ended by itself
	changed chan struct{} // closed and replaced when something was added
}

type roomView struct {
	events []Event
	seen   map[string]bool
}

// Invite is an invitation that was not answered yet.
type Invite struct {
	RoomID string
	Sender string
	Direct bool
	// State is what the server tells about the room.
	State []Event
}

type syncAnswer struct {
	NextBatch string `json:"next_batch"`
	Rooms     struct {
		Join   map[string]joinedRoom `json:"join"`
		Leave  map[string]joinedRoom `json:"leave"`
		Invite map[string]struct {
			State struct {
				Events []Event `json:"events"`
			} `json:"invite_state"`
		} `json:"invite"`
	} `json:"rooms"`
}

type joinedRoom struct {
	Timeline struct {
		Events    []Event `json:"events"`
		Limited   bool    `json:"limited"`
		PrevBatch string  `json:"prev_batch"`
	} `json:"timeline"`
}

func (t *timeline) init() {
	t.rooms, t.invites, t.changed = map[string]*roomView{}, map[string]Invite{}, make(chan struct{})
}

// Follow begins to collect the events of this user's rooms, those from before included, and returns when it has the
// present. It goes on, also over restarts of the homeserver, until ctx ends or stop is called; stop waits for its end.
func (c *Client) Follow(ctx context.Context) (stop func(), err error) {
	since, err := c.syncOnce(ctx, "", 0)
	if err != nil {
		return nil, fmt.Errorf("begin to follow: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.follow(ctx, since)
	}()
	return func() { cancel(); <-ended }, nil
}

func (c *Client) follow(ctx context.Context, since string) {
	for ctx.Err() == nil {
		next, err := c.syncOnce(ctx, since, 30*time.Second)
		if IsCode(err, "M_UNKNOWN_TOKEN") || IsCode(err, "M_USER_DEACTIVATED") {
			c.view.fail(err)
			return
		}
		if err == nil {
			since = next
			continue
		}
		select { // the server is away
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (c *Client) syncOnce(ctx context.Context, since string, timeout time.Duration) (next string, err error) {
	query := url.Values{
		"timeout": {strconv.FormatInt(timeout.Milliseconds(), 10)},
		"filter":  {`{"room":{"timeline":{"limit":1000}},"presence":{"types":[]},"account_data":{"types":[]}}`},
	}
	if since != "" {
		query.Set("since", since)
	}
	var answer syncAnswer
	if err := c.Do(ctx, http.MethodGet, path("sync")+"?"+query.Encode(), nil, &answer); err != nil {
		return "", err
	}
	joined := answer.Rooms.Join
	for id, room := range joined {
		if room.Timeline.Limited {
			missed, err := c.before(ctx, id, room.Timeline.PrevBatch)
			if err != nil {
				return "", err
			}
			room.Timeline.Events = append(missed, room.Timeline.Events...)
			joined[id] = room
		}
	}
	c.view.add(answer)
	return answer.NextBatch, nil
}

// before returns the events before a point of a room that were not seen yet, oldest first.
func (c *Client) before(ctx context.Context, room, from string) ([]Event, error) {
	var missed []Event
	for from != "" {
		var page struct {
			Chunk []Event `json:"chunk"`
			End   string  `json:"end"`
		}
		query := url.Values{"dir": {"b"}, "limit": {"500"}, "from": {from}}
		if err := c.Do(ctx, http.MethodGet, path("rooms", room, "messages")+"?"+query.Encode(), nil, &page); err != nil {
			return nil, err
		}
		for _, e := range page.Chunk {
			if c.view.has(room, e.ID) {
				slices.Reverse(missed)
				return missed, nil
			}
			missed = append(missed, e)
		}
		from = page.End
	}
	slices.Reverse(missed)
	return missed, nil
}

// Events returns what was seen of a room so far, oldest first, as it was when it arrived: what was redacted later is
// still there.
func (c *Client) Events(room string) []Event {
	c.view.mu.Lock()
	defer c.view.mu.Unlock()
	if view := c.view.rooms[room]; view != nil {
		return slices.Clone(view.events)
	}
	return nil
}

// Invites returns the invitations that were not answered yet.
func (c *Client) Invites() []Invite {
	c.view.mu.Lock()
	defer c.view.mu.Unlock()
	return slices.Collect(maps.Values(c.view.invites))
}

// Until waits until ok reports true, asking again after everything that arrives. The error names what was waited for.
func (c *Client) Until(ctx context.Context, what string, ok func() bool) error {
	for {
		changed, failure := c.view.state()
		if ok() {
			return nil
		}
		if failure != nil {
			return fmt.Errorf("wait for %s as %s: %w", what, c.UserID, failure)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for %s as %s: %w", what, c.UserID, ctx.Err())
		}
	}
}

// Wait returns the first event of a room, from its beginning, that matches.
func (c *Client) Wait(ctx context.Context, room, what string, match func(Event) bool) (found Event, err error) {
	err = c.Until(ctx, what, func() bool {
		events := c.Events(room)
		i := slices.IndexFunc(events, match)
		if i >= 0 {
			found = events[i]
		}
		return i >= 0
	})
	return found, err
}

// WaitAnywhere is Wait over all rooms. It returns the event's room, too.
func (c *Client) WaitAnywhere(ctx context.Context, what string, match func(Event) bool) (room string, found Event, err error) {
	err = c.Until(ctx, what, func() bool {
		for _, id := range c.Rooms() {
			events := c.Events(id)
			if i := slices.IndexFunc(events, match); i >= 0 {
				room, found = id, events[i]
				return true
			}
		}
		return false
	})
	return room, found, err
}

// Rooms returns the ids of all rooms that something was seen of, those left included.
func (c *Client) Rooms() []string {
	c.view.mu.Lock()
	defer c.view.mu.Unlock()
	return slices.Sorted(maps.Keys(c.view.rooms))
}

// WaitInvite returns an open invitation by a user.
func (c *Client) WaitInvite(ctx context.Context, sender string) (found Invite, err error) {
	err = c.Until(ctx, "an invitation by "+sender, func() bool {
		invites := c.Invites()
		i := slices.IndexFunc(invites, func(invite Invite) bool { return invite.Sender == sender })
		if i >= 0 {
			found = invites[i]
		}
		return i >= 0
	})
	return found, err
}

func (t *timeline) state() (changed <-chan struct{}, failure error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.changed, t.failure
}

func (t *timeline) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failure = errors.Join(errors.New("the session ended"), err)
	t.announce()
}

func (t *timeline) has(room, event string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	view := t.rooms[room]
	return view != nil && view.seen[event]
}

func (t *timeline) add(answer syncAnswer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, room := range answer.Rooms.Invite {
		t.invites[id] = newInvite(id, room.State.Events)
	}
	for _, rooms := range []map[string]joinedRoom{answer.Rooms.Join, answer.Rooms.Leave} {
		for id, room := range rooms {
			delete(t.invites, id)
			t.append(id, room.Timeline.Events)
		}
	}
	t.announce()
}

func (t *timeline) append(room string, events []Event) {
	view := t.rooms[room]
	if view == nil {
		view = &roomView{seen: map[string]bool{}}
		t.rooms[room] = view
	}
	for _, e := range events {
		if !view.seen[e.ID] {
			view.seen[e.ID] = true
			view.events = append(view.events, e)
		}
	}
}

// announce wakes everybody who waits; the caller holds the lock.
func (t *timeline) announce() {
	close(t.changed)
	t.changed = make(chan struct{})
}

func newInvite(room string, state []Event) Invite {
	invite := Invite{RoomID: room, State: state}
	for _, e := range state {
		if e.Type == "m.room.member" && e.Text("membership") == "invite" {
			invite.Sender = e.Sender
			invite.Direct, _ = e.Get("is_direct").(bool)
		}
	}
	return invite
}
