package appservice

import (
	"net/http"
	"strings"
	"testing"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	const path = "/_matrix/app/v1/transactions/1"
	tests := []struct {
		name, path, authorization string
		status                    int
		code                      string
	}{
		{"right", path, "Bearer " + testToken, 200, "{}"},
		{"scheme in another case", path, "bearer " + testToken, 200, "{}"},
		{"in the query, as once", path + "?access_token=" + testToken, "", 200, "{}"},
		{"route of old homeservers", "/transactions/1?access_token=" + testToken, "", 200, "{}"},
		{"none", path, "", 401, "M_MISSING_TOKEN"},
		{"empty", path, "Bearer ", 401, "M_MISSING_TOKEN"},
		{"empty in the query", path + "?access_token=", "", 401, "M_MISSING_TOKEN"},
		{"other scheme", path, "Basic " + testToken, 401, "M_MISSING_TOKEN"},
		{"wrong", path, "Bearer wrong", 401, "M_UNKNOWN_TOKEN"},
		{"wrong in the query", path + "?access_token=wrong", "", 401, "M_UNKNOWN_TOKEN"},
		{"beginning of the right one", path, "Bearer " + testToken[:10], 401, "M_UNKNOWN_TOKEN"},
		{"right one and more", path, "Bearer " + testToken + "x", 401, "M_UNKNOWN_TOKEN"},
		{"other case", path, "Bearer " + strings.ToUpper(testToken), 401, "M_UNKNOWN_TOKEN"},
		{"wrong header beats right query", path + "?access_token=" + testToken, "Bearer wrong", 401, "M_UNKNOWN_TOKEN"},
		{"unknown path", "/elsewhere", "", 401, "M_MISSING_TOKEN"},
		{"ping", "/_matrix/app/v1/ping", "Bearer wrong", 401, "M_UNKNOWN_TOKEN"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			status, answer := f.do(http.MethodPut, tt.path, tt.authorization, transaction(message("$a")))
			if status != tt.status || !strings.Contains(answer, tt.code) {
				t.Errorf("got %d %s, want %d %s", status, answer, tt.status, tt.code)
			}
			if stored := len(f.pending()) == 1; stored != (tt.status == 200) {
				t.Errorf("stored: %v", stored)
			}
			if strings.Contains(f.log.String(), testToken[:10]) {
				t.Errorf("the log holds a token: %s", f.log)
			}
		})
	}
}

func TestTokensDuringRotation(t *testing.T) {
	t.Parallel()
	accepted := [][]byte{[]byte("new-token"), []byte("old-token")}
	f := newFixture(t, func(o *IntakeOptions) { o.Tokens = func() [][]byte { return accepted } })
	for _, token := range []string{"new-token", "old-token"} {
		if status, answer := f.do(http.MethodPut, "/_matrix/app/v1/transactions/1", "Bearer "+token, "{}"); status != 200 {
			t.Errorf("transaction with %s: got %d %s", token, status, answer)
		}
		if status, answer := f.do(http.MethodPost, "/_matrix/app/v1/ping", "Bearer "+token, `{"transaction_id":"x"}`); status != 200 {
			t.Errorf("ping with %s: got %d %s", token, status, answer)
		}
	}
	if status, _ := f.put("1", "{}"); status != 401 {
		t.Errorf("a token that is no longer accepted: got %d, want 401", status)
	}
	accepted = [][]byte{nil, []byte("")}
	if status, _ := f.do(http.MethodPut, "/_matrix/app/v1/transactions/1", "Bearer ", "{}"); status != 401 {
		t.Errorf("empty token where an empty one is configured: got %d, want 401", status)
	}
}
