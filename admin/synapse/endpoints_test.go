package synapse_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/admin/synapse"
)

const (
	bob    = id.UserID("@bob/x:example.org")
	room   = id.RoomID("!a/b+c:example.org")
	bobEsc = "%40bob%2Fx%3Aexample.org"
	rmEsc  = "%21a%2Fb%2Bc%3Aexample.org"
)

var (
	picture = id.ContentURI{Homeserver: "example.org", FileID: "abc"}
	remote  = id.ContentURI{Homeserver: "other.example:8448", FileID: "abc/.."}
	early   = time.UnixMilli(1_700_000_000_123)
)

// seen is what a server saw of a request.
type seen struct {
	Method, Target, Body, Token string
}

// newAPI returns an API whose server is handler.
func newAPI(t *testing.T, handler http.HandlerFunc) *synapse.API {
	t.Helper()
	server := httptest.NewServer(ownAccounts(handler))
	t.Cleanup(server.Close)
	return synapse.New(options(server.URL))
}

// ownAccounts adds to handler what a server answers that keeps its accounts itself when it is asked who does.
func ownAccounts(handler http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/auth_metadata") {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`)
			return
		}
		handler(w, r)
	})
}

func options(baseURL string) synapse.Options {
	return synapse.Options{
		BaseURL: baseURL, ServerName: "example.org",
		Token:                    func(context.Context) (string, error) { return "s3cret", nil },
		RegistrationSharedSecret: func() string { return "shared" },
		HTTP:                     &http.Client{Transport: &http.Transport{}},
		Timeout:                  10 * time.Second,
	}
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	const (
		get, put, post, del = http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete
		aUser               = `{"name":"@bob:example.org","creation_ts":1700000000,"new_key":[1]}`
		aToken              = `{"token":"a b","uses_allowed":null,"pending":0,"completed":0,"expiry_time":null}`
	)
	yes, no, five, name, password := true, false, int64(5), "Bob", admin.Secret("pw")
	checkEndpoints(t, []endpoint{
		{"server version", func(ctx context.Context, api *synapse.API) (any, error) { return api.ServerVersion(ctx) },
			`{"server_version":"1.163.2"}`, seen{Method: get, Target: "/_synapse/admin/v1/server_version", Token: "none"}},
		{"background updates", func(ctx context.Context, api *synapse.API) (any, error) { return api.BackgroundUpdatesEnabled(ctx) },
			`{"enabled":false}`, seen{Method: get, Target: "/_synapse/admin/v1/background_updates/enabled"}},

		{"users, defaults", func(ctx context.Context, api *synapse.API) (any, error) { return api.Users(ctx, admin.UserQuery{}) },
			`{"users":[],"total":0}`, seen{Method: get, Target: "/_synapse/admin/v2/users?from=0&locked=false"}},
		{"users, everything", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.Users(ctx, admin.UserQuery{
				From: 10, Limit: 5, Name: "Bö", UserID: "@b", Guests: &no, Admins: &yes, Deactivated: true, Locked: true,
				ExcludeTypes: []string{"bot", ""}, OrderBy: "creation_ts", Reverse: true,
			})
		}, `{"users":[` + aUser + `],"total":11,"next_token":"15"}`, seen{Method: get, Target: "/_synapse/admin/v2/users?" +
			"admins=true&deactivated=true&dir=b&from=10&guests=false&limit=5&locked=true&name=B%C3%B6&not_user_type=bot&not_user_type=&order_by=creation_ts&user_id=%40b"}},
		{"user", func(ctx context.Context, api *synapse.API) (any, error) { return api.User(ctx, bob) },
			aUser, seen{Method: get, Target: "/_synapse/admin/v2/users/" + bobEsc}},
		{"whois", func(ctx context.Context, api *synapse.API) (any, error) { return api.Whois(ctx, bob) },
			`{"user_id":"@bob/x:example.org","devices":{"":{"sessions":[{"connections":[]}]}}}`, seen{Method: get, Target: "/_synapse/admin/v1/whois/" + bobEsc}},
		{"modify user, nothing", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.ModifyUser(ctx, bob, admin.ModifyUser{})
		}, aUser, seen{Method: put, Target: "/_synapse/admin/v2/users/" + bobEsc, Body: `{}`}},
		{"modify user, everything", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.ModifyUser(ctx, bob, admin.ModifyUser{
				Displayname: &name, AvatarURL: new(string), Password: &password, LogoutDevices: &no,
				Threepids: &[]admin.Threepid{{Medium: "email", Address: "b@example.org"}},
				Admin:     &yes, Deactivated: &no, Locked: &no, UserType: admin.Set("bot"),
			})
		}, aUser, seen{Method: put, Target: "/_synapse/admin/v2/users/" + bobEsc,
			Body: `{"displayname":"Bob","avatar_url":"","password":"pw","logout_devices":false,` +
				`"threepids":[{"medium":"email","address":"b@example.org"}],"admin":true,"deactivated":false,"locked":false,"user_type":"bot"}`}},
		{"modify user, clear", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.ModifyUser(ctx, bob, admin.ModifyUser{Threepids: &[]admin.Threepid{}, UserType: admin.Clear[string]()})
		}, aUser, seen{Method: put, Target: "/_synapse/admin/v2/users/" + bobEsc, Body: `{"threepids":[],"user_type":null}`}},
		{"lock", func(ctx context.Context, api *synapse.API) (any, error) { return api.Lock(ctx, bob, true) },
			aUser, seen{Method: put, Target: "/_synapse/admin/v2/users/" + bobEsc, Body: `{"locked":true}`}},
		{"unlock", func(ctx context.Context, api *synapse.API) (any, error) { return api.Lock(ctx, bob, false) },
			aUser, seen{Method: put, Target: "/_synapse/admin/v2/users/" + bobEsc, Body: `{"locked":false}`}},
		{"reactivate", func(ctx context.Context, api *synapse.API) (any, error) { return api.Reactivate(ctx, bob) },
			aUser, seen{Method: put, Target: "/_synapse/admin/v2/users/" + bobEsc, Body: `{"deactivated":false}`}},
		{"reset password", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.ResetPassword(ctx, bob, "pw", true)
		}, `{}`, seen{Method: post, Target: "/_synapse/admin/v1/reset_password/" + bobEsc, Body: `{"new_password":"pw"}`}},
		{"reset password, keep devices", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.ResetPassword(ctx, bob, "pw", false)
		}, `{}`, seen{Method: post, Target: "/_synapse/admin/v1/reset_password/" + bobEsc, Body: `{"new_password":"pw","logout_devices":false}`}},
		{"deactivate", func(ctx context.Context, api *synapse.API) (any, error) { return api.Deactivate(ctx, bob, false) },
			`{"id_server_unbind_result":"success"}`, seen{Method: post, Target: "/_synapse/admin/v1/deactivate/" + bobEsc, Body: `{"erase":false}`}},
		{"suspend", func(ctx context.Context, api *synapse.API) (any, error) { return api.Suspend(ctx, bob, true) },
			`{"user_@bob/x:example.org_suspended":true}`, seen{Method: put, Target: "/_synapse/admin/v1/suspend/" + bobEsc, Body: `{"suspend":true}`}},

		{"rooms, defaults", func(ctx context.Context, api *synapse.API) (any, error) { return api.Rooms(ctx, admin.RoomQuery{}) },
			`{"rooms":[],"offset":0,"total_rooms":0}`, seen{Method: get, Target: "/_synapse/admin/v1/rooms?from=0"}},
		{"rooms, everything", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.Rooms(ctx, admin.RoomQuery{From: 3, Limit: 7, Search: "x y", Public: &yes, Empty: &no, OrderBy: "name", Reverse: true})
		}, `{"rooms":[{"room_id":"!a"}],"offset":3,"total_rooms":9,"next_batch":10}`, seen{Method: get, Target: "/_synapse/admin/v1/rooms?" +
			"dir=b&empty_rooms=false&from=3&limit=7&order_by=name&public_rooms=true&search_term=x+y"}},
		{"room", func(ctx context.Context, api *synapse.API) (any, error) { return api.Room(ctx, room) },
			`{"room_id":"!a/b+c:example.org","name":null}`, seen{Method: get, Target: "/_synapse/admin/v1/rooms/" + rmEsc}},
		{"members", func(ctx context.Context, api *synapse.API) (any, error) { return api.Members(ctx, room) },
			`{"members":["@a:b"],"total":1}`, seen{Method: get, Target: "/_synapse/admin/v1/rooms/" + rmEsc + "/members"}},
		{"room block", func(ctx context.Context, api *synapse.API) (any, error) { return api.RoomBlock(ctx, room) },
			`{"block":true,"user_id":"@a:b"}`, seen{Method: get, Target: "/_synapse/admin/v1/rooms/" + rmEsc + "/block"}},
		{"block room", func(ctx context.Context, api *synapse.API) (any, error) { return api.SetRoomBlock(ctx, room, true) },
			`{"block":true}`, seen{Method: put, Target: "/_synapse/admin/v1/rooms/" + rmEsc + "/block", Body: `{"block":true}`}},
		{"resolve alias", func(ctx context.Context, api *synapse.API) (any, error) { return api.ResolveAlias(ctx, "#a:b") },
			`{"room_id":"!a:b","servers":["b"]}`, seen{Method: get, Target: "/_matrix/client/v3/directory/room/%23a%3Ab"}},
		{"room aliases", func(ctx context.Context, api *synapse.API) (any, error) { return api.RoomAliases(ctx, room) },
			`{"aliases":["#a:b"]}`, seen{Method: get, Target: "/_matrix/client/v3/rooms/" + rmEsc + "/aliases"}},
		{"delete room, defaults", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.DeleteRoom(ctx, room, admin.DeleteRoom{})
		}, `{"delete_id":"d1"}`, seen{Method: del, Target: "/_synapse/admin/v2/rooms/" + rmEsc, Body: `{"block":false,"purge":true}`}},
		{"delete room, everything", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.DeleteRoom(ctx, room, admin.DeleteRoom{Block: true, ForcePurge: true, NewRoomUserID: "@n:example.org", RoomName: "N", Message: "M"})
		}, `{"delete_id":"d1"}`, seen{Method: del, Target: "/_synapse/admin/v2/rooms/" + rmEsc,
			Body: `{"block":true,"purge":true,"force_purge":true,"new_room_user_id":"@n:example.org","room_name":"N","message":"M"}`}},
		{"delete room, v1, no purge", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.DeleteRoomV1(ctx, room, admin.DeleteRoom{NoPurge: true, ForcePurge: true})
		}, `{"kicked_users":[],"failed_to_kick_users":[],"local_aliases":[],"new_room_id":null}`,
			seen{Method: del, Target: "/_synapse/admin/v1/rooms/" + rmEsc, Body: `{"block":false,"purge":false}`}},
		{"deletion", func(ctx context.Context, api *synapse.API) (any, error) { return api.Deletion(ctx, "d1") },
			`{"delete_id":"d1","status":"active","shutdown_room":null}`, seen{Method: get, Target: "/_synapse/admin/v2/rooms/delete_status/d1"}},
		{"deletions of a room", func(ctx context.Context, api *synapse.API) (any, error) { return api.DeletionsOf(ctx, room) },
			`{"results":[{"delete_id":"d1","status":"complete","shutdown_room":{"kicked_users":["@a:b"]}}]}`,
			seen{Method: get, Target: "/_synapse/admin/v2/rooms/" + rmEsc + "/delete_status"}},
		{"scheduled tasks", func(ctx context.Context, api *synapse.API) (any, error) { return api.ScheduledTasks(ctx, string(room)) },
			`{"scheduled_tasks":[]}`, seen{Method: get, Target: "/_synapse/admin/v1/scheduled_tasks?resource_id=" + rmEsc}},

		{"media", func(ctx context.Context, api *synapse.API) (any, error) { return api.Media(ctx, remote) },
			`{"media_info":{"media_id":"abc"}}`, seen{Method: get, Target: "/_synapse/admin/v1/media/other.example%3A8448/abc%2F.."}},
		{"user media", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.UserMedia(ctx, bob, admin.MediaQuery{Limit: 2, OrderBy: "media_length", Reverse: true})
		}, `{"media":[{"media_id":"m"}],"total":3,"next_token":2}`,
			seen{Method: get, Target: "/_synapse/admin/v1/users/" + bobEsc + "/media?dir=b&from=0&limit=2&order_by=media_length"}},
		{"room media", func(ctx context.Context, api *synapse.API) (any, error) { return api.RoomMedia(ctx, room) },
			`{"local":[],"remote":["mxc://a/b"]}`, seen{Method: get, Target: "/_synapse/admin/v1/room/" + rmEsc + "/media"}},
		{"quarantine media", func(ctx context.Context, api *synapse.API) (any, error) { return api.QuarantineMedia(ctx, remote) },
			`{}`, seen{Method: post, Target: "/_synapse/admin/v1/media/quarantine/other.example%3A8448/abc%2F..", Body: `{}`}},
		{"unquarantine media", func(ctx context.Context, api *synapse.API) (any, error) { return api.UnquarantineMedia(ctx, picture) },
			`{}`, seen{Method: post, Target: "/_synapse/admin/v1/media/unquarantine/example.org/abc", Body: `{}`}},
		{"protect media", func(ctx context.Context, api *synapse.API) (any, error) { return api.ProtectMedia(ctx, picture) },
			`{}`, seen{Method: post, Target: "/_synapse/admin/v1/media/protect/abc", Body: `{}`}},
		{"unprotect media", func(ctx context.Context, api *synapse.API) (any, error) { return api.UnprotectMedia(ctx, picture) },
			`{}`, seen{Method: post, Target: "/_synapse/admin/v1/media/unprotect/abc", Body: `{}`}},
		{"quarantine room media", func(ctx context.Context, api *synapse.API) (any, error) { return api.QuarantineRoomMedia(ctx, room) },
			`{"num_quarantined":0}`, seen{Method: post, Target: "/_synapse/admin/v1/room/" + rmEsc + "/media/quarantine", Body: `{}`}},
		{"quarantine user media", func(ctx context.Context, api *synapse.API) (any, error) { return api.QuarantineUserMedia(ctx, bob) },
			`{"num_quarantined":3}`, seen{Method: post, Target: "/_synapse/admin/v1/user/" + bobEsc + "/media/quarantine", Body: `{}`}},
		{"delete media", func(ctx context.Context, api *synapse.API) (any, error) { return api.DeleteMedia(ctx, picture) },
			`{"deleted_media":["abc"],"total":1}`, seen{Method: del, Target: "/_synapse/admin/v1/media/example.org/abc", Body: `{}`}},
		{"delete media by date", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.DeleteMediaBefore(ctx, admin.DeleteMedia{Before: early})
		}, `{"deleted_media":[],"total":0}`, seen{Method: post, Target: "/_synapse/admin/v1/media/delete?before_ts=1700000000123", Body: `{}`}},
		{"delete media by date and size", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.DeleteMediaBefore(ctx, admin.DeleteMedia{Before: early, LargerThan: 1024, DeleteProfiles: true})
		}, `{"deleted_media":[],"total":0}`,
			seen{Method: post, Target: "/_synapse/admin/v1/media/delete?before_ts=1700000000123&keep_profiles=false&size_gt=1024", Body: `{}`}},
		{"purge media cache", func(ctx context.Context, api *synapse.API) (any, error) { return api.PurgeMediaCache(ctx, early) },
			`{"deleted":0}`, seen{Method: post, Target: "/_synapse/admin/v1/purge_media_cache?before_ts=1700000000123", Body: `{}`}},

		{"registration tokens", func(ctx context.Context, api *synapse.API) (any, error) { return api.RegistrationTokens(ctx, nil) },
			`{"registration_tokens":[]}`, seen{Method: get, Target: "/_synapse/admin/v1/registration_tokens"}},
		{"valid registration tokens", func(ctx context.Context, api *synapse.API) (any, error) { return api.RegistrationTokens(ctx, &yes) },
			`{"registration_tokens":[` + aToken + `]}`, seen{Method: get, Target: "/_synapse/admin/v1/registration_tokens?valid=true"}},
		{"registration token", func(ctx context.Context, api *synapse.API) (any, error) { return api.RegistrationToken(ctx, "a b") },
			aToken, seen{Method: get, Target: "/_synapse/admin/v1/registration_tokens/a%20b"}},
		{"new registration token, defaults", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.NewRegistrationToken(ctx, admin.NewRegistrationToken{})
		}, aToken, seen{Method: post, Target: "/_synapse/admin/v1/registration_tokens/new", Body: `{"length":16,"uses_allowed":null,"expiry_time":null}`}},
		{"new registration token, everything", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.NewRegistrationToken(ctx, admin.NewRegistrationToken{Token: "t", Length: 8, UsesAllowed: &five, ExpiryTime: &five})
		}, aToken, seen{Method: post, Target: "/_synapse/admin/v1/registration_tokens/new", Body: `{"length":8,"uses_allowed":5,"expiry_time":5,"token":"t"}`}},
		{"update registration token", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.UpdateRegistrationToken(ctx, "t", admin.UpdateRegistrationToken{UsesAllowed: admin.Clear[int64]()})
		}, aToken, seen{Method: put, Target: "/_synapse/admin/v1/registration_tokens/t", Body: `{"uses_allowed":null}`}},
		{"delete registration token", func(ctx context.Context, api *synapse.API) (any, error) { return api.DeleteRegistrationToken(ctx, "t") },
			`{}`, seen{Method: del, Target: "/_synapse/admin/v1/registration_tokens/t"}},

		{"server notice", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.SendServerNotice(ctx, "txn/1", bob, admin.TextNotice("hi", "<b>hi</b>"))
		}, `{"event_id":"$e"}`, seen{Method: put, Target: "/_synapse/admin/v1/send_server_notice/txn%2F1",
			Body: `{"user_id":"@bob/x:example.org","content":{"msgtype":"m.text","body":"hi","format":"org.matrix.custom.html","formatted_body":"\u003cb\u003ehi\u003c/b\u003e"}}`}},
	})
}

// endpoint is a call, what the server answers to it, and what it must have seen.
type endpoint struct {
	name   string
	call   func(ctx context.Context, api *synapse.API) (any, error)
	answer string
	want   seen
}

// checkEndpoints makes each call against a server that looks at it.
func checkEndpoints(t *testing.T, cases []endpoint) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got seen
			api := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
				got = look(r)
				_, _ = io.WriteString(w, tc.answer)
			})
			answer, err := tc.call(t.Context(), api)
			if err != nil {
				t.Fatalf("error: %v", err)
			}
			switch tc.want.Token {
			case "":
				tc.want.Token = "Bearer s3cret"
			case "none":
				tc.want.Token = ""
			}
			if got != tc.want {
				t.Errorf("the server saw\n%+v, want\n%+v", got, tc.want)
			}
			if raw, err := json.Marshal(answer); err != nil || string(raw) != tc.answer {
				t.Errorf("answer %s (%v), want the server's own: %s", raw, err, tc.answer)
			}
		})
	}
}

func look(r *http.Request) seen {
	body, _ := io.ReadAll(r.Body)
	return seen{Method: r.Method, Target: r.RequestURI, Body: string(body), Token: r.Header.Get("Authorization")}
}

func TestSeparateAddresses(t *testing.T) {
	t.Parallel()
	var targets []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		targets = append(targets, r.RequestURI)
		_, _ = io.WriteString(w, `{"room_id":"!a:b"}`)
	}))
	t.Cleanup(server.Close)
	opts := options(server.URL + "/admin-here/")
	opts.ClientURL, opts.AdminPath, opts.ClientPath = server.URL+"/clients/", "/adm/", "mx"
	api := synapse.New(opts)
	if _, err := api.Room(t.Context(), "!a:b"); err != nil {
		t.Error(err)
	}
	if _, err := api.ResolveAlias(t.Context(), "#a:b"); err != nil {
		t.Error(err)
	}
	want := []string{"/admin-here/adm/v1/rooms/%21a%3Ab", "/clients/mx/client/v3/directory/room/%23a%3Ab"}
	if len(targets) != 2 || targets[0] != want[0] || targets[1] != want[1] {
		t.Errorf("asked %q, want %q", targets, want)
	}
}

func TestNamesThatMeanAnotherPath(t *testing.T) {
	t.Parallel()
	api := newAPI(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	for _, name := range []string{"", ".", ".."} {
		if _, err := api.DeleteRegistrationToken(t.Context(), name); admin.CodeOf(err) != admin.CodeFailed {
			t.Errorf("token %q: %v, want failed", name, err)
		}
	}
	if _, err := api.ProtectMedia(t.Context(), remote); admin.CodeOf(err) != admin.CodeFailed {
		t.Errorf("protecting remote media: %v, want failed", err)
	}
}
