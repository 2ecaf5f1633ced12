package admin_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"caretaker/admin"
)

func TestErrors(t *testing.T) {
	t.Parallel()
	cases := []struct {
		err  *admin.Error
		code admin.Code
		says string
	}{
		{admin.Failed("cannot lock %s", "@a:b"), admin.CodeFailed, "cannot lock @a:b"},
		{admin.NotFound("user %s does not exist", "@a:b"), admin.CodeNotFound, "user @a:b does not exist"},
		{admin.Denied("no"), admin.CodeDenied, "no"},
		{admin.Unavailable("gone"), admin.CodeUnavailable, "gone"},
		{admin.Unsupported("user lock", "user suspend"), admin.CodeUnsupported, `this server does not support "user lock"`},
	}
	for _, tc := range cases {
		wrapped := fmt.Errorf("run command: %w", tc.err)
		if admin.CodeOf(wrapped) != tc.code || tc.err.Error() != tc.says || admin.OutcomeUnknown(wrapped) {
			t.Errorf("%s %q, want %s %q", admin.CodeOf(wrapped), tc.err, tc.code, tc.says)
		}
		if admin.IsNotFound(wrapped) != (tc.code == admin.CodeNotFound) {
			t.Errorf("%q: not found is %v", tc.err, admin.IsNotFound(wrapped))
		}
	}
	if hint := admin.Unsupported("x", "user suspend").Hint; hint != "user suspend" {
		t.Errorf("hint %q", hint)
	}
	if admin.CodeOf(io.EOF) != "" || admin.CodeOf(nil) != "" {
		t.Error("other errors have a code")
	}
	unknown := &admin.Error{Code: admin.CodeUnavailable, Message: "x", Sent: true, Cause: io.EOF}
	if !admin.OutcomeUnknown(unknown) || !errors.Is(unknown, io.EOF) {
		t.Error("a lost answer must say that its outcome is unknown, and why")
	}
}

func TestLongMessagesAreCut(t *testing.T) {
	t.Parallel()
	message := admin.Failed("cannot lock %s", strings.Repeat("ü", 500)).Message
	if n := utf8.RuneCountInString(message); n != 160 || !strings.HasSuffix(message, "…") {
		t.Errorf("%d characters: %s", n, message)
	}
}
