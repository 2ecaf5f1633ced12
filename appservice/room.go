package appservice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// Event reads one event as the bot sees it, to compare it with what was pushed. [mautrix.MNotFound] is in the error
// where the homeserver has no such event in the room, or does not show it to the bot.
//
// GET /_matrix/client/v3/rooms/{roomId}/event/{eventId}
func (b *Identity) Event(ctx context.Context, room id.RoomID, eventID id.EventID) (Event, error) {
	raw, err := b.client.MakeRequest(ctx, http.MethodGet, b.client.BuildClientURL("v3", "rooms", room, "event", eventID), nil, nil)
	if err != nil {
		return Event{}, fmt.Errorf("read event %s: %w", eventID, err)
	}
	evt, err := ParseEvent(bytes.TrimSpace(raw))
	if err != nil {
		return Event{}, fmt.Errorf("read event %s: %w", eventID, err)
	}
	if evt.ID != eventID || evt.RoomID != room {
		return Event{}, fmt.Errorf("read event %s: the homeserver answered with another one", eventID)
	}
	return evt, nil
}

// RoomFacts is what decides whether commands may be given in a room.
type RoomFacts struct {
	Joined            []id.UserID // sorted
	JoinRule          event.JoinRule
	HistoryVisibility event.HistoryVisibility
	Encrypted         bool
}

// RoomFacts asks the homeserver about a room that the bot is in. What the room does not say has the default of the
// specification. [mautrix.MForbidden] is in the error where the bot is not in the room.
func (b *Identity) RoomFacts(ctx context.Context, room id.RoomID) (RoomFacts, error) {
	facts := RoomFacts{JoinRule: event.JoinRuleInvite, HistoryVisibility: event.HistoryVisibilityShared}
	errs := make([]error, 4)
	var wg sync.WaitGroup
	for i, ask := range []func() error{
		func() (err error) { facts.Joined, err = b.joined(ctx, room); return err },
		func() (err error) { facts.Encrypted, err = b.encrypted(ctx, room); return err },
		func() error { return b.joinRule(ctx, room, &facts.JoinRule) },
		func() error { return b.visibility(ctx, room, &facts.HistoryVisibility) },
	} {
		wg.Go(func() { errs[i] = ask() })
	}
	wg.Wait()
	return facts, errors.Join(errs...)
}

// GET /_matrix/client/v3/rooms/{roomId}/joined_members
func (b *Identity) joined(ctx context.Context, room id.RoomID) ([]id.UserID, error) {
	resp, err := b.client.JoinedMembers(ctx, room)
	if err != nil {
		return nil, fmt.Errorf("read the members of %s: %w", room, err)
	}
	members := make([]id.UserID, 0, len(resp.Joined))
	for member := range resp.Joined {
		members = append(members, member)
	}
	slices.Sort(members)
	return members, nil
}

func (b *Identity) encrypted(ctx context.Context, room id.RoomID) (bool, error) {
	return b.state(ctx, room, event.StateEncryption, new(map[string]any))
}

func (b *Identity) joinRule(ctx context.Context, room id.RoomID, rule *event.JoinRule) error {
	var content event.JoinRulesEventContent
	found, err := b.state(ctx, room, event.StateJoinRules, &content)
	if found {
		*rule = content.JoinRule
	}
	return err
}

func (b *Identity) visibility(ctx context.Context, room id.RoomID, visibility *event.HistoryVisibility) error {
	var content event.HistoryVisibilityEventContent
	found, err := b.state(ctx, room, event.StateHistoryVisibility, &content)
	if found {
		*visibility = content.HistoryVisibility
	}
	return err
}

// state reads the content of one state event; found is false where the room has none.
//
// GET /_matrix/client/v3/rooms/{roomId}/state/{eventType}
func (b *Identity) state(ctx context.Context, room id.RoomID, evtType event.Type, into any) (found bool, err error) {
	err = b.client.StateEvent(ctx, room, evtType, "", into)
	switch {
	case errors.Is(err, mautrix.MNotFound):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read %s of %s: %w", evtType.Type, room, err)
	}
	return true, nil
}
