package harness

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"gopkg.in/yaml.v3"

	"caretaker/homeserver"
)

// place is a bot that was set up and did not run yet.
type place struct {
	dir          string // has config.yaml and what belongs to it
	registration string // path
	localpart    string // of the bot
	owner        string // localpart of its owner, who has no account yet
	address      string // where it listens
}

// initPlace runs `caretaker init` in a directory of its own.
func initPlace(t testing.TB, server *homeserver.Server, number int, more []string) (place, error) {
	binary, err := current.binary()
	if err != nil {
		return place{}, err
	}
	port, err := homeserver.FreePort()
	if err != nil {
		return place{}, err
	}
	p := place{
		dir:       filepath.Join(server.Dir, fmt.Sprintf("bot-%d", number)),
		localpart: fmt.Sprintf("caretaker%d", number),
		owner:     fmt.Sprintf("owner%d", number),
		address:   fmt.Sprintf("127.0.0.1:%d", port),
	}
	p.registration = filepath.Join(p.dir, "registration.yaml")
	secret := filepath.Join(p.dir, "shared-secret")
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return place{}, fmt.Errorf("make the bot's directory: %w", err)
	}
	if err := os.WriteFile(secret, []byte(server.SharedSecret+"\n"), 0o600); err != nil {
		return place{}, fmt.Errorf("write the shared secret: %w", err)
	}
	arguments := append([]string{
		"init", "--dir", p.dir, "--homeserver-url", server.URL, "--server-name", server.ServerName, "--software", "synapse",
		"--listen", p.address, "--url", "http://" + p.address, "--localpart", p.localpart,
		"--owner", "@" + p.owner + ":" + server.ServerName, "--registration-shared-secret-file", secret,
	}, more...)
	run := command(t.Context(), binary, p.dir, arguments...)
	if out, err := run.CombinedOutput(); err != nil {
		return place{}, fmt.Errorf("caretaker init: %w\n%s", err, out)
	}
	return p, nil
}

// command prepares a call of the program with an environment that has nothing of the machine's user.
func command(ctx context.Context, binary, dir string, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, arguments...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TZ=UTC", "LANG=C.UTF-8"}
	return cmd
}

// editYAML lays values over a YAML file, deeply.
func editYAML(path string, values map[string]any) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("edit %s: %w", filepath.Base(path), err)
	}
	document := map[string]any{}
	if err := yaml.Unmarshal(content, &document); err != nil {
		return fmt.Errorf("edit %s: %w", filepath.Base(path), err)
	}
	overlay(document, values)
	if content, err = yaml.Marshal(document); err != nil {
		return fmt.Errorf("edit %s: %w", filepath.Base(path), err)
	}
	return os.WriteFile(path, content, 0o600)
}

func overlay(document, values map[string]any) {
	for key, value := range values {
		below, isMap := value.(map[string]any)
		there, wasMap := document[key].(map[string]any)
		if isMap && wasMap {
			overlay(there, below)
			continue
		}
		document[key] = value
	}
}
