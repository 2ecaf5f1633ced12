package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"caretaker/config"
)

// TestKeepLosesNothing: which of the old tokens a homeserver has installed is not known here.
func TestKeepLosesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "registration.yaml")
	if backup, err := config.Keep(path); err != nil || backup != "" {
		t.Errorf("of nothing: %q, %v", backup, err)
	}
	keep := func(text, want string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		backup, err := config.Keep(path)
		if err != nil || backup != path+want {
			t.Errorf("%s is kept in %q, %v, want %q", text, backup, err, want)
		}
	}
	keep("first", ".bak")
	keep("second", ".bak.1")
	keep("third", ".bak.2")
	keep("second", ".bak.1") // is kept already
	for name, want := range map[string]string{".bak": "first", ".bak.1": "second", ".bak.2": "third"} {
		got, _ := os.ReadFile(path + name)
		info, err := os.Stat(path + name)
		if string(got) != want || err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s holds %q, want %q (%v, %v)", name, got, want, info, err)
		}
	}
	long := filepath.Join(filepath.Dir(path), fmt.Sprintf("%0253d", 1)) // with .bak it is longer than names may be
	if err := os.WriteFile(long, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Keep(long); err == nil {
		t.Error("a copy that cannot be made")
	}
}
