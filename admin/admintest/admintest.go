// Package admintest is one suite for every kind of server: it runs on fakes in unit tests and on real servers in
// end-to-end tests. What a server's API value does not have is skipped.
package admintest

import (
	"crypto/rand"
	"strings"
	"testing"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// World is the server under test, and what the suite needs of it besides the admin API.
type World struct {
	ServerName string
	// NewRoom makes a room that has at least one local member. Nil: no tests of rooms.
	NewRoom func(t *testing.T) id.RoomID
	// Upload stores a small file of a local user and returns both. Nil: no tests of media.
	Upload func(t *testing.T) (id.ContentURI, id.UserID)
}

// Run tests the parts that api has. It leaves accounts behind, so the server should be a throw-away one.
func Run(t *testing.T, api any, world World) {
	if api, ok := api.(usersAPI); ok {
		t.Run("users", func(t *testing.T) { testUsers(t, api, world) })
	}
	if api, ok := api.(registerAPI); ok {
		t.Run("register", func(t *testing.T) { testRegister(t, api, world) })
	}
	if api, ok := api.(roomsAPI); ok && world.NewRoom != nil {
		t.Run("rooms", func(t *testing.T) { testRooms(t, api, world) })
	}
	if api, ok := api.(regtokAPI); ok {
		t.Run("registration tokens", func(t *testing.T) { testRegtok(t, api) })
	}
	if api, ok := api.(mediaAPI); ok && world.Upload != nil {
		t.Run("media", func(t *testing.T) { testMedia(t, api, world) })
	}
}

// must returns the value of an answer that has to be there, with its raw form.
func must[T any](t *testing.T, what string) func(admin.Answer[T], error) T {
	return func(answer admin.Answer[T], err error) T {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if len(answer.Raw) == 0 {
			t.Errorf("%s: the server's own answer is missing", what)
		}
		return answer.Value
	}
}

// wantCode checks the code of an error, and that its message names what was acted on.
func wantCode(t *testing.T, what string, err error, code admin.Code, names string) {
	t.Helper()
	if admin.CodeOf(err) != code {
		t.Errorf("%s: error %v, want %s", what, err, code)
		return
	}
	if !strings.Contains(err.Error(), names) {
		t.Errorf("%s: %q does not name %s", what, err, names)
	}
}

// unique returns a localpart that no other run has used.
func unique(prefix string) string { return prefix + "-" + strings.ToLower(rand.Text()[:10]) }

func ptr[T any](value T) *T { return &value }
