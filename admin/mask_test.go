package admin_test

import (
	"testing"

	"caretaker/admin"
)

func TestMaskJSON(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"access_token":"abc","user_id":"@a:b"}`:                      `{"access_token":"***","user_id":"@a:b"}`,
		`[{"name":"@a:b","password_hash":"$2b$12$x"}]`:                 `[{"name":"@a:b","password_hash":"***"}]`,
		`{"pushers":[{"pushkey":"k","n":12345678901234567890}]}`:       `{"pushers":[{"n":12345678901234567890,"pushkey":"***"}]}`,
		`{"note":"syt_Ym9i_AbCdEfGhIjKl_0"}`:                           `{"note":"***"}`,
		`{"a":[["mct_0123456789"]]}`:                                   `{"a":[["***"]]}`,
		`"mpt_0123456789"`:                                             `"***"`,
		`{"password_hash":null,"password":""}`:                         "",
		`{"registration_tokens":[{"token":"spring"}],"mat_urity":"x"}`: "",
		`{"topic":"the password is in the safe"}`:                      "",
		`not JSON`: "",
		`{} {}`:    "",
		``:         "",
	} {
		masked, found := admin.MaskJSON([]byte(raw))
		if found != (want != "") || found && string(masked) != want || !found && string(masked) != raw {
			t.Errorf("%s is masked as %s (%t), want %s", raw, masked, found, want)
		}
	}
}
