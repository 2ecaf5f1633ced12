package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"maunium.net/go/mautrix/id"
)

// shownEvent is an event as the homeserver shows it.
type shownEvent struct {
	Sender  id.UserID
	Type    string
	Content json.RawMessage
}

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
	if err := json.Unmarshal(raw, &fields); err != nil {
		return shownEvent{}, fmt.Errorf("read event %s: %w", eventID, err)
	}
	evt := shownEvent{Content: fields["content"]}
	if err := json.Unmarshal(fields["sender"], &evt.Sender); err != nil {
		return shownEvent{}, fmt.Errorf("read sender of %s: %w", eventID, err)
	}
	if err := json.Unmarshal(fields["type"], &evt.Type); err != nil {
		return shownEvent{}, fmt.Errorf("read type of %s: %w", eventID, err)
	}
	return evt, nil
}
