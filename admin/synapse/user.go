package synapse

import (
	"context"
	"net/url"
	"strconv"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// Users returns a page of the server's accounts (GET v2/users). Under Matrix Authentication Service there are no guests,
// and the server wants to be told that.
func (a *API) Users(ctx context.Context, query admin.UserQuery) (admin.Answer[admin.UserPage], error) {
	if delegated, err := a.Delegated(ctx); err == nil && delegated {
		query.Guests = new(bool)
	}
	return call[admin.UserPage](ctx, a, request{
		op: "GET v2/users", query: userQuery(query),
		verb: "list", subject: "users",
	})
}

// userQuery leaves to the server what was not asked for, except locked accounts: whether they are shown changed
// between versions.
func userQuery(q admin.UserQuery) url.Values {
	values := page(q.From, q.Limit, q.OrderBy, q.Reverse)
	values.Set("locked", strconv.FormatBool(q.Locked))
	setText(values, "name", q.Name)
	setText(values, "user_id", q.UserID)
	setBool(values, "guests", q.Guests)
	setBool(values, "admins", q.Admins)
	if q.Deactivated {
		values.Set("deactivated", "true")
	}
	for _, userType := range q.ExcludeTypes {
		values.Add("not_user_type", userType)
	}
	return values
}

// User returns the details of an account (GET v2/users/{user}).
func (a *API) User(ctx context.Context, user id.UserID) (admin.Answer[admin.User], error) {
	return call[admin.User](ctx, a, request{
		op: "GET v2/users/{user}", parts: []string{string(user)},
		verb: "read", subject: theUser(user), hint: searchUser(user),
	})
}

// Whois returns from where an account was used (GET v1/whois/{user}). An unknown account has no connections.
func (a *API) Whois(ctx context.Context, user id.UserID) (admin.Answer[admin.Whois], error) {
	return call[admin.Whois](ctx, a, request{
		op: "GET v1/whois/{user}", parts: []string{string(user)},
		verb: "look up", subject: theUser(user), hint: searchUser(user),
	})
}

// modifyUser is the body of PUT v2/users/{user}; what is not in it stays as it is.
type modifyUser struct {
	Displayname   *string              `json:"displayname,omitempty"`
	AvatarURL     *string              `json:"avatar_url,omitempty"`
	Password      *string              `json:"password,omitempty"`
	LogoutDevices *bool                `json:"logout_devices,omitempty"`
	Threepids     *[]admin.Threepid    `json:"threepids,omitempty"`
	Admin         *bool                `json:"admin,omitempty"`
	Deactivated   *bool                `json:"deactivated,omitempty"`
	Locked        *bool                `json:"locked,omitempty"`
	UserType      admin.Change[string] `json:"user_type,omitzero"`
}

// ModifyUser changes an account, or makes one where there is none (PUT v2/users/{user}); look first where that
// matters. The server applies the fields one after the other: after an error some may have been changed.
func (a *API) ModifyUser(ctx context.Context, user id.UserID, change admin.ModifyUser) (admin.Answer[admin.User], error) {
	body := modifyUser{
		Displayname: change.Displayname, AvatarURL: change.AvatarURL, LogoutDevices: change.LogoutDevices,
		Threepids: change.Threepids, Admin: change.Admin, Deactivated: change.Deactivated, Locked: change.Locked,
		UserType: change.UserType,
	}
	if change.Password != nil {
		password := change.Password.Reveal()
		body.Password = &password
	}
	return a.putUser(ctx, user, "modify", body)
}

// Lock keeps an account from using its sessions, or lets it use them again (PUT v2/users/{user}).
func (a *API) Lock(ctx context.Context, user id.UserID, locked bool) (admin.Answer[admin.User], error) {
	return a.putUser(ctx, user, either(locked, "lock", "unlock"), modifyUser{Locked: &locked})
}

// Reactivate opens a deactivated account again (PUT v2/users/{user}); it has no password and no rooms then.
func (a *API) Reactivate(ctx context.Context, user id.UserID) (admin.Answer[admin.User], error) {
	deactivated := false
	return a.putUser(ctx, user, "reactivate", modifyUser{Deactivated: &deactivated})
}

func (a *API) putUser(ctx context.Context, user id.UserID, verb string, body modifyUser) (admin.Answer[admin.User], error) {
	return call[admin.User](ctx, a, request{
		op: "PUT v2/users/{user}", parts: []string{string(user)}, body: body,
		verb: verb, subject: theUser(user), hint: searchUser(user),
	})
}

// ResetPassword sets a new password (POST v1/reset_password/{user}). With logout, all devices are logged out.
func (a *API) ResetPassword(ctx context.Context, user id.UserID, password admin.Secret, logout bool) (admin.Answer[admin.Done], error) {
	body := struct {
		NewPassword   string `json:"new_password"`
		LogoutDevices *bool  `json:"logout_devices,omitempty"`
	}{NewPassword: password.Reveal()}
	if !logout {
		body.LogoutDevices = &logout
	}
	return call[admin.Done](ctx, a, request{
		op: "POST v1/reset_password/{user}", parts: []string{string(user)}, body: body,
		verb: "set the password of", subject: theUser(user), hint: searchUser(user),
	})
}

// Deactivate closes an account (POST v1/deactivate/{user}); with erase its name and messages are hidden, too. The server
// removes it from its rooms in the background.
func (a *API) Deactivate(ctx context.Context, user id.UserID, erase bool) (admin.Answer[admin.Deactivated], error) {
	return call[admin.Deactivated](ctx, a, request{
		op: "POST v1/deactivate/{user}", parts: []string{string(user)},
		body: map[string]bool{"erase": erase},
		verb: "deactivate", subject: theUser(user), hint: searchUser(user),
	})
}

// Suspend keeps an account from sending and joining, or lifts that (PUT v1/suspend/{user}).
func (a *API) Suspend(ctx context.Context, user id.UserID, suspend bool) (admin.Answer[admin.Done], error) {
	return call[admin.Done](ctx, a, request{
		op: "PUT v1/suspend/{user}", parts: []string{string(user)},
		body: map[string]bool{"suspend": suspend},
		verb: either(suspend, "suspend", "lift the suspension of"), subject: theUser(user), hint: searchUser(user),
	})
}

// searchUser is the command that finds accounts with a similar name.
func searchUser(user id.UserID) string {
	localpart := user.Localpart()
	if localpart == "" || !isPlain(localpart) {
		return "user list"
	}
	return "user search " + localpart
}
