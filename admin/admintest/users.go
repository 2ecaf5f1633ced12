package admintest

import (
	"context"
	"slices"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

type usersAPI interface {
	Users(ctx context.Context, query admin.UserQuery) (admin.Answer[admin.UserPage], error)
	User(ctx context.Context, user id.UserID) (admin.Answer[admin.User], error)
	ModifyUser(ctx context.Context, user id.UserID, change admin.ModifyUser) (admin.Answer[admin.User], error)
	Lock(ctx context.Context, user id.UserID, locked bool) (admin.Answer[admin.User], error)
	Suspend(ctx context.Context, user id.UserID, suspend bool) (admin.Answer[admin.Done], error)
	ResetPassword(ctx context.Context, user id.UserID, password admin.Secret, logout bool) (admin.Answer[admin.Done], error)
	Deactivate(ctx context.Context, user id.UserID, erase bool) (admin.Answer[admin.Deactivated], error)
	Reactivate(ctx context.Context, user id.UserID) (admin.Answer[admin.User], error)
	Whois(ctx context.Context, user id.UserID) (admin.Answer[admin.Whois], error)
}

type registerAPI interface {
	Register(ctx context.Context, user admin.NewUser) (admin.Answer[admin.Registered], error)
	User(ctx context.Context, user id.UserID) (admin.Answer[admin.User], error)
}

// testUsers follows one account through its life.
func testUsers(t *testing.T, api usersAPI, world World) {
	ctx, user := t.Context(), id.NewUserID(unique("suite"), world.ServerName)
	_, err := api.User(ctx, user)
	wantCode(t, "unknown user", err, admin.CodeNotFound, string(user))

	password := admin.Secret("a long password")
	got := must[admin.User](t, "create")(api.ModifyUser(ctx, user, admin.ModifyUser{Displayname: ptr("Suite"), Password: &password}))
	if got.UserID != user || got.Displayname != "Suite" || got.Admin || got.Deactivated {
		t.Errorf("created %+v", got)
	}
	if age := time.Since(got.CreatedAt()); age < -time.Minute || age > time.Hour {
		t.Errorf("created %s ago", age)
	}
	must[admin.User](t, "modify")(api.ModifyUser(ctx, user, admin.ModifyUser{
		Threepids: &[]admin.Threepid{{Medium: "email", Address: "suite@example.org"}}, UserType: admin.Set("bot"),
	}))
	got = must[admin.User](t, "details")(api.User(ctx, user))
	if len(got.Threepids) != 1 || got.Threepids[0].Address != "suite@example.org" || got.UserType != "bot" || got.Displayname != "Suite" {
		t.Errorf("modified %+v", got)
	}
	got = must[admin.User](t, "modify")(api.ModifyUser(ctx, user, admin.ModifyUser{UserType: admin.Clear[string]()}))
	if got.UserType != "" {
		t.Errorf("type %q after it was cleared", got.UserType)
	}
	must[admin.Done](t, "password")(api.ResetPassword(ctx, user, "another password", true))
	if whois := must[admin.Whois](t, "whois")(api.Whois(ctx, user)); whois.UserID != user || len(whois.Connections()) != 0 {
		t.Errorf("whois %+v", whois)
	}
	t.Run("states", func(t *testing.T) { testUserStates(t, api, user) })
	t.Run("pages", func(t *testing.T) { testUserPages(t, api, world) })
}

// testUserStates switches every state of an account on and off, and looks for it in lists.
func testUserStates(t *testing.T, api usersAPI, user id.UserID) {
	ctx := t.Context()
	details := func() admin.User { return must[admin.User](t, "details")(api.User(ctx, user)) }
	listed := func(query admin.UserQuery) bool {
		query.Name = user.Localpart()
		page := must[admin.UserPage](t, "list")(api.Users(ctx, query))
		return slices.ContainsFunc(page.Users, func(u admin.User) bool { return u.UserID == user })
	}
	must[admin.User](t, "lock")(api.Lock(ctx, user, true))
	if !details().Locked || listed(admin.UserQuery{}) || !listed(admin.UserQuery{Locked: true}) {
		t.Errorf("locked: %v, listed %v and %v", details().Locked, listed(admin.UserQuery{}), listed(admin.UserQuery{Locked: true}))
	}
	must[admin.User](t, "unlock")(api.Lock(ctx, user, false))
	if details().Locked || !listed(admin.UserQuery{}) || !listed(admin.UserQuery{Admins: ptr(false)}) || listed(admin.UserQuery{Admins: ptr(true)}) {
		t.Errorf("unlocked: locked %v, listed %v", details().Locked, listed(admin.UserQuery{}))
	}
	must[admin.Done](t, "suspend")(api.Suspend(ctx, user, true))
	if !details().Suspended {
		t.Error("not suspended")
	}
	must[admin.Done](t, "lift suspension")(api.Suspend(ctx, user, false))
	if details().Suspended {
		t.Error("still suspended")
	}
	must[admin.Deactivated](t, "deactivate")(api.Deactivate(ctx, user, false))
	if !details().Deactivated || listed(admin.UserQuery{}) || !listed(admin.UserQuery{Deactivated: true}) {
		t.Errorf("deactivated: %v, listed %v", details().Deactivated, listed(admin.UserQuery{}))
	}
	must[admin.User](t, "reactivate")(api.Reactivate(ctx, user))
	if details().Deactivated {
		t.Error("still deactivated")
	}
}

// testUserPages walks a list page by page.
func testUserPages(t *testing.T, api usersAPI, world World) {
	ctx, prefix := t.Context(), unique("page")
	for _, suffix := range []string{"-a", "-b", "-c"} {
		must[admin.User](t, "create")(api.ModifyUser(ctx, id.NewUserID(prefix+suffix, world.ServerName), admin.ModifyUser{}))
	}
	var found []id.UserID
	query := admin.UserQuery{Name: prefix, Limit: 2, OrderBy: "name", Reverse: true}
	for {
		page := must[admin.UserPage](t, "list")(api.Users(ctx, query))
		if page.Total != 3 {
			t.Errorf("total %d, want 3", page.Total)
		}
		for _, user := range page.Users {
			found = append(found, user.UserID)
		}
		from, more := page.NextToken.Offset()
		if !more || from <= query.From {
			break
		}
		query.From = from
	}
	want := []id.UserID{
		id.NewUserID(prefix+"-c", world.ServerName), id.NewUserID(prefix+"-b", world.ServerName), id.NewUserID(prefix+"-a", world.ServerName),
	}
	if !slices.Equal(found, want) {
		t.Errorf("pages hold %s, want %s", found, want)
	}
}

func testRegister(t *testing.T, api registerAPI, world World) {
	ctx, localpart := t.Context(), unique("reg")
	user := admin.NewUser{Localpart: localpart, Password: "a long password", Displayname: "Reg", Admin: true}
	if got := must[admin.Registered](t, "register")(api.Register(ctx, user)); got.UserID != id.NewUserID(localpart, world.ServerName) || got.AccessToken != "" {
		t.Errorf("registered %+v", got)
	}
	if got := must[admin.User](t, "details")(api.User(ctx, id.NewUserID(localpart, world.ServerName))); !got.Admin {
		t.Errorf("account %+v, want a server admin", got)
	}
	_, err := api.Register(ctx, user)
	wantCode(t, "register twice", err, admin.CodeFailed, localpart)
}
