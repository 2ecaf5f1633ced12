package synapse_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"caretaker/admin"
	"caretaker/admin/synapse"
)

func TestMaintenanceEndpoints(t *testing.T) {
	t.Parallel()
	const get, post = http.MethodGet, http.MethodPost
	const aDestination = `{"destination":"far.example:8448","retry_last_ts":0,"retry_interval":0,"failure_ts":null,"last_successful_stream_ordering":null}`
	checkEndpoints(t, []endpoint{
		{"background status", func(ctx context.Context, api *synapse.API) (any, error) { return api.BackgroundStatus(ctx) },
			`{"enabled":true,"current_updates":{"master":{"name":"x","total_item_count":3,"total_duration_ms":1.5,"average_items_per_ms":2}}}`,
			seen{Method: get, Target: "/_synapse/admin/v1/background_updates/status"}},
		{"background enabled", func(ctx context.Context, api *synapse.API) (any, error) { return api.BackgroundUpdatesEnabled(ctx) },
			`{"enabled":false}`, seen{Method: get, Target: "/_synapse/admin/v1/background_updates/enabled"}},
		{"disable background updates", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.EnableBackgroundUpdates(ctx, false)
		}, `{"enabled":false}`, seen{Method: post, Target: "/_synapse/admin/v1/background_updates/enabled", Body: `{"enabled":false}`}},
		{"start job", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.StartBackgroundJob(ctx, admin.StartJob{Name: "regenerate_directory"})
		}, `{}`, seen{Method: post, Target: "/_synapse/admin/v1/background_updates/start_job", Body: `{"job_name":"regenerate_directory"}`}},
		{"start job, everything", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.StartBackgroundJob(ctx, admin.StartJob{Name: "event_resign", OldKey: "ed25519:a", Before: 5})
		}, `{}`, seen{Method: post, Target: "/_synapse/admin/v1/background_updates/start_job",
			Body: `{"job_name":"event_resign","old_key":"ed25519:a","before_ts":5}`}},

		{"tasks", func(ctx context.Context, api *synapse.API) (any, error) { return api.Tasks(ctx, admin.TaskQuery{}) },
			`{"scheduled_tasks":[]}`, seen{Method: get, Target: "/_synapse/admin/v1/scheduled_tasks"}},
		{"tasks, everything", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.Tasks(ctx, admin.TaskQuery{Actions: []string{"a", "b"}, Statuses: []string{"active", "failed"}, Resource: "!a:b"})
		}, `{"scheduled_tasks":[{"id":"t1"}]}`, seen{Method: get, Target: "/_synapse/admin/v1/scheduled_tasks?" +
			"action_name=a&action_name=b&job_status=active&job_status=failed&resource_id=%21a%3Ab&status=active&status=failed"}},

		{"destinations", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.Destinations(ctx, admin.DestinationQuery{})
		}, `{"destinations":[],"total":0}`, seen{Method: get, Target: "/_synapse/admin/v1/federation/destinations?from=0"}},
		{"destinations, everything", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.Destinations(ctx, admin.DestinationQuery{From: 5, Limit: 1, Destination: "far", OrderBy: "failure_ts", Reverse: true})
		}, `{"destinations":[` + aDestination + `],"total":7,"next_token":"6"}`, seen{Method: get,
			Target: "/_synapse/admin/v1/federation/destinations?destination=far&dir=b&from=5&limit=1&order_by=failure_ts"}},
		{"destination", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.Destination(ctx, "far.example:8448")
		}, aDestination, seen{Method: get, Target: "/_synapse/admin/v1/federation/destinations/far.example%3A8448"}},
		{"destination's rooms", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.DestinationRooms(ctx, "far.example", 2, 3, true)
		}, `{"rooms":[{"room_id":"!a:b","stream_ordering":9}],"total":4,"next_token":"3"}`,
			seen{Method: get, Target: "/_synapse/admin/v1/federation/destinations/far.example/rooms?dir=b&from=2&limit=3"}},
		{"reset destination", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.ResetDestination(ctx, "far.example")
		}, `{}`, seen{Method: post, Target: "/_synapse/admin/v1/federation/destinations/far.example/reset_connection", Body: `{}`}},

		{"media usage", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.MediaUsage(ctx, admin.MediaUsageQuery{})
		}, `{"users":[],"total":0}`, seen{Method: get, Target: "/_synapse/admin/v1/statistics/users/media?from=0"}},
		{"media usage, everything", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.MediaUsage(ctx, admin.MediaUsageQuery{
				From: 1, Limit: 2, Search: "bo", Since: early, Until: early.Add(time.Second), OrderBy: "media_length", Reverse: true,
			})
		}, `{"users":[{"user_id":"@bob:b","displayname":null,"media_count":1,"media_length":2}],"total":3,"next_token":2}`,
			seen{Method: get, Target: "/_synapse/admin/v1/statistics/users/media?" +
				"dir=b&from=1&from_ts=1700000000123&limit=2&order_by=media_length&search_term=bo&until_ts=1700000001123"}},
		{"room sizes", func(ctx context.Context, api *synapse.API) (any, error) { return api.RoomSizes(ctx) },
			`{"rooms":[{"room_id":"!a:b","estimated_size":4096}]}`, seen{Method: get, Target: "/_synapse/admin/v1/statistics/database/rooms"}},
	})
}

// A destination fails when the server says since when, or when it waits before the next try.
func TestFailing(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		`{"destination":"a","retry_last_ts":0,"failure_ts":null}`: false,
		`{"destination":"a","retry_last_ts":0,"failure_ts":5}`:    true,
		`{"destination":"a","retry_last_ts":5,"failure_ts":null}`: true,
	} {
		got, err := admin.Parse[admin.Destination]([]byte(raw))
		if err != nil || got.Value.Failing() != want {
			t.Errorf("%s fails: %t (%v), want %t", raw, got.Value.Failing(), err, want)
		}
	}
}
