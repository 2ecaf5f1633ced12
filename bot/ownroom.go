package bot

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/store"
)

// madeKey marks the room in its creation event, so that one that was made just
// before a crash is found again and not made twice.
const madeKey = "dev.caretaker.management"

// placeholder stands for the room until its id is known.
const placeholder id.RoomID = "creating"

// makeOne makes the management room at the first start and invites the owners.
func (r *rooms) makeOne(ctx context.Context) error {
	if len(r.joined()) > 0 {
		return nil
	}
	_, creating, err := r.bot.Store.Room(ctx, placeholder)
	if err != nil {
		return err
	}
	if creating {
		if room, err := r.findMade(ctx); err != nil || room != "" {
			return errors.Join(err, r.made(ctx, room))
		}
	} else if err := r.bot.Store.PutRoom(ctx, store.Room{RoomID: placeholder, Origin: store.RoomMade, State: store.RoomCreating}); err != nil {
		return err
	}
	resp, err := r.bot.Client.CreateRoom(mautrix.WithMaxRetries(ctx, 0), &mautrix.ReqCreateRoom{
		Preset:          "private_chat",
		Name:            r.bot.DisplayName,
		Topic:           "Homeserver administration. Type " + r.bot.Prefix + " help",
		Invite:          r.ownersToInvite(),
		CreationContent: map[string]any{madeKey: true},
	})
	if err != nil {
		return err
	}
	return r.made(ctx, resp.RoomID)
}

func (r *rooms) made(ctx context.Context, room id.RoomID) error {
	if room == "" {
		return nil
	}
	err := r.bot.Store.InTx(ctx, func(ctx context.Context) error {
		if err := r.bot.Store.DeleteRoom(ctx, placeholder); err != nil {
			return err
		}
		return r.add(ctx, store.Room{RoomID: room, Origin: store.RoomMade})
	})
	if err == nil {
		r.bot.Log.Info().Stringer("room_id", room).Msg("management room made, owners invited")
	}
	return err
}

// ownersToInvite are the owners with a user id; a server name invites nobody.
func (r *rooms) ownersToInvite() []id.UserID {
	var owners []id.UserID
	for _, name := range slices.Sorted(maps.Keys(r.bot.Roles)) {
		if r.bot.Roles[name] == commands.Owner && strings.HasPrefix(name, "@") {
			owners = append(owners, id.UserID(name))
		}
	}
	return owners
}

// findMade looks for a room that the bot made before it crashed.
func (r *rooms) findMade(ctx context.Context) (id.RoomID, error) {
	resp, err := r.bot.Client.JoinedRooms(ctx)
	if err != nil {
		return "", err
	}
	for _, room := range resp.JoinedRooms {
		var create map[string]any
		if err := r.bot.Client.StateEvent(ctx, room, event.StateCreate, "", &create); err == nil && create[madeKey] == true {
			return room, nil
		}
	}
	return "", nil
}
