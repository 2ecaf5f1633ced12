package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"caretaker/homeserver"
	"caretaker/homeserver/client"
)

// ServerName is the part of user ids after the colon.
const ServerName = "bench.localhost"

// Site is a throw-away Synapse on which caretaker is installed as the documentation says. Its rate limits are off.
type Site struct {
	Synapse *homeserver.Server
	Bot     string         // caretaker's user id
	Owner   *client.Client // somebody who may do everything, and follows their rooms
	Dir     string         // of caretaker: config.yaml, registration.yaml, database

	run  *Run
	stop []func() // what to do at the end, last first
}

// NewSite starts a Synapse, has caretaker write its files, and installs its registration together with others. Caretaker
// does not run yet. On an error nothing is left behind.
func NewSite(ctx context.Context, run *Run, registrations ...string) (*Site, error) {
	s := &Site{run: run}
	for _, step := range []func() error{
		func() error { return s.start(ctx) },
		func() error { return s.install(ctx, registrations) },
		func() error { return s.addOwner(ctx) },
	} {
		if err := step(); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// Close ends and deletes everything.
func (s *Site) Close() {
	for len(s.stop) > 0 {
		last := len(s.stop) - 1
		s.stop[last]()
		s.stop = s.stop[:last]
	}
}

func (s *Site) atEnd(f func()) { s.stop = append(s.stop, f) }

func (s *Site) start(ctx context.Context) error {
	installation, err := homeserver.InstallSynapse(ctx, s.run.Cache, os.Stderr)
	if err != nil {
		return err
	}
	dir, err := s.run.TempDir()
	if err != nil {
		return err
	}
	s.atEnd(func() { _ = os.RemoveAll(dir) })
	s.Dir = filepath.Join(dir, "caretaker")
	s.Synapse, err = homeserver.Start(ctx, installation, homeserver.Options{Dir: filepath.Join(dir, "synapse"), ServerName: ServerName})
	if err != nil {
		return err
	}
	s.atEnd(s.Synapse.Kill)
	return nil
}

// TempDir makes a folder below the cache.
func (r *Run) TempDir() (string, error) {
	dir, err := os.MkdirTemp(r.Cache, "bench-")
	if err != nil {
		return "", fmt.Errorf("make a folder: %w", err)
	}
	return filepath.Abs(dir)
}

// install does what an operator does: caretaker init, registration into the homeserver, restart.
func (s *Site) install(ctx context.Context, registrations []string) error {
	port, err := homeserver.FreePort()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	secret := filepath.Join(s.Dir, "shared-secret")
	if err := os.WriteFile(secret, []byte(s.Synapse.SharedSecret+"\n"), 0o600); err != nil {
		return fmt.Errorf("write the shared secret: %w", err)
	}
	out, err := s.Command(ctx, "init", "--dir", s.Dir, "--homeserver-url", s.Synapse.URL, "--owner", "@ada:"+ServerName,
		"--listen", fmt.Sprintf("127.0.0.1:%d", port), "--registration-shared-secret-file", secret).CombinedOutput()
	if err != nil {
		return fmt.Errorf("caretaker init: %w\n%s", err, out)
	}
	s.Bot = "@caretaker:" + ServerName
	s.Synapse.SetRegistrations(append([]string{filepath.Join(s.Dir, "registration.yaml")}, registrations...)...)
	return s.Synapse.Restart(ctx)
}

// addOwner registers who gives the commands.
func (s *Site) addOwner(ctx context.Context) error {
	account, err := s.Synapse.RegisterUser(ctx, "ada", "throw-away password", false)
	if err != nil {
		return err
	}
	s.Owner = client.New(s.Synapse.URL, account.UserID, account.AccessToken)
	unfollow, err := s.Owner.Follow(ctx)
	if err != nil {
		return err
	}
	s.atEnd(unfollow)
	return nil
}

// Command prepares a call of caretaker that takes nothing from the caller's own configuration.
func (s *Site) Command(ctx context.Context, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.run.Caretaker, arguments...)
	cmd.Dir = s.Dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.Dir, "LANG=C.UTF-8"}
	return cmd
}

// ConfigFile is the path of caretaker's configuration.
func (s *Site) ConfigFile() string { return filepath.Join(s.Dir, "config.yaml") }

// Room makes a private room of the owner and a bot, which has to join by itself.
func (s *Site) Room(ctx context.Context, bot string) (string, error) {
	room, err := s.Owner.CreateRoom(ctx, client.Room{Invite: []string{bot}})
	if err != nil {
		return "", fmt.Errorf("make a room: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 30*time.Second, errors.New("it does not join"))
	defer cancel()
	_, err = s.Owner.Wait(ctx, room, bot, func(e client.Event) bool {
		return e.Type == "m.room.member" && e.StateKey != nil && *e.StateKey == bot && e.Text("membership") == "join"
	})
	return room, err
}

// AwaitReply returns when the owner's /sync has a bot's reply to an event.
func (s *Site) AwaitReply(ctx context.Context, room, bot, event string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 30*time.Second, errors.New("no reply"))
	defer cancel()
	_, err := s.Owner.Wait(ctx, room, "a reply of "+bot, func(e client.Event) bool { return e.Sender == bot && e.ReplyTo() == event })
	return err
}

// tail keeps the end of a log, for error messages.
func tail(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}
