package admin_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"caretaker/admin"
)

func TestCreatedAt(t *testing.T) {
	t.Parallel()
	want := time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC)
	for _, ts := range []int64{1_700_000_000, 1_700_000_000_000} {
		if got := (admin.User{CreationTS: ts}).CreatedAt(); !got.Equal(want) {
			t.Errorf("%d is %s, want %s", ts, got, want)
		}
	}
	if got := (admin.User{}).CreatedAt(); !got.IsZero() {
		t.Errorf("0 is %s, want the zero time", got)
	}
	if got := (admin.User{}).LastSeen(); !got.IsZero() {
		t.Errorf("never seen is %s, want the zero time", got)
	}
}

func TestCursor(t *testing.T) {
	t.Parallel()
	cases := []struct {
		raw  string
		want admin.Cursor
		from int
		more bool
	}{
		{`{"next_token":"100"}`, "100", 100, true},
		{`{"next_token":100}`, "100", 100, true},
		{`{"next_token":"a_b"}`, "a_b", 0, false},
		{`{"next_token":null}`, "", 0, false},
		{`{}`, "", 0, false},
	}
	for _, tc := range cases {
		var page struct {
			Next admin.Cursor `json:"next_token"`
		}
		if err := json.Unmarshal([]byte(tc.raw), &page); err != nil {
			t.Fatal(err)
		}
		from, more := page.Next.Offset()
		if page.Next != tc.want || from != tc.from || more != tc.more {
			t.Errorf("%s: %q, offset %d, %v", tc.raw, page.Next, from, more)
		}
	}
	for _, raw := range []string{`true`, `[]`, `{}`, `1.5`, `1e3`} {
		if err := json.Unmarshal([]byte(raw), new(admin.Cursor)); err == nil {
			t.Errorf("%s is taken for a cursor", raw)
		}
	}
}

func TestChange(t *testing.T) {
	t.Parallel()
	cases := []struct {
		change admin.UpdateRegistrationToken
		want   string
	}{
		{admin.UpdateRegistrationToken{}, `{}`},
		{admin.UpdateRegistrationToken{UsesAllowed: admin.Set(int64(0))}, `{"uses_allowed":0}`},
		{admin.UpdateRegistrationToken{UsesAllowed: admin.Set(int64(3)), ExpiryTime: admin.Clear[int64]()}, `{"uses_allowed":3,"expiry_time":null}`},
	}
	for _, tc := range cases {
		if got, err := json.Marshal(tc.change); err != nil || string(got) != tc.want {
			t.Errorf("%s (%v), want %s", got, err, tc.want)
		}
	}
	if value, ok := admin.Set(7).Get(); value != 7 || !ok {
		t.Errorf("set: %d, %v", value, ok)
	}
	if _, ok := admin.Clear[int]().Get(); ok {
		t.Error("a cleared field has a value")
	}
}

func TestSecretsDoNotShow(t *testing.T) {
	t.Parallel()
	secret := admin.Secret("hunter2")
	user := admin.NewUser{Localpart: "eve", Password: secret}
	encoded, _ := json.Marshal(map[string]any{"secret": secret, "user": user})
	for _, text := range []string{
		string(encoded), fmt.Sprint(secret), fmt.Sprintf("%s %q %v %#v %x %d", secret, secret, secret, secret, secret, secret),
		fmt.Sprintf("%+v %#v", user, user), fmt.Sprint([]admin.Secret{secret}),
	} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, "68756e") || !strings.Contains(text, "***") {
			t.Errorf("shows: %s", text)
		}
	}
	if secret.Reveal() != "hunter2" {
		t.Error("the secret is lost")
	}
}

func TestFlag(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{"true": true, "1": true, "false": false, "0": false, "null": false} {
		media, err := admin.Parse[admin.MediaInfo]([]byte(`{"media_info":{"media_id":"m","safe_from_quarantine":` + raw + `}}`))
		if err != nil || bool(media.Value.Info.SafeFromQuarantine) != want {
			t.Errorf("%s is %v (%v)", raw, media.Value.Info.SafeFromQuarantine, err)
		}
	}
	if err := json.Unmarshal([]byte(`"yes"`), new(admin.Flag)); err == nil {
		t.Error("a text is taken for a flag")
	}
}
