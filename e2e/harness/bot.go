package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"caretaker/homeserver"
)

// BotOptions say what a bot is like. The zero value is one on the shared server, set up as the documentation says.
type BotOptions struct {
	// Synapse is the homeserver; default: the shared one.
	Synapse *Synapse
	// Init are further arguments of `caretaker init`; only on a server of the test's own, which is restarted.
	Init []string
	// Config is laid over config.yaml, deeply.
	Config map[string]any
	// Proxy puts a recording proxy between bot and homeserver, see Bot.Proxy.
	Proxy bool
}

// Registration is what a test needs of the registration file.
type Registration struct {
	ID      string `yaml:"id"`
	ASToken string `yaml:"as_token"`
	HSToken string `yaml:"hs_token"`
}

// Bot is an installation of the program: its directory, and its daemon while one runs.
type Bot struct {
	// UserID is the bot's own account.
	UserID string
	// Owner is a user with role owner, logged in.
	Owner *User
	// Dir has config.yaml, registration.yaml, admin.token and the database.
	Dir string
	// URL is where the daemon listens for the homeserver.
	URL string
	// Registration is as the homeserver knows it.
	Registration Registration
	// Synapse is the homeserver.
	Synapse *Synapse
	// Proxy stands before the homeserver if it was asked for, else nil.
	Proxy *Proxy

	t      testing.TB
	log    logBuffer
	daemon *homeserver.Child // nil before the first start
}

// NewBot sets up a bot that does not run yet.
func NewBot(t testing.TB, opts BotOptions) *Bot {
	t.Helper()
	s := opts.Synapse
	if s == nil {
		s = Shared(t)
	}
	p, err := s.take(t, opts.Init)
	if err != nil {
		t.Fatal(err)
	}
	b := &Bot{
		UserID: "@" + p.localpart + ":" + s.ServerName, Dir: p.dir, URL: "http://" + p.address, Synapse: s, t: t,
	}
	b.log.init()
	b.readRegistration()
	b.Owner = s.newUser(t, p.owner, false)
	if opts.Proxy {
		b.Proxy = NewProxy(t, s.URL)
		b.Configure(map[string]any{"homeserver": map[string]any{"url": b.Proxy.URL}})
	}
	b.Configure(opts.Config)
	t.Cleanup(b.finish)
	return b
}

// StartBot sets up a bot and runs it.
func StartBot(t testing.TB, opts BotOptions) *Bot {
	t.Helper()
	b := NewBot(t, opts)
	b.Run()
	return b
}

// Configure lays values over config.yaml, deeply. A running daemon does not notice.
func (b *Bot) Configure(values map[string]any) {
	b.t.Helper()
	if len(values) == 0 {
		return
	}
	if err := editYAML(b.ConfigFile(), values); err != nil {
		b.t.Fatal(err)
	}
}

// Grant gives a user a role, effective at the next start.
func (b *Bot) Grant(user, role string) {
	b.t.Helper()
	b.Configure(map[string]any{"permissions": map[string]any{user: role}})
}

// ConfigFile is the path of config.yaml.
func (b *Bot) ConfigFile() string { return filepath.Join(b.Dir, "config.yaml") }

// Run starts the daemon and returns when it says that it is ready.
func (b *Bot) Run() {
	b.t.Helper()
	from := b.log.size()
	b.Start()
	if err := b.log.wait(b.context(), from, "caretaker is ready", b.daemon.Done); err != nil {
		b.t.Fatalf("start the bot: %v\n%s", err, b.log.tail(40))
	}
}

// Start starts the daemon and does not wait for it.
func (b *Bot) Start() {
	b.t.Helper()
	if b.Running() {
		b.t.Fatal("the bot is running already")
	}
	cmd := command(context.Background(), Binary(b.t), b.Dir, "run", "-c", b.ConfigFile())
	cmd.Stdout, cmd.Stderr = &b.log, &b.log
	daemon, err := homeserver.StartChild(cmd)
	if err != nil {
		b.t.Fatalf("start the bot: %v", err)
	}
	b.daemon = daemon
}

// Running reports whether the daemon lives.
func (b *Bot) Running() bool { return b.daemon != nil && b.daemon.Running() }

// Kill9 ends the daemon like a power cut.
func (b *Bot) Kill9() {
	if b.Running() {
		b.daemon.Kill()
	}
}

// Stop ends the daemon with SIGTERM and returns its exit status. It must end within the ten seconds of the contract.
func (b *Bot) Stop() int {
	b.t.Helper()
	if !b.Running() {
		b.t.Fatal("stop the bot: it does not run")
	}
	b.daemon.Terminate()
	return b.ExitCode(11 * time.Second)
}

// ExitCode waits at most so long for the daemon to end and returns its exit status.
func (b *Bot) ExitCode(patience time.Duration) int {
	b.t.Helper()
	select {
	case <-b.daemon.Done:
		return b.daemon.ExitCode()
	case <-time.After(patience):
		b.t.Fatalf("the bot did not end within %s\n%s", patience, b.log.tail(40))
		return -1
	}
}

// PID is the process id of the daemon, for measurements.
func (b *Bot) PID() int { return b.daemon.PID() }

// Log is everything the daemon wrote so far, over all its starts.
func (b *Bot) Log() string { return b.log.String() }

// WaitLog waits until the daemon's log contains a text; what it logged before counts.
func (b *Bot) WaitLog(text string) {
	b.t.Helper()
	if err := b.log.wait(b.context(), 0, text, b.daemon.Done); err != nil {
		b.t.Fatalf("%v\n%s", err, b.log.tail(40))
	}
}

// Output is what one call of the program left.
type Output struct {
	Stdout, Stderr string
	Code           int
}

// CLI runs the program in the bot's directory with its configuration, without a terminal and with empty input.
func (b *Bot) CLI(arguments ...string) Output {
	b.t.Helper()
	return b.CLIWith("", arguments...)
}

// CLIWith is CLI with something on standard input.
func (b *Bot) CLIWith(stdin string, arguments ...string) Output {
	b.t.Helper()
	cmd := command(b.t.Context(), Binary(b.t), b.Dir, arguments...)
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		b.t.Fatalf("caretaker %s: %v", strings.Join(arguments, " "), err)
	}
	return Output{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

func (b *Bot) readRegistration() {
	b.t.Helper()
	content, err := os.ReadFile(filepath.Join(b.Dir, "registration.yaml"))
	if err == nil {
		err = yaml.Unmarshal(content, &b.Registration)
	}
	if err != nil {
		b.t.Fatalf("read the registration: %v", err)
	}
}

// finish ends the daemon with its test and shows the log of a failed one.
func (b *Bot) finish() {
	b.Kill9()
	if b.t.Failed() && b.daemon != nil {
		b.t.Logf("--- end of the log of %s:\n%s", b.UserID, b.log.tail(60))
	}
}

// context lasts as long as one step of a test may take.
func (b *Bot) context() context.Context { return Step(b.t) }

// Step ends with the test, or when one step took too long.
func Step(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeoutCause(t.Context(), patience, fmt.Errorf("nothing for %s", patience))
	t.Cleanup(cancel)
	return ctx
}
