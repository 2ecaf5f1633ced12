package admin_test

import (
	"encoding/json"
	"errors"
	"testing"

	"caretaker/admin"
)

func TestAnswerKeepsEverything(t *testing.T) {
	t.Parallel()
	const raw = `{"name":"@a:b","creation_ts":1,"of_the_future":{"x":[1,2]}}`
	answer, err := admin.Parse[admin.User]([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	if answer.Value.UserID != "@a:b" {
		t.Errorf("user %q", answer.Value.UserID)
	}
	// As commands do it: an answer embedded in a result is still the server's own JSON.
	got, err := json.Marshal(struct{ admin.Answer[admin.User] }{answer})
	if err != nil || string(got) != raw {
		t.Errorf("JSON %s (%v), want %s", got, err, raw)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, raw  string
		incomplete bool
	}{
		{"nothing", ``, false},
		{"cut", `{"rooms":[`, false},
		{"wrong type", `{"rooms":"all"}`, false},
		{"wrong type inside", `{"rooms":[{"room_id":7}]}`, false},
		{"null for a list", `{"rooms":null}`, true},
		{"no list", `{"total_rooms":3}`, true},
		{"null", `null`, true},
		{"row without its id", `{"rooms":[{"name":"x"}]}`, true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := admin.Parse[admin.RoomPage]([]byte(tc.raw))
			if err == nil || errors.Is(err, admin.ErrIncomplete) != tc.incomplete {
				t.Errorf("error %v, want incomplete %v", err, tc.incomplete)
			}
		})
	}
	if _, err := admin.Parse[admin.RoomPage]([]byte(`{"rooms":[]}`)); err != nil {
		t.Errorf("an empty list is complete: %v", err)
	}
	if err := admin.DecodeLoosely([]byte(`{}`), new(admin.RoomPage)); err != nil {
		t.Errorf("a dry run's answer is good enough: %v", err)
	}
}

func TestCompose(t *testing.T) {
	t.Parallel()
	answer, err := admin.Compose(map[string]int{"users": 3})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(answer)
	bare, _ := json.Marshal(admin.Answer[map[string]int]{Value: answer.Value})
	if string(got) != `{"users":3}` || string(bare) != string(got) {
		t.Errorf("JSON %s and %s", got, bare)
	}
}
