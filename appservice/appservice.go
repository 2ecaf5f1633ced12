// Package appservice is the side of caretaker that faces the homeserver as an application service: the registration
// file, the HTTP intake that stores what the homeserver pushes before it acknowledges it, the catch-up that fetches what
// was never pushed, and the identity under which the bot talks to the client-server API.
//
// It decides nothing about commands. Whatever can matter ends up as a row of the inbox, once per event id.
package appservice

import (
	"context"

	"caretaker/store"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// Inbox is where transactions go. Its implementation must have committed durably when AddTransaction returns nil, and
// must pass on every event once only, by its id, however often it is added.
type Inbox interface {
	AddTransaction(ctx context.Context, events []store.InboxEvent) error
}

// Filter says which events can matter. It must be fast and safe for concurrent use; stateKey is nil for events that are
// not state.
type Filter func(evtType string, room id.RoomID, stateKey *string) bool

// Wants is the usual [Filter] for a bot: messages and reactions, its own membership, and the three state events that
// decide whether a room is fit for commands.
func Wants(bot id.UserID) Filter {
	return func(evtType string, _ id.RoomID, stateKey *string) bool {
		switch evtType {
		case event.EventMessage.Type, event.EventEncrypted.Type, event.EventReaction.Type:
			return stateKey == nil
		case event.StateMember.Type:
			return stateKey != nil && *stateKey == bot.String()
		case event.StateJoinRules.Type, event.StateHistoryVisibility.Type, event.StateEncryption.Type:
			return stateKey != nil && *stateKey == ""
		}
		return false
	}
}
