package bot

import (
	"context"
	"strings"
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
	b, in := r.bot, r.in
	said := *usage
	switch err := b.redactNow(ctx, in); {
	case err == nil:
	case away(err): // it is removed as soon as the homeserver is back
		r.also = func(ctx context.Context) error {
			return b.Store.Enqueue(ctx, store.Out{EventID: in.EventID, Step: stepRedact, RoomID: in.RoomID, Kind: store.OutRedact, RefEvent: in.EventID})
		}
	default:
		said.Message = "I may not remove your message, delete it yourself: " + said.Message
		b.Log.Warn().AnErr("cause", err).Stringer("room_id", in.RoomID).Msg("message with a secret cannot be redacted")
	}
	r.refuse(ctx, &said)
	b.Scrub(ctx)
}

func (b *Bot) redactNow(ctx context.Context, in *incoming) error {
	ctx, cancel := once(ctx)
	defer cancel()
	_, err := b.Client.RedactEvent(ctx, in.RoomID, in.EventID, mautrix.ReqRedact{
		Reason: "may hold a password", TxnID: store.TxnID(in.EventID, stepRedact),
	})
	return err
}

// directRoom is the room where the bot talks to one user alone. It is made when
// needed and made again when the user has left it.
func (b *Bot) directRoom(ctx context.Context, user id.UserID) (id.RoomID, error) {
	b.direct.Lock()
	defer b.direct.Unlock()
	ctx, cancel := once(ctx)
	defer cancel()
	room, found, err := b.Store.DirectRoom(ctx, user)
	if err != nil {
		return "", err
	}
	if found {
		if fit, err := b.stillDirect(ctx, room, user); err != nil || fit {
			return room, err
		}
	}
	resp, err := b.Client.CreateRoom(ctx, &mautrix.ReqCreateRoom{
		Preset: "trusted_private_chat", IsDirect: true, Invite: []id.UserID{user},
	})
	if err != nil {
		return "", err
	}
	return resp.RoomID, b.Store.SetDirectRoom(ctx, user, resp.RoomID)
}

// stillDirect reports whether nobody but the two is in the room, and it is not
// encrypted. The user may not have accepted yet. The error is that of a homeserver
// that cannot tell.
func (b *Bot) stillDirect(ctx context.Context, room id.RoomID, user id.UserID) (bool, error) {
	facts, err := b.Facts.RoomFacts(ctx, room)
	if err != nil || problemOf(facts) != "" {
		return false, onlyAway(err)
	}
	members, err := b.Client.Members(ctx, room)
	if err != nil {
		return false, onlyAway(err)
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
			return false, nil
		}
	}
	return present, nil
}

// onlyAway leaves out that the homeserver refused: then the bot is not in the room.
func onlyAway(err error) error {
	if err != nil && away(err) {
		return err
	}
	return nil
}

func noDirectRoom(err error) error {
	return &admin.Error{Code: admin.CodeUnavailable, Hint: "check", Cause: err,
		Message: "no direct message to you can be opened, so there would be no way to give you the secret"}
}

// deliverSecret sends a secret to its caller alone. It never goes through the
// outbox, which would keep it on the disk.
func (b *Bot) deliverSecret(ctx context.Context, t target, call *commands.Call, out commands.Outcome, secret commands.Secretive) commands.Outcome {
	err := b.sendSecret(ctx, t, call.Env.Caller.UserID, secret.SecretView())
	if err == nil {
		return out
	}
	b.Log.Warn().AnErr("cause", err).Msg("secret cannot be delivered")
	out.Status = commands.StatusPartial
	out.Result = undelivered{Shown: out.Result.View()}
	return out
}

func (b *Bot) sendSecret(ctx context.Context, t target, user id.UserID, doc render.Doc) error {
	room, err := b.directRoom(ctx, user)
	if err != nil {
		return err
	}
	m := store.SecretMessage{RoomID: room, EventID: unsent(store.TxnID(t.Event, "secret")), UserID: user, RedactAt: b.Now().Add(secretLife)}
	if err := b.Store.AddSecretMessage(ctx, m); err != nil {
		return err
	}
	defer b.secretsChanged()
	doc = append(doc, render.Para{render.Text("This message is removed in ten minutes, or when you react with ✅.")})
	sent, err := b.sendDirect(ctx, m, doc)
	if err != nil {
		return err
	}
	return b.nameSecret(ctx, m, sent)
}

// An unsent secret stands in the database under its transaction id, so that it is
// removed in time although a crash, or a homeserver that fell silent, kept us from
// learning its event id.
const unsentMark = "unsent "

func unsent(txn string) id.EventID { return id.EventID(unsentMark + txn) }

// sendDirect sends under the transaction id of an unsent secret: what is sent
// second is dropped by the homeserver, which answers with the first.
func (b *Bot) sendDirect(ctx context.Context, m store.SecretMessage, doc render.Doc) (id.EventID, error) {
	ctx, cancel := once(ctx)
	defer cancel()
	plain, html := render.Room(doc, b.renderOptions())
	resp, err := b.Client.SendMessageEvent(ctx, m.RoomID, event.EventMessage, &message{
		MsgType: string(event.MsgNotice), Body: plain, Format: string(event.FormatHTML), FormattedBody: html,
	}, mautrix.ReqSendEvent{TransactionID: strings.TrimPrefix(string(m.EventID), unsentMark)})
	return eventID(resp), err
}

// nameSecret notes what an unsent secret became.
func (b *Bot) nameSecret(ctx context.Context, m store.SecretMessage, sent id.EventID) error {
	return b.commit(ctx, func(ctx context.Context) error {
		if err := b.Store.ForgetSecretMessage(ctx, m.RoomID, m.EventID); err != nil {
			return err
		}
		named := m
		named.EventID = sent
		return b.Store.AddSecretMessage(ctx, named)
	})
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

// dropSecret removes a secret early, when its reader reacts. It reports whether the
// reaction was about one.
func (b *Bot) dropSecret(ctx context.Context, in *incoming) bool {
	room, found, err := b.Store.DirectRoom(ctx, in.Sender)
	if err != nil || !found || room != in.RoomID {
		return false
	}
	secrets, err := b.Store.SecretMessagesDue(ctx, b.Now().Add(secretLife))
	if err != nil {
		return false
	}
	for _, m := range secrets {
		if m.RoomID == room && m.EventID == in.Content.RelatesTo.EventID {
			m.RedactAt = b.Now()
			if err := b.Store.AddSecretMessage(ctx, m); err != nil {
				b.Log.Error().Err(err).Msg("secret cannot be removed early")
			}
			b.secretsChanged()
		}
	}
	b.finish(ctx, in.EventID, store.InboxDone)
	return true
}

func (b *Bot) secretsChanged() {
	select {
	case b.secretSignal <- struct{}{}:
	default:
	}
}

// redactSecrets removes secrets whose time is over, until ctx ends.
func (b *Bot) redactSecrets(ctx context.Context) {
	failed := 0
	for ctx.Err() == nil {
		wait := time.Minute
		if err := b.redactDue(ctx); err != nil {
			wait = backoff(failed, err)
			failed++
		} else if next, ok, err := b.Store.NextRedaction(ctx); err == nil && ok {
			failed = 0
			wait = min(wait, max(0, next.Sub(b.Now()))+time.Millisecond)
		}
		select {
		case <-ctx.Done():
		case <-b.secretSignal:
		case <-time.After(wait):
		}
	}
}

// redactDue gives the last error of those that can be tried again.
func (b *Bot) redactDue(ctx context.Context) error {
	due, err := b.Store.SecretMessagesDue(ctx, b.Now())
	for _, m := range due {
		if failed := b.redactSecret(ctx, m); failed != nil {
			err = failed
		}
	}
	if err != nil && ctx.Err() == nil {
		b.Log.Debug().AnErr("cause", err).Msg("secret messages cannot be removed; it is tried again")
	}
	return err
}

func (b *Bot) redactSecret(ctx context.Context, m store.SecretMessage) error {
	if strings.HasPrefix(string(m.EventID), unsentMark) {
		sent, err := b.sendDirect(ctx, m, render.Doc{render.Para{render.Text("A secret for you was lost. Give the command again.")}})
		if err != nil {
			return b.giveUp(ctx, m, err)
		}
		if err := b.nameSecret(ctx, m, sent); err != nil {
			return err
		}
		m.EventID = sent
	}
	try, cancel := once(ctx)
	defer cancel()
	_, err := b.Client.RedactEvent(try, m.RoomID, m.EventID, mautrix.ReqRedact{TxnID: store.TxnID(m.EventID, stepRedact)})
	return b.giveUp(ctx, m, err)
}

// giveUp forgets a secret that is gone, or that the bot may not touch any more.
func (b *Bot) giveUp(ctx context.Context, m store.SecretMessage, err error) error {
	if err != nil && away(err) {
		return err
	}
	return b.Store.ForgetSecretMessage(ctx, m.RoomID, m.EventID)
}
