package synapse

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// DeleteUserMedia deletes the newest files of a user, protected or not, at most limit of them
// (DELETE v1/users/{user}/media).
func (a *API) DeleteUserMedia(ctx context.Context, user id.UserID, limit int) (admin.Answer[admin.DeletedMedia], error) {
	return call[admin.DeletedMedia](ctx, a, request{
		op: "DELETE v1/users/{user}/media", parts: []string{string(user)},
		query: page(0, limit, "", false), body: empty{}, slow: true,
		verb: "delete the media of", subject: theUser(user), hint: searchUser(user),
	})
}
