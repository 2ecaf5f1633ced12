package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// NotFound is the error of [Find] where no configuration exists.
type NotFound struct {
	Looked []string // the paths that were tried, in order
}

func (e *NotFound) Error() string {
	return fmt.Sprintf("there is no configuration file (looked for %s); write one with init or config, or name it with -c", strings.Join(e.Looked, ", "))
}

// Find gives the path of the configuration file: the argument of -c, else
// $CARETAKER_CONFIG, ./config.yaml, ~/.config/caretaker/config.yaml,
// /etc/caretaker/config.yaml. The first two are taken as they are, the others
// if they exist; a *[NotFound] error if none does.
func Find(flag string) (path string, err error) {
	if flag != "" {
		return flag, nil
	}
	if path := os.Getenv("CARETAKER_CONFIG"); path != "" {
		return path, nil
	}
	candidates := []string{"config.yaml", UserFile(), "/etc/caretaker/config.yaml"}
	for _, path := range candidates {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	return "", &NotFound{Looked: candidates}
}

// UserFile is the configuration that belongs to the person at the terminal,
// ~/.config/caretaker/config.yaml.
func UserFile() string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = "~"
	}
	return filepath.Join(home, ".config", "caretaker", "config.yaml")
}

// place notes where the configuration came from; relative paths start there.
func (c *Config) place(path string) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("find the folder of %s: %w", path, err)
	}
	c.path, c.dir = path, filepath.Dir(abs)
	return nil
}

func (c *Config) dataDir(env func(string) (string, bool)) string {
	if c.DataDir != "" {
		return within(c.dir, c.DataDir)
	}
	if state, _ := env("STATE_DIRECTORY"); state != "" {
		first, _, _ := strings.Cut(state, ":") // systemd separates several by colons
		return first
	}
	return c.dir
}

// Path is the file that the configuration was loaded from, as it was named;
// empty for [Default].
func (c *Config) Path() string { return c.path }

// DataFolder is the absolute path of the folder of database, lock and admin token.
func (c *Config) DataFolder() string { return c.data }

// DatabaseFile is the absolute path of the SQLite database.
func (c *Config) DatabaseFile() string { return within(c.data, c.Database.URI) }

// LockFile is held by the process whose workers work on inbox and jobs.
func (c *Config) LockFile() string { return within(c.data, "caretaker.lock") }

// AdminTokenFile is where the bot's own admin token is kept, mode 0600.
func (c *Config) AdminTokenFile() string { return within(c.data, "admin.token") }

// RegistrationFile is the absolute path of the registration file.
func (c *Config) RegistrationFile() string { return within(c.dir, c.Appservice.Registration) }

// File resolves any other path of the configuration, such as bot.avatar or a
// log's filename: relative ones start at the folder of the configuration file.
func (c *Config) File(path string) string { return within(c.dir, path) }
