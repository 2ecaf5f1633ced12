package homeserver_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"caretaker/homeserver"
	"caretaker/homeserver/client"
)

// cacheDir is where a checkout keeps what it installed.
const cacheDir = "../.cache"

func TestServerLife(t *testing.T) {
	t.Parallel()
	s := start(t, homeserver.Options{})
	ada, err := s.RegisterUser(t.Context(), "ada", "ada's password", true)
	if err != nil {
		t.Fatal(err)
	}
	if want := "@ada:test.localhost"; ada.UserID != want {
		t.Errorf("user id is %s, want %s", ada.UserID, want)
	}
	if got := userTotal(t, s, ada); got != 1 {
		t.Errorf("the server has %d users, want 1", got)
	}

	stop(t, s)
	if err := s.FillUsers(t.Context(), 500); err != nil {
		t.Fatal(err)
	}
	if err := s.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := userTotal(t, s, ada); got != 501 {
		t.Errorf("after filling, the server has %d users, want 501", got)
	}
	if err := s.FillUsers(t.Context(), 1); err == nil {
		t.Error("filling a running server's database was allowed")
	}

	s.Kill()
	if s.Running() {
		t.Error("it runs after Kill")
	}
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Login(t.Context(), "ada", "ada's password"); err != nil {
		t.Errorf("login after a restart: %v", err)
	}
	if err := s.Resume(t.Context()); err == nil {
		t.Error("a running server was started again")
	}
}

func TestStartShowsLog(t *testing.T) {
	t.Parallel()
	_, err := homeserver.Start(t.Context(), install(t), homeserver.Options{
		Dir:   t.TempDir(),
		Extra: map[string]any{"server_name": "not a name"},
	})
	if err == nil {
		t.Fatal("a server with an impossible name started")
	}
	if !strings.Contains(err.Error(), "its process ended") || !strings.Contains(err.Error(), "has an invalid format") {
		t.Errorf("the error does not say what is wrong:\n%v", err)
	}
}

func TestRegistrationIsRead(t *testing.T) {
	t.Parallel()
	registration := filepath.Join(t.TempDir(), "registration.yaml")
	content := `{id: tester, url: null, as_token: as-secret, hs_token: hs-secret, sender_localpart: _tester, namespaces: {}}`
	if err := os.WriteFile(registration, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, homeserver.Options{})
	service := client.New(s.URL, "", "as-secret")
	if err := service.Do(t.Context(), http.MethodGet, "/_matrix/client/v3/account/whoami", nil, nil); !client.IsCode(err, "M_UNKNOWN_TOKEN") {
		t.Errorf("before the registration was installed: %v, want M_UNKNOWN_TOKEN", err)
	}
	s.SetRegistrations(registration)
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	var whoami struct {
		UserID string `json:"user_id"`
	}
	if err := service.Do(t.Context(), http.MethodGet, "/_matrix/client/v3/account/whoami", nil, &whoami); err != nil {
		t.Fatal(err)
	}
	if want := "@_tester:test.localhost"; whoami.UserID != want {
		t.Errorf("the application service is %s, want %s", whoami.UserID, want)
	}
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	s := start(t, homeserver.Options{RateLimits: true})
	account, err := s.RegisterUser(t.Context(), "bob", "bob's password", false)
	if err != nil {
		t.Fatal(err)
	}
	bob := client.New(s.URL, account.UserID, account.AccessToken)
	room, err := bob.CreateRoom(t.Context(), client.Room{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		if _, err = bob.SendText(t.Context(), room, fmt.Sprint("message ", i)); err != nil {
			break
		}
	}
	if !client.IsCode(err, "M_LIMIT_EXCEEDED") {
		t.Errorf("a hundred messages at once: %v, want M_LIMIT_EXCEEDED", err)
	}
}

func TestInstallAtOnce(t *testing.T) {
	t.Parallel()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := homeserver.InstallSynapse(t.Context(), cacheDir, nil); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func TestInstallWithoutPython(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := homeserver.InstallSynapse(t.Context(), t.TempDir(), nil)
	if err == nil || !strings.Contains(err.Error(), "apt install python3-venv") {
		t.Errorf("got %v, want an error that says what to install", err)
	}
}

func TestInstallWithoutVenv(t *testing.T) {
	bin := t.TempDir()
	crippled := "#!/bin/sh\necho \"ModuleNotFoundError: No module named 'ensurepip'\" >&2\nexit 1\n"
	if err := os.WriteFile(filepath.Join(bin, "python3"), []byte(crippled), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":/bin:/usr/bin")
	_, err := homeserver.InstallSynapse(t.Context(), t.TempDir(), nil)
	if err == nil || !strings.Contains(err.Error(), "apt install python3-venv") || !strings.Contains(err.Error(), "ensurepip") {
		t.Errorf("got %v, want an error with the reason and the remedy", err)
	}
}

func install(t *testing.T) homeserver.Installation {
	t.Helper()
	installation, err := homeserver.InstallSynapse(t.Context(), cacheDir, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	return installation
}

func start(t *testing.T, opts homeserver.Options) *homeserver.Server {
	t.Helper()
	opts.Dir = t.TempDir()
	s, err := homeserver.Start(t.Context(), install(t), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}

func stop(t *testing.T, s *homeserver.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if s.Running() {
		t.Fatal("it runs after Stop")
	}
}

func userTotal(t *testing.T, s *homeserver.Server, admin homeserver.Account) int {
	t.Helper()
	var list struct {
		Total int `json:"total"`
	}
	c := client.New(s.URL, admin.UserID, admin.AccessToken)
	if err := c.Do(t.Context(), http.MethodGet, "/_synapse/admin/v2/users?limit=1", nil, &list); err != nil {
		t.Fatal(err)
	}
	return list.Total
}
