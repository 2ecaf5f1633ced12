package synapse_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"caretaker/admin"
	"caretaker/admin/synapse"
)

func TestRegister(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		user admin.NewUser
		sign string // what the mac is over
		want map[string]any
	}{
		{"plain", admin.NewUser{Localpart: "eve", Password: "pw"}, "n1\x00eve\x00pw\x00notadmin",
			map[string]any{"username": "eve", "password": "pw", "admin": false, "nonce": "n1", "inhibit_login": true}},
		{"everything", admin.NewUser{Localpart: "eve", Password: "pw", Admin: true, UserType: "bot", Displayname: "Eve", Login: true},
			"n1\x00eve\x00pw\x00admin\x00bot",
			map[string]any{"username": "eve", "password": "pw", "admin": true, "nonce": "n1", "inhibit_login": false, "user_type": "bot", "displayname": "Eve"}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var sent map[string]any
			api := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
				if r.RequestURI != "/_synapse/admin/v1/register" || r.Header.Get("Authorization") != "" {
					t.Errorf("%s %s with authorization %q", r.Method, r.RequestURI, r.Header.Get("Authorization"))
				}
				if r.Method == http.MethodGet {
					_, _ = io.WriteString(w, `{"nonce":"n1"}`)
					return
				}
				_ = json.NewDecoder(r.Body).Decode(&sent)
				_, _ = io.WriteString(w, `{"user_id":"@eve:example.org","home_server":"example.org"}`)
			})
			answer, err := api.Register(t.Context(), tc.user)
			if err != nil || answer.Value.UserID != "@eve:example.org" {
				t.Fatalf("registered %q, %v", answer.Value.UserID, err)
			}
			mac := hmac.New(sha1.New, []byte("shared"))
			mac.Write([]byte(tc.sign))
			tc.want["mac"] = hex.EncodeToString(mac.Sum(nil))
			got, _ := json.Marshal(sent)
			want, _ := json.Marshal(tc.want)
			if string(got) != string(want) {
				t.Errorf("sent %s, want %s", got, want)
			}
		})
	}
}

func TestRegisterWithoutSecret(t *testing.T) {
	t.Parallel()
	opts := options("http://127.0.0.1:1")
	opts.RegistrationSharedSecret = nil
	_, err := synapse.New(opts).Register(t.Context(), admin.NewUser{Localpart: "eve"})
	if admin.CodeOf(err) != admin.CodeFailed || !strings.Contains(err.Error(), "registration_shared_secret") {
		t.Errorf("error %v, want failed and the setting's name", err)
	}
}

// TestDryRun changes nothing: reads reach the server, changes are noted without their secrets.
func TestDryRun(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			t.Errorf("%s %s was sent", r.Method, r.RequestURI)
		}
		_, _ = io.WriteString(w, `{"nonce":"n1"}`)
	}))
	t.Cleanup(server.Close)
	recorder := admin.NewRecorder(&http.Transport{})
	opts := options(server.URL)
	opts.HTTP = &http.Client{Transport: recorder}
	api := synapse.New(opts)
	if _, err := api.Register(t.Context(), admin.NewUser{Localpart: "eve", Password: "hunter2"}); err != nil {
		t.Fatal(err)
	}
	if _, err := api.DeleteRoom(t.Context(), room, admin.DeleteRoom{}); err != nil {
		t.Fatal(err)
	}
	if _, err := api.QuarantineUserMedia(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(recorder.Requests())
	want := `[{"method":"POST","path":"/_synapse/admin/v1/register","query":"",` +
		`"body":{"admin":false,"inhibit_login":true,"mac":"***","nonce":"n1","password":"***","username":"eve"}},` +
		`{"method":"DELETE","path":"/_synapse/admin/v2/rooms/` + rmEsc + `","query":"","body":{"block":false,"purge":true}},` +
		`{"method":"POST","path":"/_synapse/admin/v1/user/` + bobEsc + `/media/quarantine","query":"","body":{}}]`
	if string(got) != want {
		t.Errorf("noted\n%s\nwant\n%s", got, want)
	}
}
