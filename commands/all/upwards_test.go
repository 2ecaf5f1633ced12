package all_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/admin/synapse"
	"caretaker/commands"
	"caretaker/commands/all"
)

const (
	botUser     id.UserID = "@caretaker:example.org"
	lastOwner   id.UserID = "@root:example.org"
	roleHolder  id.UserID = "@ada:example.org" // an admin by role
	serverAdmin id.UserID = "@sam:example.org" // an admin of the server, without a role
	ordinary    id.UserID = "@bob:example.org"
)

// guard gives one owner, one admin, and everybody else nothing.
type guard struct{}

func (guard) RoleOf(user id.UserID) commands.Role {
	return map[id.UserID]commands.Role{lastOwner: commands.Owner, roleHolder: commands.Admin}[user]
}
func (guard) LastOwner() id.UserID            { return lastOwner }
func (guard) ManagementRoom(_ id.RoomID) bool { return false }

// Nobody acts upwards: no command that changes an account gets past the checks
// when the target is the bot, the last owner, above the caller, or a server admin.
func TestNobodyActsUpwards(t *testing.T) {
	t.Parallel()
	var writes atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			writes.Add(1)
		}
		name := strings.TrimPrefix(r.URL.Path, "/_synapse/admin/v2/users/")
		fmt.Fprintf(w, `{"name": %q, "admin": %t}`, name, name == string(serverAdmin))
	}))
	t.Cleanup(server.Close)
	api := synapse.New(synapse.Options{
		BaseURL: server.URL, ServerName: "example.org", Token: func(context.Context) (string, error) { return "token", nil },
		RegistrationSharedSecret: func() string { return "secret" },
	})
	executor := &commands.Executor{Guard: guard{}, Services: func(*admin.Recorder) commands.Services { return commands.Services{api} }}
	tried := 0
	for _, example := range changesToAccounts(t) {
		for role := commands.Viewer; role <= commands.Owner; role++ {
			for _, target := range []id.UserID{botUser, lastOwner, roleHolder, serverAdmin, ordinary} {
				call := parseFor(t, example, role, target)
				_, needs := call.Risk()
				err := executor.Prepare(t.Context(), call)
				if want := refused(role, needs, target); want != isDenied(err) {
					t.Errorf("%q of %s on %s: got %v, want denied: %t", example, role, target, err, want)
				}
				tried++
			}
		}
	}
	if tried < 200 || writes.Load() > 0 {
		t.Errorf("tried %d combinations, the server got %d changes", tried, writes.Load())
	}
}

// refused is the rule, written down a second time.
func refused(role, needs commands.Role, target id.UserID) bool {
	switch {
	case role < needs, target == botUser, target == lastOwner:
		return true
	case role == commands.Owner:
		return false
	case target == roleHolder:
		return role < commands.Admin
	}
	return target == serverAdmin
}

func isDenied(err error) bool {
	_, ok := errors.AsType[*commands.DeniedError](err)
	return ok
}

// changesToAccounts lists every example of a command that changes an account, in
// all its variants: options can raise the risk.
func changesToAccounts(t *testing.T) []string {
	t.Helper()
	var lines []string
	for _, c := range all.Registry().All() {
		if group := c.Group(); group != "user" && group != "device" {
			continue
		}
		for _, example := range c.Examples {
			call := parseFor(t, example, commands.Owner, ordinary)
			if call.Changes() && len(call.Users()) > 0 {
				lines = append(lines, example)
			}
		}
	}
	return lines
}

// parseFor parses an example and puts the target in the place of its users.
func parseFor(t *testing.T, line string, role commands.Role, target id.UserID) *commands.Call {
	t.Helper()
	env := commands.Env{
		Caller: commands.Caller{UserID: "@me:example.org", Role: role}, Door: commands.DoorTerminal, ServerName: "example.org",
		Bot: botUser, Now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Zone: time.UTC,
	}
	tokens, err := commands.Tokenise(line)
	if err != nil {
		t.Fatal(err)
	}
	call, err := all.Registry().Parse(tokens, env)
	if err != nil {
		env.Door, env.Room, env.Event, env.Author = commands.DoorRoom, "!here", "$event", ordinary
		if call, err = all.Registry().Parse(tokens, env); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
	aim(reflect.ValueOf(call.Args).Elem(), target)
	return call
}

// aim replaces every user in an arguments value.
func aim(v reflect.Value, target id.UserID) {
	for i := range v.NumField() {
		field := v.Field(i)
		if !field.CanSet() {
			continue
		}
		switch value := field.Interface().(type) {
		case commands.UserRef:
			if value.UserID != "" {
				field.Set(reflect.ValueOf(commands.UserRef{UserID: target}))
			}
		case []commands.UserRef:
			if len(value) > 0 {
				field.Set(reflect.ValueOf([]commands.UserRef{{UserID: target}}))
			}
		case *commands.UserRef:
			if value != nil {
				value.UserID = target
			}
		}
	}
}
