package synapse_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/admin/synapse"
)

// The calls about one account beside its own record: sessions, rooms, rights, traces.
func TestAccountEndpoints(t *testing.T) {
	t.Parallel()
	const (
		get, put, post, del = http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete
		v1, v2              = "/_synapse/admin/v1/users/" + bobEsc, "/_synapse/admin/v2/users/" + bobEsc
		found               = `{"user_id":"@bob:example.org","new":1}`
		aDevice             = `{"device_id":"A/B","display_name":null,"last_seen_ts":1700000000123,"user_id":"@bob/x:example.org"}`
		oneDevice           = v2 + "/devices/A%2FB"
	)
	checkEndpoints(t, []endpoint{
		{"external id", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.UserByExternalID(ctx, "oidc-x y", "a/b")
		}, found, seen{Method: get, Target: "/_synapse/admin/v1/auth_providers/oidc-x%20y/users/a%2Fb"}},
		{"threepid", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.UserByThreepid(ctx, "email", "a+b@c.d")
		}, found, seen{Method: get, Target: "/_synapse/admin/v1/threepid/email/users/a%2Bb%40c.d"}},
		{"username", func(ctx context.Context, api *synapse.API) (any, error) { return api.UsernameAvailable(ctx, "a b") },
			`{"available":true}`, seen{Method: get, Target: "/_synapse/admin/v1/username_available?username=a+b"}},

		{"joined rooms", func(ctx context.Context, api *synapse.API) (any, error) { return api.JoinedRooms(ctx, bob) },
			`{"joined_rooms":["!a"],"total":1}`, seen{Method: get, Target: v1 + "/joined_rooms"}},
		{"memberships", func(ctx context.Context, api *synapse.API) (any, error) { return api.Memberships(ctx, bob) },
			`{"memberships":{"!a":"ban"}}`, seen{Method: get, Target: v1 + "/memberships"}},
		{"sent invites", func(ctx context.Context, api *synapse.API) (any, error) { return api.SentInvites(ctx, bob, early) },
			`{"invite_count":0}`, seen{Method: get, Target: v1 + "/sent_invite_count?from_ts=1700000000123"}},
		{"rooms joined", func(ctx context.Context, api *synapse.API) (any, error) { return api.RoomsJoined(ctx, bob, early) },
			`{"cumulative_joined_room_count":0}`, seen{Method: get, Target: v1 + "/cumulative_joined_room_count?from_ts=1700000000123"}},
		{"account data", func(ctx context.Context, api *synapse.API) (any, error) { return api.AccountData(ctx, bob) },
			`{"account_data":{"global":{"m.x":{}},"rooms":{}}}`, seen{Method: get, Target: v1 + "/accountdata"}},
		{"pushers", func(ctx context.Context, api *synapse.API) (any, error) { return api.Pushers(ctx, bob) },
			`{"pushers":[{"app_id":"x"}],"total":1}`, seen{Method: get, Target: v1 + "/pushers"}},

		{"log in as, with an end", func(ctx context.Context, api *synapse.API) (any, error) { return api.LoginAs(ctx, bob, early) },
			`{"access_token":"syt"}`, seen{Method: post, Target: v1 + "/login", Body: `{"valid_until_ms":1700000000123}`}},
		{"log in as, for ever", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.LoginAs(ctx, bob, time.Time{})
		}, `{"access_token":"syt"}`, seen{Method: post, Target: v1 + "/login", Body: `{}`}},
		{"allow key reset", func(ctx context.Context, api *synapse.API) (any, error) { return api.AllowKeyReset(ctx, bob) },
			`{"updatable_without_uia_before_ms":1}`, seen{Method: post, Target: v1 + "/_allow_cross_signing_replacement_without_uia", Body: `{}`}},
		{"shadow-ban", func(ctx context.Context, api *synapse.API) (any, error) { return api.ShadowBan(ctx, bob, true) },
			`{}`, seen{Method: post, Target: v1 + "/shadow_ban", Body: `{}`}},
		{"lift shadow-ban", func(ctx context.Context, api *synapse.API) (any, error) { return api.ShadowBan(ctx, bob, false) },
			`{}`, seen{Method: del, Target: v1 + "/shadow_ban"}},
		{"admin", func(ctx context.Context, api *synapse.API) (any, error) { return api.UserAdmin(ctx, bob) },
			`{"admin":false}`, seen{Method: get, Target: v1 + "/admin"}},
		{"make admin", func(ctx context.Context, api *synapse.API) (any, error) { return api.SetUserAdmin(ctx, bob, true) },
			`{}`, seen{Method: put, Target: v1 + "/admin", Body: `{"admin":true}`}},
		{"rate limit", func(ctx context.Context, api *synapse.API) (any, error) { return api.RateLimit(ctx, bob) },
			`{}`, seen{Method: get, Target: v1 + "/override_ratelimit"}},
		{"set rate limit", func(ctx context.Context, api *synapse.API) (any, error) { return api.SetRateLimit(ctx, bob, 0, 5) },
			`{"messages_per_second":0,"burst_count":5}`, seen{Method: post, Target: v1 + "/override_ratelimit",
				Body: `{"messages_per_second":0,"burst_count":5}`}},
		{"clear rate limit", func(ctx context.Context, api *synapse.API) (any, error) { return api.ClearRateLimit(ctx, bob) },
			`{}`, seen{Method: del, Target: v1 + "/override_ratelimit"}},
		{"features", func(ctx context.Context, api *synapse.API) (any, error) { return api.Features(ctx, bob) },
			`{"features":{"msc3881":false}}`, seen{Method: get, Target: "/_synapse/admin/v1/experimental_features/" + bobEsc}},
		{"set features", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.SetFeatures(ctx, bob, map[string]bool{"msc3881": true})
		}, `{}`, seen{Method: put, Target: "/_synapse/admin/v1/experimental_features/" + bobEsc, Body: `{"features":{"msc3881":true}}`}},
		{"validity, defaults", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.SetValidity(ctx, admin.SetValidity{User: bob})
		}, `{"expiration_ts":1}`, seen{Method: post, Target: "/_synapse/admin/v1/account_validity/validity",
			Body: `{"user_id":"@bob/x:example.org","enable_renewal_emails":true}`}},
		{"validity, everything", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.SetValidity(ctx, admin.SetValidity{User: bob, Expire: early, NoRenewalEmails: true})
		}, `{"expiration_ts":1}`, seen{Method: post, Target: "/_synapse/admin/v1/account_validity/validity",
			Body: `{"user_id":"@bob/x:example.org","expiration_ts":1700000000123,"enable_renewal_emails":false}`}},

		{"redact, defaults", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.RedactUser(ctx, bob, admin.RedactUser{})
		}, `{"redact_id":"r1"}`, seen{Method: post, Target: "/_synapse/admin/v1/user/" + bobEsc + "/redact", Body: `{"rooms":[]}`}},
		{"redact, everything", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.RedactUser(ctx, bob, admin.RedactUser{Rooms: []id.RoomID{"!a"}, Reason: "spam", Limit: 5})
		}, `{"redact_id":"r1"}`, seen{Method: post, Target: "/_synapse/admin/v1/user/" + bobEsc + "/redact",
			Body: `{"rooms":["!a"],"reason":"spam","limit":5}`}},
		{"redaction", func(ctx context.Context, api *synapse.API) (any, error) { return api.Redaction(ctx, "r/1") },
			`{"status":"complete","failed_redactions":{"$e":"no"}}`, seen{Method: get, Target: "/_synapse/admin/v1/user/redact_status/r%2F1"}},
		{"delete media of a user", func(ctx context.Context, api *synapse.API) (any, error) { return api.DeleteUserMedia(ctx, bob, 100) },
			`{"deleted_media":["m"],"total":1}`, seen{Method: del, Target: v1 + "/media?from=0&limit=100", Body: `{}`}},

		{"devices", func(ctx context.Context, api *synapse.API) (any, error) { return api.Devices(ctx, bob) },
			`{"devices":[` + aDevice + `],"total":1}`, seen{Method: get, Target: v2 + "/devices"}},
		{"device", func(ctx context.Context, api *synapse.API) (any, error) { return api.Device(ctx, bob, "A/B") },
			aDevice, seen{Method: get, Target: oneDevice}},
		{"create device", func(ctx context.Context, api *synapse.API) (any, error) { return api.CreateDevice(ctx, bob, "A/B") },
			`{}`, seen{Method: post, Target: v2 + "/devices", Body: `{"device_id":"A/B"}`}},
		{"rename device", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.RenameDevice(ctx, bob, "A/B", "Phone")
		}, `{}`, seen{Method: put, Target: oneDevice, Body: `{"display_name":"Phone"}`}},
		{"delete device", func(ctx context.Context, api *synapse.API) (any, error) { return api.DeleteDevice(ctx, bob, "A/B") },
			`{}`, seen{Method: del, Target: oneDevice}},
		{"delete devices", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.DeleteDevices(ctx, bob, []id.DeviceID{"A", "B"})
		}, `{}`, seen{Method: post, Target: v2 + "/delete_devices", Body: `{"devices":["A","B"]}`}},
	})
}

// Synapse answers with an internal error when it would have to know a period and does not.
func TestValidityWithoutPeriod(t *testing.T) {
	t.Parallel()
	api := newAPI(t, reply(500, `{"errcode":"M_UNKNOWN","error":"Internal server error"}`))
	_, err := api.SetValidity(t.Context(), admin.SetValidity{User: bob})
	checkError(t, err, admin.CodeFailed, false, "so a date is needed")
	_, err = api.SetValidity(t.Context(), admin.SetValidity{User: bob, Expire: early})
	checkError(t, err, admin.CodeUnavailable, true, "error 500")
}
