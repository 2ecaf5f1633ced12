package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"caretaker/e2e/harness"
)

// Standard output has the result and nothing else; in the machine formats that is exactly one document.
func TestOutput(t *testing.T) {
	t.Parallel()
	bot := harness.StartBot(t, harness.BotOptions{})
	room := bot.Owner.NewRoom(bot)
	bot.Owner.Ask(room, probe)
	formats := slices.Sorted(maps.Keys(readable))
	for i, command := range []string{
		"whoami", "status", "version", "check", "bot rooms", "user list -l 2", "user search owner", "user details " + bot.Owner.Localpart,
		"user whois " + bot.Owner.Localpart, "room list", "room details " + room, "room members " + room, "regtok list",
		"media list -u " + bot.Owner.Localpart, "audit list", "audit export", "audit verify", "regtok new --uses-allowed 1", "help",
	} {
		// Two of the formats for each will do: commands know nothing of them.
		for _, format := range []string{"json", formats[i%len(formats)]} {
			out := bot.CLI(append(strings.Fields(command), "-o", format)...)
			if out.Code != 0 || out.Stderr != "" && !strings.HasPrefix(out.Stderr, "next page: ") {
				t.Errorf("%s as %s: exit status %d, standard error %q", command, format, out.Code, out.Stderr)
			}
			if err := readable[format](out.Stdout); err != nil {
				t.Errorf("%s as %s: %v: %.300q", command, format, err, out.Stdout)
			}
		}
	}
}

// readable reads an output format, and fails where something is left or missing.
var readable = map[string]func(string) error{
	"json": oneJSON, "minified": oneJSON,
	"ndjson": func(text string) error {
		for line := range strings.Lines(text) {
			if err := oneJSON(line); err != nil {
				return err
			}
		}
		return nil
	},
	"yaml": func(text string) error {
		decoder := yaml.NewDecoder(strings.NewReader(text))
		if err := decoder.Decode(new(any)); err != nil {
			return err
		}
		if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
			return io.ErrShortBuffer
		}
		return nil
	},
	"csv": func(text string) error {
		_, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		return err
	},
	"human": someText, "table": someText, "pprint": someText,
}

func oneJSON(text string) error {
	decoder := json.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(new(any)); err != nil {
		return err
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return io.ErrShortBuffer
	}
	return nil
}

func someText(text string) error {
	if strings.TrimSpace(text) == "" || !strings.HasSuffix(text, "\n") {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// Without a terminal nobody is asked: nothing is done, also when somebody pipes a yes.
func TestQuestionWithoutTerminal(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{Proxy: true})
	victim := bot.Synapse.NewUser(t, "victim")
	for command, word := range map[string]string{
		"user deactivate " + victim.UserID:                       "--yes",
		"user deactivate " + victim.UserID + " --yes --expect 2": "--expect",
		"user password " + victim.UserID:                         "--generate",
		"user password " + victim.UserID + " --yes":              "--generate",
		"user password " + victim.UserID + " -p secret-password": "--yes",
		"user register new-" + victim.Localpart:                  "--generate",
		"user modify " + victim.UserID + " -P secret-password":   "--yes",
	} {
		out := bot.CLIWith("y\nyes\n", strings.Fields(command)...)
		first, _, _ := strings.Cut(out.Stderr, "\n")
		if out.Code != 2 || out.Stdout != "" || !strings.HasPrefix(first, "caretaker: ") || !strings.Contains(first, word) {
			t.Errorf("%s: exit status %d, want 2 and %s: %s%s", command, out.Code, word, out.Stdout, out.Stderr)
		}
		if strings.Contains(out.Stderr, "***") {
			t.Errorf("%s: the hint would set another password: %s", command, out.Stderr)
		}
	}
	if changes := bot.Proxy.Changes(); len(changes) != 0 {
		t.Errorf("the homeserver was changed: %v", changes)
	}
	out := bot.CLI("user", "deactivate", victim.UserID, "--yes", "--expect", "1")
	if out.Code != 0 {
		t.Errorf("--yes with the true number: exit status %d: %s", out.Code, out.Stderr)
	}
}

// What one admin API call answers is what programs get, all keys, whatever the version of the server.
func TestServersOwnAnswer(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{Proxy: true})
	root := bot.Synapse.NewAdmin(t, "root")
	for command, path := range map[string]string{
		"user details " + root.UserID: "/_synapse/admin/v2/users/" + url.PathEscape(root.UserID),
		"version":                     "/_synapse/admin/v1/server_version",
		"regtok list":                 "/_synapse/admin/v1/registration_tokens",
		"user whois " + root.UserID:   "/_synapse/admin/v1/whois/" + url.PathEscape(root.UserID),
	} {
		var want, got map[string]any
		if err := root.Do(harness.Step(t), "GET", path, nil, &want); err != nil {
			t.Fatal(err)
		}
		out := bot.CLI(append(strings.Fields(command), "-o", "minified")...)
		if err := json.NewDecoder(bytes.NewReader([]byte(out.Stdout))).Decode(&got); err != nil {
			t.Errorf("%s: %v: %s", command, err, out.Stderr)
			continue
		}
		for key := range want {
			if _, there := got[key]; !there {
				t.Errorf("%s lacks %s: %s", command, key, out.Stdout)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s has %d keys, the server's answer %d", command, len(got), len(want))
		}
	}
}
