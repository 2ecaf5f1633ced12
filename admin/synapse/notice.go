package synapse

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// SendServerNotice sends a notice to one local user (PUT v1/send_server_notice/{txn}). The server remembers the
// transaction id for at least half an hour and answers a repetition with the first event, so an unknown outcome can be
// cleared up by calling again with the same id; it does so even for another user.
func (a *API) SendServerNotice(ctx context.Context, txnID string, user id.UserID, content any) (admin.Answer[admin.SentNotice], error) {
	body := struct {
		UserID  id.UserID `json:"user_id"`
		Content any       `json:"content"`
	}{user, content}
	return call[admin.SentNotice](ctx, a, request{
		op: "PUT v1/send_server_notice/{txn_id}", parts: []string{txnID}, body: body, idempotent: true,
		verb: "send a notice to", subject: theUser(user), hint: searchUser(user),
	})
}
