package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"caretaker/homeserver"
	"caretaker/homeserver/client"
)

// demoPassword is everybody's; the server lives as long as the demonstration.
const demoPassword = "throw-away password"

// stage is everything that the conversation needs: servers, people, things to manage.
type stage struct {
	opts   demoOptions
	dir    string // of the bot; deleted at the end
	server *homeserver.Server
	bot    *homeserver.Child
	stops  []func() // what to do at the end, last first

	admin   *client.Client // who talks
	bob     *client.Client // who gets notices
	mallory *client.Client // who misbehaves
	room    string         // the management room
	spam    string         // a room full of it
	media   string         // mxc URI of something to quarantine
}

// setStage prepares everything, step by step as the installation guide has it. On an error nothing is left behind.
func setStage(ctx context.Context, opts demoOptions) (*stage, error) {
	s := &stage{opts: opts}
	for _, step := range []func(context.Context) error{
		s.startHomeserver, s.setUpBot, s.startBot, s.enterRoom, s.addPeople,
	} {
		if err := step(ctx); err != nil {
			s.strike()
			return nil, fmt.Errorf("demo: %w", err)
		}
	}
	return s, nil
}

// strike ends and deletes everything, last first.
func (s *stage) strike() {
	for len(s.stops) > 0 {
		last := len(s.stops) - 1
		s.stops[last]()
		s.stops = s.stops[:last]
	}
}

func (s *stage) atEnd(stop func()) { s.stops = append(s.stops, stop) }

func (s *stage) startHomeserver(ctx context.Context) error {
	installation, err := homeserver.InstallSynapse(ctx, s.opts.Cache, s.opts.Out)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(s.opts.Cache, "demo-")
	if err != nil {
		return fmt.Errorf("make a directory: %w", err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return fmt.Errorf("find the directory: %w", err)
	}
	s.atEnd(func() { _ = os.RemoveAll(dir) })
	s.dir = filepath.Join(dir, "bot")
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		return fmt.Errorf("make a directory: %w", err)
	}
	s.server, err = homeserver.Start(ctx, installation, homeserver.Options{Dir: filepath.Join(dir, "synapse"), ServerName: "demo.localhost"})
	if err != nil {
		return err
	}
	s.atEnd(s.server.Kill)
	s.say("Synapse %s answers at %s.", homeserver.SynapseVersion, s.server.URL)
	return nil
}

// setUpBot writes configuration and registration and installs the latter, as an operator does.
func (s *stage) setUpBot(ctx context.Context) error {
	port, err := homeserver.FreePort()
	if err != nil {
		return err
	}
	secret := filepath.Join(s.dir, "shared-secret")
	if err := os.WriteFile(secret, []byte(s.server.SharedSecret+"\n"), 0o600); err != nil {
		return fmt.Errorf("write the shared secret: %w", err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	arguments := []string{
		"init", "--dir", s.dir, "--homeserver-url", s.server.URL, "--owner", "@ada:" + s.server.ServerName,
		"--listen", address, "--url", "http://" + address, "--registration-shared-secret-file", secret,
	}
	s.say("$ caretaker %s", strings.Join(arguments, " "))
	if out, err := s.program(ctx, arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("caretaker init: %w\n%s", err, out)
	}
	s.server.SetRegistrations(filepath.Join(s.dir, "registration.yaml"))
	if err := s.server.Restart(ctx); err != nil {
		return err
	}
	s.say("The registration is installed, Synapse was restarted.")
	return nil
}

func (s *stage) startBot(context.Context) error {
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return fmt.Errorf("make the bot's log: %w", err)
	}
	defer log.Close()
	// It is stopped at the end, not when ctx ends: it should have the time to finish.
	run := s.program(context.Background(), "run", "-c", filepath.Join(s.dir, "config.yaml"))
	run.Stdout, run.Stderr = log, log
	s.say("$ caretaker run -c %s", filepath.Join(s.dir, "config.yaml"))
	if s.bot, err = homeserver.StartChild(run); err != nil {
		return err
	}
	s.atEnd(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 11*time.Second)
		defer cancel()
		if err := s.bot.Stop(ctx); err != nil {
			fmt.Fprintln(s.opts.Out, err)
		}
	})
	return nil
}

// enterRoom waits for the invitation that the bot sends to its owners.
func (s *stage) enterRoom(ctx context.Context) (err error) {
	if s.admin, err = s.person(ctx, "ada"); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 30*time.Second, errors.New("the bot invited nobody"))
	defer cancel()
	go func() { // a bot that ended will not invite anybody
		select {
		case <-s.bot.Done:
			cancel()
		case <-ctx.Done():
		}
	}()
	invite, err := s.admin.WaitInvite(ctx, "@caretaker:"+s.server.ServerName)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, s.botLog())
	}
	s.room = invite.RoomID
	s.say("The bot made a management room and invited its owner, who joins.")
	return s.admin.Join(ctx, s.room)
}

// addPeople makes what there is to manage.
func (s *stage) addPeople(ctx context.Context) (err error) {
	if s.bob, err = s.person(ctx, "bob"); err != nil {
		return err
	}
	if s.mallory, err = s.person(ctx, "mallory"); err != nil {
		return err
	}
	s.spam, err = s.mallory.CreateRoom(ctx, client.Room{Name: "Cheap watches", Topic: "Buy now", Alias: "watches", Public: true})
	if err != nil {
		return fmt.Errorf("make a room: %w", err)
	}
	if err := s.bob.Join(ctx, s.spam); err != nil {
		return fmt.Errorf("join a room: %w", err)
	}
	if s.media, err = s.mallory.Upload(ctx, "watch.txt", "text/plain", []byte("a very cheap watch")); err != nil {
		return fmt.Errorf("upload a file: %w", err)
	}
	return nil
}

// person registers somebody who follows their rooms.
func (s *stage) person(ctx context.Context, name string) (*client.Client, error) {
	account, err := s.server.RegisterUser(ctx, name, demoPassword, false)
	if err != nil {
		return nil, err
	}
	c := client.New(s.server.URL, account.UserID, account.AccessToken)
	stop, err := c.Follow(ctx)
	if err != nil {
		return nil, err
	}
	s.atEnd(stop)
	return c, nil
}

// program prepares a call of this program that takes nothing from the caller's own configuration.
func (s *stage) program(ctx context.Context, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.opts.Program, arguments...)
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "LANG=C.UTF-8"}
	return cmd
}

func (s *stage) botLog() string {
	content, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// keepLog saves the bot's log from deletion and returns where it is.
func (s *stage) keepLog() string {
	kept := filepath.Join(s.opts.Cache, "demo.log")
	from, err := os.Open(filepath.Join(s.dir, "log"))
	if err != nil {
		return err.Error()
	}
	defer from.Close()
	to, err := os.Create(kept)
	if err != nil {
		return err.Error()
	}
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Close()); err != nil {
		return err.Error()
	}
	return kept
}

// say prints what the demonstration does.
func (s *stage) say(format string, arguments ...any) {
	fmt.Fprintf(s.opts.Out, format+"\n", arguments...)
}

// print prints what somebody says in the room. The isolates around names from outside are for clients that know them.
func (s *stage) print(who, text string) {
	text = strings.NewReplacer("\u2068", "", "\u2069", "").Replace(text)
	for i, row := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if i > 0 {
			who = ""
		}
		fmt.Fprintf(s.opts.Out, "%12s | %s\n", who, row)
	}
}
