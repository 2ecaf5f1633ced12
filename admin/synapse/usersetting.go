package synapse

import (
	"context"
	"errors"
	"net/http"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// ShadowBan hides what a user sends from everybody else without telling (POST v1/users/{user}/shadow_ban), or lifts that
// (DELETE).
func (a *API) ShadowBan(ctx context.Context, user id.UserID, ban bool) (admin.Answer[admin.Done], error) {
	r := request{
		op: "DELETE v1/users/{user}/shadow_ban", parts: []string{string(user)},
		verb: "lift the shadow-ban of", subject: theUser(user), hint: searchUser(user),
	}
	if ban {
		r.op, r.body, r.verb = "POST v1/users/{user}/shadow_ban", empty{}, "shadow-ban"
	}
	return call[admin.Done](ctx, a, r)
}

// UserAdmin returns whether an account is a server admin (GET v1/users/{user}/admin). An unknown account is none.
func (a *API) UserAdmin(ctx context.Context, user id.UserID) (admin.Answer[admin.Right], error) {
	return call[admin.Right](ctx, a, request{
		op: "GET v1/users/{user}/admin", parts: []string{string(user)},
		verb: "read the rights of", subject: theUser(user), hint: searchUser(user),
	})
}

// SetUserAdmin makes an account a server admin, or an ordinary one again (PUT v1/users/{user}/admin).
func (a *API) SetUserAdmin(ctx context.Context, user id.UserID, right bool) (admin.Answer[admin.Done], error) {
	return call[admin.Done](ctx, a, request{
		op: "PUT v1/users/{user}/admin", parts: []string{string(user)}, body: map[string]bool{"admin": right},
		verb: "change the rights of", subject: theUser(user), hint: searchUser(user),
	})
}

// RateLimit returns how much a user may send if that differs from the configuration
// (GET v1/users/{user}/override_ratelimit).
func (a *API) RateLimit(ctx context.Context, user id.UserID) (admin.Answer[admin.RateLimit], error) {
	return call[admin.RateLimit](ctx, a, rateLimit("GET v1/users/{user}/override_ratelimit", "read the rate limit of", user))
}

// SetRateLimit sets how much a user may send (POST v1/users/{user}/override_ratelimit). Zeros lift all limits.
func (a *API) SetRateLimit(ctx context.Context, user id.UserID, messagesPerSecond, burstCount int64) (admin.Answer[admin.RateLimit], error) {
	r := rateLimit("POST v1/users/{user}/override_ratelimit", "set the rate limit of", user)
	r.body = struct {
		MessagesPerSecond int64 `json:"messages_per_second"`
		BurstCount        int64 `json:"burst_count"`
	}{messagesPerSecond, burstCount}
	return call[admin.RateLimit](ctx, a, r)
}

// ClearRateLimit lets the configuration decide again how much a user may send
// (DELETE v1/users/{user}/override_ratelimit).
func (a *API) ClearRateLimit(ctx context.Context, user id.UserID) (admin.Answer[admin.Done], error) {
	return call[admin.Done](ctx, a, rateLimit("DELETE v1/users/{user}/override_ratelimit", "clear the rate limit of", user))
}

func rateLimit(op operation, verb string, user id.UserID) request {
	return request{
		op: op, parts: []string{string(user)},
		verb: verb, subject: theUser(user), hint: searchUser(user),
	}
}

// Features returns which experimental features are on for a user (GET v1/experimental_features/{user}). An unknown
// account has none.
func (a *API) Features(ctx context.Context, user id.UserID) (admin.Answer[admin.Features], error) {
	return call[admin.Features](ctx, a, request{
		op: "GET v1/experimental_features/{user}", parts: []string{string(user)},
		verb: "read the features of", subject: theUser(user), hint: searchUser(user),
	})
}

// SetFeatures switches experimental features on and off for a user; the others stay as they are
// (PUT v1/experimental_features/{user}).
func (a *API) SetFeatures(ctx context.Context, user id.UserID, features map[string]bool) (admin.Answer[admin.Done], error) {
	return call[admin.Done](ctx, a, request{
		op: "PUT v1/experimental_features/{user}", parts: []string{string(user)},
		body: map[string]map[string]bool{"features": features},
		verb: "change the features of", subject: theUser(user), hint: searchUser(user),
	})
}

// SetValidity says how long an account can be used (POST v1/account_validity/validity). The server does not look whether
// there is such an account.
func (a *API) SetValidity(ctx context.Context, change admin.SetValidity) (admin.Answer[admin.Validity], error) {
	body := struct {
		User          id.UserID `json:"user_id"`
		ExpirationTS  int64     `json:"expiration_ts,omitempty"`
		RenewalEmails bool      `json:"enable_renewal_emails"`
	}{User: change.User, RenewalEmails: !change.NoRenewalEmails}
	if !change.Expire.IsZero() {
		body.ExpirationTS = change.Expire.UnixMilli()
	}
	answer, err := call[admin.Validity](ctx, a, request{
		op: "POST v1/account_validity/validity", body: body,
		verb: "set the validity of", subject: theUser(change.User), hint: searchUser(change.User),
	})
	// Without a date and without a configured period the server stumbles before it changes anything.
	refused, ok := errors.AsType[*ResponseError](err)
	if ok && refused.Status == http.StatusInternalServerError && refused.ErrCode != "" && change.Expire.IsZero() {
		return answer, sentence("cannot set the validity of", theUser(change.User), ": the server is not configured for a period, so a date is needed")
	}
	return answer, err
}
