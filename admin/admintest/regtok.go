package admintest

import (
	"context"
	"slices"
	"testing"
	"time"

	"caretaker/admin"
)

type regtokAPI interface {
	RegistrationTokens(ctx context.Context, valid *bool) (admin.Answer[admin.RegistrationTokens], error)
	RegistrationToken(ctx context.Context, token string) (admin.Answer[admin.RegistrationToken], error)
	NewRegistrationToken(ctx context.Context, token admin.NewRegistrationToken) (admin.Answer[admin.RegistrationToken], error)
	UpdateRegistrationToken(ctx context.Context, token string, change admin.UpdateRegistrationToken) (admin.Answer[admin.RegistrationToken], error)
	DeleteRegistrationToken(ctx context.Context, token string) (admin.Answer[admin.Done], error)
}

// testRegtok makes tokens, changes their limits and deletes them.
func testRegtok(t *testing.T, api regtokAPI) {
	ctx, name := t.Context(), unique("tok")
	expiry := time.Now().Add(time.Hour).UnixMilli()
	got := must[admin.RegistrationToken](t, "new")(api.NewRegistrationToken(ctx, admin.NewRegistrationToken{
		Token: name, UsesAllowed: ptr(int64(3)), ExpiryTime: &expiry,
	}))
	if got.Token != name || got.UsesAllowed == nil || *got.UsesAllowed != 3 || got.Expires().UnixMilli() != expiry {
		t.Errorf("new token %+v", got)
	}
	_, err := api.NewRegistrationToken(ctx, admin.NewRegistrationToken{Token: name})
	wantCode(t, "same token twice", err, admin.CodeFailed, name)

	got = must[admin.RegistrationToken](t, "update")(api.UpdateRegistrationToken(ctx, name, admin.UpdateRegistrationToken{
		ExpiryTime: admin.Clear[int64](),
	}))
	if got.ExpiryTime != nil || got.UsesAllowed == nil || *got.UsesAllowed != 3 {
		t.Errorf("after the expiry was cleared: %+v", got)
	}
	must[admin.RegistrationToken](t, "update")(api.UpdateRegistrationToken(ctx, name, admin.UpdateRegistrationToken{
		UsesAllowed: admin.Set(int64(0)),
	}))
	for valid, want := range map[*bool]bool{nil: true, ptr(true): false, ptr(false): true} {
		list := must[admin.RegistrationTokens](t, "list")(api.RegistrationTokens(ctx, valid))
		if slices.ContainsFunc(list.Tokens, func(t admin.RegistrationToken) bool { return t.Token == name }) != want {
			t.Errorf("a token without uses is in the list with valid=%v: %v", valid, !want)
		}
	}
	must[admin.Done](t, "delete")(api.DeleteRegistrationToken(ctx, name))
	_, err = api.RegistrationToken(ctx, name)
	wantCode(t, "deleted token", err, admin.CodeNotFound, name)

	random := must[admin.RegistrationToken](t, "new")(api.NewRegistrationToken(ctx, admin.NewRegistrationToken{}))
	if len(random.Token) != 16 || random.UsesAllowed != nil || !random.Expires().IsZero() {
		t.Errorf("random token %+v", random)
	}
	must[admin.Done](t, "delete")(api.DeleteRegistrationToken(ctx, random.Token))
}
