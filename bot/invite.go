package bot

import (
	"context"
	"encoding/json"
	"errors"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/render"
	"caretaker/store"
)

// membership follows where the bot is invited to, joined and removed from.
func (r *rooms) membership(ctx context.Context, in *incoming) {
	var err error
	switch event.Membership(in.Content.Membership) {
	case event.MembershipInvite:
		err = r.invited(ctx, in)
	case event.MembershipLeave, event.MembershipBan:
		err = r.removed(ctx, in.RoomID)
	}
	if errors.Is(err, errStopped) {
		return
	}
	if err != nil {
		r.bot.Log.Warn().Err(err).Stringer("room_id", in.RoomID).Str("membership", in.Content.Membership).Msg("change of membership cannot be followed")
	}
	r.bot.finish(ctx, in.EventID, store.InboxDone)
}

// invited accepts the invitation of an admin or owner to a room that is fit, and
// declines every other with a reason.
func (r *rooms) invited(ctx context.Context, in *incoming) error {
	if r.bot.RoleOf(in.Sender) < commands.Admin {
		return r.decline(ctx, in.RoomID, "only caretaker's admins and owners can make a management room")
	}
	problem := problemOf(strippedFacts(in.Raw))
	if problem == "" {
		err := r.bot.insist(ctx, r.bot.stopping, func(ctx context.Context) error {
			_, err := r.bot.Client.JoinRoomByID(ctx, in.RoomID)
			return err
		})
		if err != nil {
			return err
		}
		if err := r.add(ctx, store.Room{RoomID: in.RoomID, Origin: store.RoomInvited, Inviter: in.Sender}); err != nil {
			return err
		}
		if problem = r.fitAfterJoin(ctx, in.RoomID); problem == "" {
			r.bot.Log.Info().Stringer("room_id", in.RoomID).Stringer("inviter", in.Sender).Msg("management room joined")
			return nil
		}
	}
	r.forget(in.RoomID)
	if err := r.bot.Store.SetRoomState(ctx, in.RoomID, store.RoomLeft); err != nil {
		return err
	}
	if problem == store.RoomEncrypted {
		r.explainEncryption(ctx, in.Sender)
	}
	return r.decline(ctx, in.RoomID, problemTexts[problem])
}

// fitAfterJoin looks at the whole state, which the invitation showed only in parts.
func (r *rooms) fitAfterJoin(ctx context.Context, room id.RoomID) store.RoomProblem {
	var facts Facts
	err := r.bot.insist(ctx, r.bot.stopping, func(ctx context.Context) (err error) {
		facts, err = r.bot.Facts.RoomFacts(ctx, room)
		return err
	})
	if err != nil {
		return "" // looked at again before the first command
	}
	return problemOf(facts)
}

func (r *rooms) decline(ctx context.Context, room id.RoomID, reason string) error {
	return r.bot.insist(ctx, r.bot.stopping, func(ctx context.Context) error {
		_, err := r.bot.Client.LeaveRoom(ctx, room, &mautrix.ReqLeave{Reason: reason})
		if errors.Is(err, mautrix.MForbidden) || errors.Is(err, mautrix.MNotFound) {
			return nil // withdrawn meanwhile, or never made
		}
		return err
	})
}

func (r *rooms) explainEncryption(ctx context.Context, user id.UserID) {
	room, err := r.bot.directRoom(ctx, user)
	if err == nil {
		step := "encrypted " + r.bot.Now().Format("20060102T150405.000")
		err = r.bot.say(ctx, room, step, render.Doc{
			render.Para{render.Text("You invited me to an encrypted room, where I cannot read commands. To have a management room:")},
			render.List{
				{render.Text("make a new private room")},
				{render.Text("switch encryption off before you create it")},
				{render.Text("invite " + string(r.bot.Bot))},
			},
		})
	}
	if err != nil {
		r.bot.Log.Warn().Err(err).Stringer("user_id", user).Msg("inviter cannot be told about encryption")
	}
}

// removed checks with the homeserver before a room is given up.
func (r *rooms) removed(ctx context.Context, room id.RoomID) error {
	if !r.known(room) {
		return nil
	}
	there := true
	err := r.bot.insist(ctx, r.bot.stopping, func(ctx context.Context) (err error) {
		there, err = r.stillThere(ctx, room)
		return err
	})
	if err != nil || there {
		return err
	}
	r.forget(room)
	r.bot.Log.Warn().Stringer("room_id", room).Msg("the bot was removed from a management room")
	return r.bot.Store.SetRoomState(ctx, room, store.RoomLeft)
}

// strippedFacts reads what an invitation shows of the room (specification,
// client-server API 11.3.1, "Stripped state").
func strippedFacts(raw json.RawMessage) (f Facts) {
	var wire struct {
		Unsigned struct {
			State []struct {
				Type    string `json:"type"`
				Content struct {
					JoinRule   event.JoinRule          `json:"join_rule"`
					Visibility event.HistoryVisibility `json:"history_visibility"`
				} `json:"content"`
			} `json:"invite_room_state"`
		} `json:"unsigned"`
	}
	if json.Unmarshal(raw, &wire) != nil {
		return f
	}
	for _, state := range wire.Unsigned.State {
		f.Encrypted = f.Encrypted || state.Type == event.StateEncryption.Type
		f.Public = f.Public || state.Content.JoinRule == event.JoinRulePublic
		f.WorldReadable = f.WorldReadable || state.Content.Visibility == event.HistoryVisibilityWorldReadable
	}
	return f
}
