package bot

import (
	"context"
	"errors"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
	"caretaker/store"
)

// secretLife is how long a secret stays in a direct message.
const secretLife = 10 * time.Minute

// refuseSecret removes a message that may hold a password, from the room and from
// the database, and answers without repeating any of it.
func (r *request) refuseSecret(ctx context.Context, usage *commands.UsageError) {
	b := r.bot
	redact, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	_, err := b.Client.RedactEvent(redact, r.in.RoomID, r.in.EventID, mautrix.ReqRedact{
		Reason: "may hold a password", TxnID: store.TxnID(r.in.EventID, "redact"),
	})
	said := *usage
	if err != nil {
		said.Message += "; I may not remove your message: delete it yourself, now"
		b.Log.Warn().AnErr("cause", err).Stringer("room_id", r.in.RoomID).Msg("message with a secret cannot be redacted")
	}
	r.refuse(ctx, &said)
	b.Scrub(ctx)
}

// directRoom is the room where the bot talks to one user alone. It is made when
// needed and made again when the user has left it.
func (b *Bot) directRoom(ctx context.Context, user id.UserID) (id.RoomID, error) {
	room, found, err := b.Store.DirectRoom(ctx, user)
	if err != nil {
		return "", err
	}
	if found && b.stillDirect(ctx, room, user) {
		return room, nil
	}
	resp, err := b.Client.CreateRoom(mautrix.WithMaxRetries(ctx, 0), &mautrix.ReqCreateRoom{
		Preset: "trusted_private_chat", IsDirect: true, Invite: []id.UserID{user},
	})
	if err != nil {
		return "", err
	}
	return resp.RoomID, b.Store.SetDirectRoom(ctx, user, resp.RoomID)
}

// stillDirect reports whether nobody but the two is in the room, and it is not
// encrypted. The user may not have accepted yet.
func (b *Bot) stillDirect(ctx context.Context, room id.RoomID, user id.UserID) bool {
	facts, err := b.Facts.RoomFacts(ctx, room)
	if err != nil || problemOf(facts) != "" {
		return false
	}
	members, err := b.Client.Members(ctx, room)
	if err != nil {
		return false
	}
	present := false
	for _, evt := range members.Chunk {
		membership := evt.Content.AsMember().Membership
		if membership != event.MembershipJoin && membership != event.MembershipInvite {
			continue
		}
		switch id.UserID(evt.GetStateKey()) {
		case b.Bot:
		case user:
			present = true
		default:
			return false
		}
	}
	return present
}

func noDirectRoom(err error) error {
	return &admin.Error{Code: admin.CodeUnavailable, Hint: "check", Cause: err,
		Message: "no direct message to you can be opened, so there would be no way to give you the secret"}
}

// deliverSecret sends a secret to its caller alone. It never goes through the
// outbox, which would keep it on the disk.
func (b *Bot) deliverSecret(ctx context.Context, call *commands.Call, out commands.Outcome, secret commands.Secretive) commands.Outcome {
	err := b.sendSecret(ctx, call.Env.Caller.UserID, secret.SecretView())
	if err == nil {
		return out
	}
	b.Log.Warn().AnErr("cause", err).Msg("secret cannot be delivered")
	out.Status = commands.StatusPartial
	out.Result = undelivered{Shown: out.Result.View()}
	return out
}

func (b *Bot) sendSecret(ctx context.Context, user id.UserID, doc render.Doc) error {
	room, err := b.directRoom(ctx, user)
	if err != nil {
		return err
	}
	doc = append(doc, render.Para{render.Text("This message is removed in ten minutes, or when you react with ✅.")})
	plain, html := render.Room(doc, b.renderOptions())
	resp, err := b.Client.SendMessageEvent(ctx, room, event.EventMessage, &message{
		MsgType: string(event.MsgNotice), Body: plain, Format: string(event.FormatHTML), FormattedBody: html,
	})
	if err != nil {
		return err
	}
	defer b.secretsChanged()
	return b.Store.AddSecretMessage(ctx, store.SecretMessage{RoomID: room, EventID: resp.EventID, UserID: user, RedactAt: b.Now().Add(secretLife)})
}

// undelivered is a result whose secret reached nobody. It holds nothing of it.
type undelivered struct {
	Shown     render.Doc `json:"-"`
	Delivered bool       `json:"delivered"`
}

// View adds what to do.
func (u undelivered) View() render.Doc {
	return append(u.Shown, render.Para{render.Text("The direct message with the secret could not be sent. Give the command again to have a new one.")})
}

// dropSecret removes a secret early, when its reader reacts.
func (b *Bot) dropSecret(ctx context.Context, in *incoming) bool {
	room, found, err := b.Store.DirectRoom(ctx, in.Sender)
	if err != nil || !found || room != in.RoomID {
		return false
	}
	err = b.Store.AddSecretMessage(ctx, store.SecretMessage{RoomID: room, EventID: in.Content.RelatesTo.EventID, UserID: in.Sender, RedactAt: b.Now()})
	b.secretsChanged()
	return err == nil
}

func (b *Bot) secretsChanged() {
	select {
	case b.secretSignal <- struct{}{}:
	default:
	}
}

// redactSecrets removes secrets whose time is over, until ctx ends.
func (b *Bot) redactSecrets(ctx context.Context) {
	for ctx.Err() == nil {
		due, err := b.Store.SecretMessagesDue(ctx, b.Now())
		if err != nil && ctx.Err() == nil {
			b.Log.Error().Err(err).Msg("secret messages cannot be read")
		}
		failed := false
		for _, m := range due {
			failed = !b.redactSecret(ctx, m) || failed
		}
		wait := time.Minute
		if next, ok, err := b.Store.NextRedaction(ctx); err == nil && ok {
			wait = min(wait, max(0, next.Sub(b.Now()))+time.Millisecond)
		}
		if failed {
			wait = longestWait
		}
		select {
		case <-ctx.Done():
		case <-b.secretSignal:
		case <-time.After(wait):
		}
	}
}

func (b *Bot) redactSecret(ctx context.Context, m store.SecretMessage) bool {
	_, err := b.Client.RedactEvent(mautrix.WithMaxRetries(ctx, 0), m.RoomID, m.EventID, mautrix.ReqRedact{TxnID: store.TxnID(m.EventID, "redact")})
	if err != nil && away(err) && !errors.Is(err, mautrix.MNotFound) {
		return false
	}
	return b.Store.ForgetSecretMessage(ctx, m.RoomID, m.EventID) == nil
}
