package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"caretaker/store"

	"golang.org/x/sys/unix"
)

func TestOpenKeepsWhatWasCommittedWithoutClose(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "caretaker.db")
	crashed := openStore(t, path, store.Options{})
	ok(t, crashed.SetSetting(t.Context(), "a", "1"))
	again := openStore(t, path, store.Options{})
	value, _, err := again.Setting(t.Context(), "a")
	ok(t, err)
	equal(t, "setting", value, "1")
	ok(t, again.Integrity(t.Context()))
}

func TestOpenMakesAFileForOurselvesOnly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "folder")
	s := openStore(t, filepath.Join(dir, "caretaker.db"), store.Options{})
	ok(t, s.SetSetting(t.Context(), "a", "1"))
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	ok(t, err)
	equal(t, "files", len(files), 3)
	for _, file := range files {
		info, err := os.Stat(file)
		ok(t, err)
		equal(t, "mode of "+filepath.Base(file), info.Mode().Perm(), 0o600)
	}
}

func TestOpenTakesAnyPath(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"with blank.db", "a?mode=memory.db", "100%20.db", "#1.db", "ä.db"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), name)
			s := openStore(t, path, store.Options{})
			equal(t, "path", s.Path(), path)
			ok(t, s.SetSetting(t.Context(), "a", "1"))
			if _, err := os.Stat(path); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOpenSettings(t *testing.T) {
	t.Parallel()
	s := openStore(t, "file:"+filepath.Join(t.TempDir(), "caretaker.db"), store.Options{})
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "busy_timeout": "5000", "foreign_keys": "1", "secure_delete": "1",
	} {
		got, err := s.Pragma(t.Context(), pragma)
		ok(t, err)
		equal(t, pragma, got, want)
	}
}

func TestOpenNamesTheFault(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(t *testing.T, path string)
		reads   bool
		kind    error
		words   []string
	}{
		"newer schema": {
			prepare: func(t *testing.T, path string) { rawExec(t, path, `UPDATE version SET version = 7, compat = 7`) },
			kind:    store.ErrNewerSchema,
			words:   []string{"version 7", "version 1", "install the newer"},
		},
		"newer schema, reading": {
			prepare: func(t *testing.T, path string) { rawExec(t, path, `UPDATE version SET version = 7, compat = 7`) },
			reads:   true,
			kind:    store.ErrNewerSchema,
			words:   []string{"version 7", "version 1"},
		},
		"older schema, reading": {
			prepare: func(t *testing.T, path string) { rawExec(t, path, `UPDATE version SET version = 0, compat = 0`) },
			reads:   true,
			kind:    store.ErrOlderSchema,
			words:   []string{"restart the daemon"},
		},
		"missing, reading": {
			prepare: func(t *testing.T, path string) { ok(t, os.Remove(path)) },
			reads:   true,
			kind:    store.ErrMissing,
			words:   []string{"caretaker run"},
		},
		"empty, reading": {
			prepare: func(t *testing.T, path string) { ok(t, os.Truncate(path, 0)) },
			reads:   true,
			kind:    store.ErrMissing,
			words:   []string{"empty"},
		},
		"a text file": {
			prepare: func(t *testing.T, path string) { ok(t, os.WriteFile(path, []byte("homeserver:\n"), 0o600)) },
			kind:    store.ErrNotDatabase,
			words:   []string{"database.uri"},
		},
		"a folder": {
			prepare: func(t *testing.T, path string) { ok(t, os.Remove(path)); ok(t, os.Mkdir(path, 0o700)) },
			kind:    store.ErrNotDatabase,
			words:   []string{"database.uri"},
		},
		"a folder, reading": {
			prepare: func(t *testing.T, path string) { ok(t, os.Remove(path)); ok(t, os.Mkdir(path, 0o700)) },
			reads:   true,
			kind:    store.ErrNotDatabase,
			words:   []string{"database.uri"},
		},
		"a file instead of its folder, reading": {
			prepare: func(t *testing.T, path string) {
				ok(t, os.RemoveAll(filepath.Dir(path)))
				ok(t, os.WriteFile(filepath.Dir(path), nil, 0o600))
			},
			reads: true,
			kind:  store.ErrNoFolder,
			words: []string{"leads through a file", "correct data_dir"},
		},
		"a file instead of its folder": {
			prepare: func(t *testing.T, path string) {
				ok(t, os.RemoveAll(filepath.Dir(path)))
				ok(t, os.WriteFile(filepath.Dir(path), nil, 0o600))
			},
			kind:  store.ErrNoFolder,
			words: []string{"leads through a file", "correct data_dir"},
		},
		"tables of somebody else": {
			prepare: func(t *testing.T, path string) { ok(t, os.Remove(path)); rawExec(t, path, `CREATE TABLE events (a)`) },
			kind:    store.ErrForeign,
			words:   []string{"another program"},
		},
		"another bot": {
			prepare: func(t *testing.T, path string) { rawExec(t, path, `UPDATE database_owner SET owner = 'meowlnir'`) },
			kind:    store.ErrForeign,
			words:   []string{"meowlnir"},
		},
		"cut off": {
			prepare: func(t *testing.T, path string) { ok(t, os.Truncate(path, 3*4096)) },
			kind:    store.ErrDamaged,
			words:   []string{"backup", ".recover"},
		},
		"first page overwritten": {
			prepare: func(t *testing.T, path string) { overwrite(t, path, 100, 3000) },
			kind:    store.ErrDamaged,
			words:   []string{"backup"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "caretaker.db")
			ok(t, openStore(t, path, store.Options{}).Close())
			test.prepare(t, path)
			s, err := store.Open(t.Context(), path, store.Options{ReadOnly: test.reads})
			if err == nil {
				_ = s.Close()
				t.Fatal("opened")
			}
			var known *store.OpenError
			if !errors.Is(err, test.kind) || !errors.As(err, &known) {
				t.Fatalf("got %v, want %v", err, test.kind)
			}
			for _, words := range append(test.words, path) {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("%q does not say %q", err, words)
				}
			}
		})
	}
}

func TestNewerButCompatibleSchemaIsUsed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "caretaker.db")
	ok(t, openStore(t, path, store.Options{}).Close())
	rawExec(t, path, `UPDATE version SET version = 7, compat = 1`)
	ok(t, openStore(t, path, store.Options{}).SetSetting(t.Context(), "a", "1"))
}

func TestIntegrityFindsDamageInside(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "caretaker.db")
	s := openStore(t, path, store.Options{})
	for range 200 {
		_, err := s.AuditNote(t.Context(), store.AuditRecord{Detail: strings.Repeat("x", 500)})
		ok(t, err)
	}
	ok(t, s.Integrity(t.Context()))
	ok(t, s.Close())
	info, err := os.Stat(path)
	ok(t, err)
	overwrite(t, path, info.Size()-10*4096, 4096)
	err = openStore(t, path, store.Options{ReadOnly: true}).Integrity(t.Context())
	if !errors.Is(err, store.ErrDamaged) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}

func TestReadOnlyChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "caretaker.db")
	if _, err := store.Open(t.Context(), path, store.Options{ReadOnly: true}); err == nil {
		t.Fatal("opened what is not there")
	}
	if files, _ := os.ReadDir(dir); len(files) > 0 {
		t.Fatalf("reading made %v", files)
	}
	ok(t, openStore(t, path, store.Options{}).Close())
	s := openStore(t, path, store.Options{ReadOnly: true})
	_, outcome := s.AddEvents(t.Context(), []store.InboxEvent{{EventID: "$a"}})
	for what, err := range map[string]error{"setting": s.SetSetting(t.Context(), "a", "1"), "event": outcome} {
		if !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

// Another OS user than the daemon's: may read, may not write, neither the file nor its folder.
func TestReadOnlyWithoutTheRightToWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "caretaker.db")
	s := openStore(t, path, store.Options{})
	ok(t, s.SetSetting(t.Context(), "a", "1"))
	ok(t, s.Close())
	ok(t, os.Chmod(path, 0o444))
	ok(t, os.Chmod(dir, 0o555))
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	allowOthersInto(t, dir)

	words := "permissions"
	if os.Geteuid() == 0 {
		ok(t, os.Chown(path, 12345, 12345))
		words = `OS user "12345"`
	}
	asSomebodyElse(t, func(t *testing.T) {
		ctx := context.WithoutCancel(t.Context()) // with one that can end, the driver uses other threads
		_, err := store.Open(ctx, path, store.Options{})
		if !errors.Is(err, store.ErrNotWritable) || !strings.Contains(err.Error(), words) {
			t.Errorf("writing: got %v", err)
		}
		s, err := store.Open(ctx, path, store.Options{ReadOnly: true})
		if err != nil {
			t.Errorf("reading: %v", err)
			return
		}
		defer func() { _ = s.Close() }()
		if value, _, err := s.Setting(ctx, "a"); value != "1" || err != nil {
			t.Errorf("got %q, %v", value, err)
		}
	})
}

func TestUnreadableFileNamesItsOwner(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "caretaker.db")
	ok(t, openStore(t, path, store.Options{}).Close())
	ok(t, os.Chmod(path, 0))
	allowOthersInto(t, dir)
	asSomebodyElse(t, func(t *testing.T) {
		_, err := store.Open(context.WithoutCancel(t.Context()), path, store.Options{ReadOnly: true})
		if !errors.Is(err, store.ErrNotReadable) || !strings.Contains(err.Error(), path) {
			t.Errorf("got %v", err)
		}
	})
}

// asSomebodyElse runs f without root's rights on files, where the tests run as root.
func asSomebodyElse(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if os.Geteuid() == 0 {
			runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
			if err := unix.Setfsuid(65534); err != nil {
				t.Error(err)
				return
			}
		}
		f(t)
	}()
	<-done
}

// allowOthersInto opens the way to a folder of t.TempDir, not the folder itself.
func allowOthersInto(t *testing.T, dir string) {
	t.Helper()
	for parent := filepath.Dir(dir); parent != os.TempDir() && parent != "/"; parent = filepath.Dir(parent) {
		info, err := os.Stat(parent)
		ok(t, err)
		ok(t, os.Chmod(parent, info.Mode().Perm()|0o055))
	}
}

func overwrite(t *testing.T, path string, offset int64, length int) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	ok(t, err)
	defer file.Close()
	_, err = file.WriteAt([]byte(strings.Repeat("\xA5", length)), offset)
	ok(t, err)
}
