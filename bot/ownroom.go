package bot

import (
	"context"
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

// makeOne makes the management room at the first start and invites the owners. It
// may be called again after any error.
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
			return r.madeBefore(ctx, room, err)
		}
	} else if err := r.bot.Store.PutRoom(ctx, store.Room{RoomID: placeholder, Origin: store.RoomMade, State: store.RoomCreating}); err != nil {
		return err
	}
	resp, err := r.bot.Client.CreateRoom(ctx, &mautrix.ReqCreateRoom{
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

// madeBefore goes on with a room whose making was interrupted: the homeserver may
// have come as far as making it without inviting anybody.
func (r *rooms) madeBefore(ctx context.Context, room id.RoomID, err error) error {
	if err != nil {
		return err
	}
	for _, owner := range r.ownersToInvite() {
		_, err := r.bot.Client.InviteUser(ctx, room, &mautrix.ReqInviteUser{UserID: owner})
		if err != nil && away(err) {
			return err
		}
		if err != nil && !notThere(err) { // who is there cannot be invited
			r.bot.Log.Warn().Err(err).Stringer("user_id", owner).Msg("owner cannot be invited to the management room")
		}
	}
	return r.made(ctx, room)
}

func (r *rooms) made(ctx context.Context, room id.RoomID) error {
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
		create, err := r.bot.Client.FullStateEvent(ctx, room, event.StateCreate, "")
		switch {
		case err != nil && away(err):
			return "", err
		case err == nil && create.Sender == r.bot.Bot && create.Content.Raw[madeKey] == true:
			return room, nil
		}
	}
	return "", nil
}
