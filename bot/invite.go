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

// fewTimes is how often the homeserver may answer that it has an error before that
// is final: some rooms of other servers can be neither joined nor left.
const fewTimes = 5

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

// invited accepts an invitation to a configured room, and that of an admin or owner
// to a room that is fit. It declines every other with a reason.
func (r *rooms) invited(ctx context.Context, in *incoming) error {
	room := store.Room{RoomID: in.RoomID, Origin: store.RoomInvited, Inviter: in.Sender}
	if r.configured(ctx, in.RoomID) {
		room.Origin = store.RoomConfigured
	} else if r.bot.RoleOf(in.Sender) < commands.Admin {
		return r.decline(ctx, in.RoomID, "only caretaker's admins and owners can make a management room")
	}
	problem := problemOf(strippedFacts(in.Raw))
	if problem == "" || room.Origin == store.RoomConfigured {
		var err error
		if problem, err = r.accept(ctx, in, room); err != nil || problem == "" {
			return err
		}
	}
	if err := r.drop(ctx, in.RoomID); err != nil {
		return err
	}
	if problem == store.RoomEncrypted {
		r.explainEncryption(ctx, in)
	}
	return r.decline(ctx, in.RoomID, problemTexts[problem])
}

// accept joins a room and looks at its whole state, which the invitation showed
// only in parts. A configured room stays even if no command can run there yet.
func (r *rooms) accept(ctx context.Context, in *incoming, room store.Room) (store.RoomProblem, error) {
	err := r.bot.insistUpTo(ctx, fewTimes, func(ctx context.Context) error {
		_, err := r.bot.Client.JoinRoomByID(ctx, room.RoomID)
		return err
	})
	if err != nil {
		return "", err
	}
	if room.Origin == store.RoomInvited {
		switch genuine, err := r.invitedFor(ctx, in); {
		case errors.Is(err, errStopped):
			return "", err
		case !genuine:
			return "", r.decline(ctx, room.RoomID, "nobody who may has invited me")
		}
	}
	if err := r.add(ctx, room); err != nil {
		return "", err
	}
	if room.Origin == store.RoomConfigured {
		_, err := r.inspect(ctx, room.RoomID)
		return "", err
	}
	facts, err := r.facts(ctx, room.RoomID)
	if errors.Is(err, errGone) { // removed again meanwhile
		return "", r.drop(ctx, room.RoomID)
	}
	if err == nil && problemOf(facts) == "" {
		r.bot.Log.Info().Stringer("room_id", room.RoomID).Stringer("inviter", room.Inviter).Msg("management room joined")
	}
	return problemOf(facts), err
}

// invitedFor reads the invitation back from the homeserver, which is possible only
// from inside the room. With the hs_token anybody could push one, and would have a
// room of their own listened to.
func (r *rooms) invitedFor(ctx context.Context, in *incoming) (bool, error) {
	genuine, err := r.bot.genuine(ctx, in)
	if err != nil && !errors.Is(err, errStopped) {
		genuine, err = r.isMember(ctx, in.RoomID, in.Sender)
	}
	if !genuine && !errors.Is(err, errStopped) {
		r.bot.forged(ctx, in, "", err)
	}
	return genuine, err
}

// isMember reports whether somebody is in a room. It stands in for the invitation
// in rooms that show nothing of what was before one joined: whoever is not there
// cannot have invited.
func (r *rooms) isMember(ctx context.Context, room id.RoomID, user id.UserID) (bool, error) {
	var content struct {
		Membership event.Membership `json:"membership"`
	}
	err := r.bot.insist(ctx, func(ctx context.Context) error {
		return r.bot.Client.StateEvent(ctx, room, event.StateMember, string(user), &content)
	})
	return err == nil && content.Membership == event.MembershipJoin, err
}

func (r *rooms) decline(ctx context.Context, room id.RoomID, reason string) error {
	return r.bot.insistUpTo(ctx, fewTimes, func(ctx context.Context) error {
		_, err := r.bot.Client.LeaveRoom(ctx, room, &mautrix.ReqLeave{Reason: reason})
		if err != nil && notThere(err) {
			return nil // withdrawn meanwhile, or never made
		}
		return err
	})
}

func (r *rooms) explainEncryption(ctx context.Context, in *incoming) {
	room, err := r.bot.directRoom(ctx, in.Sender)
	if err == nil {
		err = r.bot.say(ctx, room, "encrypted "+string(in.EventID), render.Doc{
			render.Para{render.Text("You invited me to an encrypted room, where I cannot read commands. To have a management room:")},
			render.List{
				{render.Text("make a new private room")},
				{render.Text("switch encryption off before you create it")},
				{render.Text("invite " + string(r.bot.Bot))},
			},
		})
	}
	if err != nil {
		r.bot.Log.Warn().Err(err).Stringer("user_id", in.Sender).Msg("inviter cannot be told about encryption")
	}
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
