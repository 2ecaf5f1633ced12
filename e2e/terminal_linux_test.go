package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caretaker/e2e/harness"
)

// A person at a terminal is asked, and only "yes" is a yes.
func TestQuestionOnTerminal(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{Proxy: true})
	victim := bot.Synapse.NewUser(t, "victim")
	ask := func(answer string) harness.Output {
		t.Helper()
		terminal := bot.OnTerminal("user", "deactivate", victim.UserID, "-o", "json")
		terminal.Expect("[y/N]")
		terminal.Type(answer)
		return terminal.End()
	}
	for _, answer := range []string{"n", "", "no"} {
		out := ask(answer)
		if out.Code != 1 || out.Stdout != "" || !strings.Contains(out.Stderr, "Nothing was changed.") {
			t.Errorf("%q: exit status %d, standard output %q: %s", answer, out.Code, out.Stdout, out.Stderr)
		}
	}
	if changes := bot.Proxy.Changes(); len(changes) != 0 {
		t.Errorf("the homeserver was changed: %v", changes)
	}
	out := ask("y")
	if out.Code != 0 {
		t.Errorf("yes: exit status %d: %s", out.Code, out.Stderr)
	}
	decode(t, out.Stdout)
	if changes := bot.Proxy.Changes(); len(changes) != 1 {
		t.Errorf("the homeserver was changed %d times, want 1: %v", len(changes), changes)
	}
}

// A password that is typed is not shown, and has to be the same twice.
func TestHiddenQuestion(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{Proxy: true})
	victim := bot.Synapse.NewUser(t, "victim")
	set := func(first, second string) *harness.Terminal {
		t.Helper()
		terminal := bot.OnTerminal("user", "password", victim.UserID)
		terminal.Expect("New password: ")
		terminal.Type(first)
		terminal.Expect("Once more: ")
		terminal.Type(second)
		return terminal
	}
	if out := set("one-password", "another-password").End(); out.Code != 2 {
		t.Errorf("two different ones: exit status %d, want 2: %s", out.Code, out.Stderr)
	}
	terminal := set("typed-password", "typed-password")
	terminal.Expect("[y/N]")
	terminal.Type("y")
	out := terminal.End()
	if out.Code != 0 || strings.Contains(out.Stdout+out.Stderr, "-password\n") {
		t.Errorf("exit status %d, or the password is shown: %s", out.Code, out.Stderr)
	}
	if _, err := bot.Synapse.Login(harness.Step(t), victim.Localpart, "typed-password"); err != nil {
		t.Errorf("the typed password does not work: %v", err)
	}
}

// Ctrl-C ends a call at once, and it is said whether something may have been changed.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{Proxy: true})
	victim := bot.Synapse.NewUser(t, "victim")
	bot.Proxy.Disturb(-1, harness.OnAdmin, harness.Hang)
	for command, said := range map[string]string{
		"user details " + victim.UserID:       "Nothing was changed.",
		"regtok new --token interrupted":      "unknown whether anything was changed",
		"notice send " + victim.UserID + " x": "unknown whether anything was changed",
	} {
		bot.Proxy.Forget()
		terminal := bot.OnTerminal(strings.Fields(command)...)
		bot.Proxy.Await(harness.OnAdmin)
		terminal.Interrupt()
		if out := terminal.End(); out.Code != 130 || !strings.Contains(out.Stderr, said) || out.Stdout != "" {
			t.Errorf("%s: exit status %d, want 130; want %q: %s", command, out.Code, said, out.Stderr)
		}
	}
}

// Ctrl-C ends a question, too, and what was typed so far counts for nothing.
func TestInterruptQuestion(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{Proxy: true})
	victim := bot.Synapse.NewUser(t, "victim")
	for question, command := range map[string]string{"[y/N]": "user deactivate ", "New password: ": "user password "} {
		terminal := bot.OnTerminal(strings.Fields(command + victim.UserID)...)
		terminal.Expect(question)
		terminal.Interrupt()
		if out := terminal.End(); out.Code != 130 || !strings.Contains(out.Stderr, "Nothing was changed.") {
			t.Errorf("%s: exit status %d, want 130: %s", question, out.Code, out.Stderr)
		}
	}
	if changes := bot.Proxy.Changes(); len(changes) != 0 {
		t.Errorf("the homeserver was changed: %v", changes)
	}
}

// On a terminal, people are asked what init and config need, and may leave without anything written.
func TestSetupAsks(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{})
	dir := filepath.Join(t.TempDir(), "new")
	arguments := []string{"init", "--dir", dir, "--software", "synapse", "--owner", "@ada:" + bot.Synapse.ServerName}

	terminal := bot.OnTerminal(arguments...)
	terminal.Expect("Address of the homeserver")
	terminal.Interrupt()
	if out := terminal.End(); out.Code != 130 {
		t.Errorf("interrupted: exit status %d, want 130: %s", out.Code, out.Stderr)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("init wrote something before it was answered")
	}

	terminal = bot.OnTerminal(arguments...)
	terminal.Expect("Address of the homeserver")
	terminal.Type("nonsense")
	terminal.Expect("nonsense\" is no")
	terminal.Type(bot.Synapse.URL)
	if out := terminal.End(); out.Code != 0 {
		t.Errorf("init: exit status %d: %s", out.Code, out.Stderr)
	}

	file := filepath.Join(dir, "terminal.yaml")
	terminal = bot.OnTerminal("config", "-c", file)
	terminal.Expect("Name of the admin")
	terminal.Type("root")
	terminal.Expect("Access token of the admin [not set]: ")
	terminal.Type("typed-token")
	terminal.Expect("Address of the homeserver")
	terminal.Interrupt()
	if out := terminal.End(); out.Code != 130 || strings.Contains(out.Stderr, "typed-token") {
		t.Errorf("config: exit status %d, want 130, or the token is shown: %s", out.Code, out.Stderr)
	}
}
