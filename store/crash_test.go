package store_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caretaker/store"

	"maunium.net/go/mautrix/id"
)

// childFolder makes the test binary the process that is killed.
const childFolder = "CARETAKER_STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		fmt.Println("failed:", child(context.Background(), dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// child takes the lock and acknowledges events until it is killed.
func child(ctx context.Context, dir string) error {
	if _, err := store.AcquireLock(filepath.Join(dir, "caretaker.lock")); err != nil {
		return err
	}
	s, err := store.Open(ctx, filepath.Join(dir, "caretaker.db"), store.Options{})
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		event := id.EventID(fmt.Sprint("$", n))
		if err := s.AddTransaction(ctx, []store.InboxEvent{{EventID: event, Raw: []byte(`{}`)}}); err != nil {
			return err
		}
		if _, err := s.AuditIntent(ctx, store.AuditRecord{EventID: event}); err != nil {
			return err
		}
		fmt.Println(event)
	}
}

func TestKillLosesNothingAndFreesTheLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lock := filepath.Join(dir, "caretaker.lock")
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), childFolder+"="+dir)
	output, err := process.StdoutPipe()
	ok(t, err)
	ok(t, process.Start())
	lines := bufio.NewScanner(output)
	var acknowledged []id.EventID
	for len(acknowledged) < 50 && lines.Scan() {
		acknowledged = append(acknowledged, id.EventID(lines.Text()))
	}
	_, err = store.AcquireLock(lock)
	if !errors.Is(err, store.ErrLocked) || !strings.Contains(err.Error(), fmt.Sprint(process.Process.Pid)) {
		t.Errorf("while it lives: got %v", err)
	}
	ok(t, process.Process.Kill())
	for lines.Scan() {
		acknowledged = append(acknowledged, id.EventID(lines.Text()))
	}
	_ = process.Wait()

	held, err := store.AcquireLock(lock)
	ok(t, err)
	ok(t, held.Release())
	s := openStore(t, filepath.Join(dir, "caretaker.db"), store.Options{})
	known, err := s.Known(t.Context(), acknowledged)
	ok(t, err)
	for _, event := range acknowledged {
		if !known[event] {
			t.Errorf("%s was acknowledged and is lost", event)
		}
	}
	ok(t, s.Integrity(t.Context()))
	result, err := s.AuditVerify(t.Context())
	ok(t, err)
	equal(t, "audit chain", result.OK, true)
}

func TestLockIsForOne(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "caretaker.lock")
	held := func(want bool) {
		t.Helper()
		holder, held, err := store.LockHolder(path)
		ok(t, err)
		equal(t, "held", held, want)
		if want && (holder.PID != os.Getpid() || time.Since(holder.Since).Abs() > time.Minute) {
			t.Errorf("held by %+v", holder)
		}
	}
	held(false)
	first, err := store.AcquireLock(path)
	ok(t, err)
	if _, err := store.AcquireLock(path); !errors.Is(err, store.ErrLocked) || !strings.Contains(err.Error(), path) {
		t.Fatalf("second: got %v", err)
	}
	held(true)
	ok(t, first.Release())
	held(false)
	second, err := store.AcquireLock(path)
	ok(t, err)
	held(true)
	ok(t, second.Release())
}

func TestLockDoesNotFollowLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	victim := filepath.Join(dir, "victim")
	ok(t, os.WriteFile(victim, []byte("precious"), 0o600))
	ok(t, os.Symlink(victim, filepath.Join(dir, "caretaker.lock")))
	if _, err := store.AcquireLock(filepath.Join(dir, "caretaker.lock")); err == nil {
		t.Error("locked what the link points to")
	}
	content, err := os.ReadFile(victim)
	ok(t, err)
	equal(t, "victim", string(content), "precious")
}

// After the outcome no file may hold what a row said before.
func TestScrubbedSecretsAreNowhere(t *testing.T) {
	t.Parallel()
	const canary = "canary-5f2b-password"
	for name, filler := range map[string]int{"short": 10, "on overflow pages": 20_000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, c := newStore(t)
			secret := strings.Repeat("x", filler) + canary + strings.Repeat("y", filler)
			ok(t, s.AddTransaction(t.Context(), append(events(50), store.InboxEvent{EventID: "$secret", Raw: []byte(`{"body":"` + secret + `"}`)})))
			equal(t, "secret is in the arrival", holds(t, s.Path(), canary), true)
			_, err := s.PendingAfter(t.Context(), 0, 100)
			ok(t, err)
			ok(t, s.AddPrompt(t.Context(), store.Prompt{Code: "ABC234", EventID: "$secret", Line: secret, Body: secret, Frozen: secret, ExpiresTS: c.Now()}))
			ok(t, s.Enqueue(t.Context(), store.Out{EventID: "$secret", Step: "dm", Content: []byte(`"` + secret + `"`)}))
			equal(t, "secret is in the files", holds(t, s.Path(), canary), true)

			ok(t, s.MarkSent(t.Context(), 1, "$dm"))
			_, err = s.AnswerPrompt(t.Context(), "ABC234", store.PromptVoid, "", c.Now())
			ok(t, err)
			ok(t, s.Finish(t.Context(), "$secret", store.InboxDone, "user password ***"))
			complete, err := s.ScrubAfterSecret(t.Context())
			ok(t, err)
			equal(t, "complete", complete, true)
			equal(t, "secret is in the files", holds(t, s.Path(), canary), false)
			timeout, err := s.Pragma(t.Context(), "busy_timeout")
			ok(t, err)
			equal(t, "busy_timeout", timeout, "5000")
		})
	}
}

func TestScrubDoesNotWaitForAReader(t *testing.T) {
	t.Parallel()
	s := chained(t)
	for _, err := range s.AuditExport(t.Context()) {
		ok(t, err)
		_, err = s.AddEvents(t.Context(), events(1))
		ok(t, err)
		complete, err := s.ScrubAfterSecret(t.Context())
		ok(t, err)
		equal(t, "complete while somebody reads", complete, false)
		break
	}
	complete, err := s.ScrubAfterSecret(t.Context())
	ok(t, err)
	equal(t, "complete", complete, true)
	err = s.InTx(t.Context(), func(ctx context.Context) error { _, err := s.ScrubAfterSecret(ctx); return err })
	if err == nil {
		t.Error("scrubbed inside a transaction")
	}
}

func holds(t *testing.T, path, text string) bool {
	t.Helper()
	found := false
	for _, suffix := range []string{"", "-wal", "-shm"} {
		content, err := os.ReadFile(path + suffix)
		ok(t, err)
		found = found || bytes.Contains(content, []byte(text))
		for shift := range 3 { // as it looks in base64 after any number of other bytes
			code := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + text + "xx"))
			found = found || bytes.Contains(content, []byte(code[4:len(text)]))
		}
	}
	return found
}
