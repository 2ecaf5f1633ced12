package user_test

import (
	"context"
	"fmt"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/user"
)

// command finds a command of the group by its name.
func command(name string) *commands.Command {
	for _, c := range user.Group.Commands {
		if c.Name == name {
			return c
		}
	}
	panic("no command " + name)
}

// server is a homeserver with one account, @bob, and whatever the fields say.
type server struct {
	commandtest.Log
	account string // JSON of the account that exists, empty: bob
	err     error  // of every call that changes something
	readErr error  // of every call that reads
	missing bool   // there is no account

	pages    map[string]string // JSON of Users, by name or id searched for, later pages by "from 25"
	password string            // the one that was set last

	media    string   // JSON of UserMedia, empty: none
	devices  string   // JSON of Devices, empty: several
	aliasErr error    // of RoomAliases
	right    bool     // of UserAdmin
	limits   string   // JSON of RateLimit, empty: none
	states   []string // JSON of Redaction, one after the other; empty: the server is away
	slices   []int    // of DeleteUserMedia, one after the other
}

const bob = `{"name": "@bob:example.org", "displayname": "Bob <b>Ross</b>", "avatar_url": null, "admin": false,
	"deactivated": false, "locked": false, "suspended": false, "shadow_banned": false, "erased": false, "is_guest": false,
	"user_type": null, "creation_ts": 1735689600, "last_seen_ts": 1772442000000,
	"threepids": [{"medium": "email", "address": "bob@example.com", "added_at": 1735689600000, "validated_at": 1735689600000}],
	"external_ids": [], "x_new": "field"}`

const deactivatedBob = `{"name": "@bob:example.org", "displayname": null, "deactivated": true, "creation_ts": 1735689600}`

func (s *server) read(user id.UserID) (admin.Answer[admin.User], error) {
	switch {
	case s.readErr != nil:
		return admin.Answer[admin.User]{}, s.readErr
	case s.missing:
		return admin.Answer[admin.User]{}, admin.NotFound("user %s does not exist on this server", user)
	case s.account != "":
		return commandtest.Answer[admin.User](s.account), nil
	}
	return commandtest.Answer[admin.User](bob), nil
}

func (s *server) User(_ context.Context, user id.UserID) (admin.Answer[admin.User], error) {
	s.Called("User", user)
	return s.read(user)
}

func (s *server) Users(_ context.Context, q admin.UserQuery) (admin.Answer[admin.UserPage], error) {
	s.Called("Users", q)
	if s.readErr != nil {
		return admin.Answer[admin.UserPage]{}, s.readErr
	}
	page := s.pages[q.Name+q.UserID]
	if later, ok := s.pages[fmt.Sprintf("from %d", q.From)]; ok {
		page = later
	}
	if page == "" {
		page = `{"users": [], "total": 0}`
	}
	return commandtest.Answer[admin.UserPage](page), nil
}

func (s *server) Whois(_ context.Context, user id.UserID) (admin.Answer[admin.Whois], error) {
	s.Called("Whois", user)
	if s.missing {
		return commandtest.Answer[admin.Whois](fmt.Sprintf(`{"user_id": %q, "devices": {"": {"sessions": [{"connections": []}]}}}`, user)), nil
	}
	return commandtest.Answer[admin.Whois](fmt.Sprintf(`{"user_id": %q, "devices": {"": {"sessions": [{"connections": [
		{"ip": "192.0.2.7", "last_seen": 1772000000000, "user_agent": "Element <script>"},
		{"ip": "2001:db8::1", "last_seen": 1772442000000, "user_agent": ""}]}]}}}`, user)), s.readErr
}

func (s *server) changed() (admin.Answer[admin.User], error) {
	if s.err != nil {
		return admin.Answer[admin.User]{}, s.err
	}
	return commandtest.Answer[admin.User](`{"name": "@bob:example.org", "displayname": "as the server says"}`), nil
}

func (s *server) ModifyUser(_ context.Context, user id.UserID, change admin.ModifyUser) (admin.Answer[admin.User], error) {
	s.Called("ModifyUser", user, change)
	if change.Password != nil {
		s.password = change.Password.Reveal()
	}
	return s.changed()
}

func (s *server) Lock(_ context.Context, user id.UserID, locked bool) (admin.Answer[admin.User], error) {
	s.Called("Lock", user, locked)
	return s.changed()
}

func (s *server) Reactivate(_ context.Context, user id.UserID) (admin.Answer[admin.User], error) {
	s.Called("Reactivate", user)
	return s.changed()
}

func (s *server) Suspend(_ context.Context, user id.UserID, suspend bool) (admin.Answer[admin.Done], error) {
	s.Called("Suspend", user, suspend)
	return commandtest.Answer[admin.Done](fmt.Sprintf(`{"user_%s_suspended": %t}`, user, suspend)), s.err
}

func (s *server) Deactivate(_ context.Context, user id.UserID, erase bool) (admin.Answer[admin.Deactivated], error) {
	s.Called("Deactivate", user, erase)
	return commandtest.Answer[admin.Deactivated](`{"id_server_unbind_result": "success"}`), s.err
}

func (s *server) ResetPassword(_ context.Context, user id.UserID, password admin.Secret, logout bool) (admin.Answer[admin.Done], error) {
	s.Called("ResetPassword", user, password, logout)
	s.password = password.Reveal()
	return commandtest.Answer[admin.Done](`{}`), s.err
}

func (s *server) Register(_ context.Context, user admin.NewUser) (admin.Answer[admin.Registered], error) {
	s.Called("Register", user)
	s.password = user.Password.Reveal()
	return commandtest.Answer[admin.Registered](fmt.Sprintf(`{"user_id": "@%s:example.org", "home_server": "example.org"}`, user.Localpart)), s.err
}
