package synapse_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/admin/synapse"
)

const (
	said    = id.EventID("$a/b+c:example.org")
	saidEsc = "%24a%2Fb%2Bc%3Aexample.org"
	root    = "/_synapse/admin/v1"
)

func TestRoomEndpoints(t *testing.T) {
	t.Parallel()
	const (
		get, put, post, del = http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete
		anEvent             = `{"type":"m.room.message","room_id":"!a","event_id":"$e","content":{"body":"hi"},"new_key":1}`
	)
	none := 0
	checkEndpoints(t, []endpoint{
		{"state", func(ctx context.Context, api *synapse.API) (any, error) { return api.RoomState(ctx, room, "") },
			`{"state":[]}`, seen{Method: get, Target: root + "/rooms/" + rmEsc + "/state"}},
		{"state of a type", func(ctx context.Context, api *synapse.API) (any, error) { return api.RoomState(ctx, room, "a b&c") },
			`{"state":[` + anEvent + `]}`, seen{Method: get, Target: root + "/rooms/" + rmEsc + "/state?type=a+b%26c"}},
		{"messages, defaults", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.RoomMessages(ctx, room, admin.MessageQuery{})
		}, `{"chunk":[],"start":"t1"}`, seen{Method: get, Target: root + "/rooms/" + rmEsc + "/messages?dir=f"}},
		{"messages, everything", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.RoomMessages(ctx, room, admin.MessageQuery{From: "t1-2_3", Limit: 5, Backwards: true})
		}, `{"chunk":[` + anEvent + `],"start":"t1","end":"t2"}`,
			seen{Method: get, Target: root + "/rooms/" + rmEsc + "/messages?dir=b&from=t1-2_3&limit=5"}},
		{"context", func(ctx context.Context, api *synapse.API) (any, error) { return api.EventContext(ctx, room, said, 0) },
			`{"event":` + anEvent + `,"events_before":[],"events_after":[],"state":[]}`, seen{Method: get,
				Target: root + "/rooms/" + rmEsc + "/context/" + saidEsc + "?filter=%7B%22lazy_load_members%22%3Atrue%7D"}},
		{"context, limit", func(ctx context.Context, api *synapse.API) (any, error) { return api.EventContext(ctx, room, said, 4) },
			`{"event":` + anEvent + `}`, seen{Method: get,
				Target: root + "/rooms/" + rmEsc + "/context/" + saidEsc + "?filter=%7B%22lazy_load_members%22%3Atrue%7D&limit=4"}},
		{"event after", func(ctx context.Context, api *synapse.API) (any, error) { return api.EventAt(ctx, room, early, false) },
			`{"event_id":"$e","origin_server_ts":7}`, seen{Method: get, Target: root + "/rooms/" + rmEsc + "/timestamp_to_event?dir=f&ts=1700000000123"}},
		{"event before", func(ctx context.Context, api *synapse.API) (any, error) { return api.EventAt(ctx, room, early, true) },
			`{"event_id":"$e","origin_server_ts":7}`, seen{Method: get, Target: root + "/rooms/" + rmEsc + "/timestamp_to_event?dir=b&ts=1700000000123"}},
		{"event", func(ctx context.Context, api *synapse.API) (any, error) { return api.Event(ctx, said) },
			`{"event":` + anEvent + `}`, seen{Method: get, Target: root + "/fetch_event/" + saidEsc}},

		{"purge history by date", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.PurgeHistory(ctx, room, admin.PurgeHistory{Before: early})
		}, `{"purge_id":"p"}`, seen{Method: post, Target: root + "/purge_history/" + rmEsc, Body: `{"purge_up_to_ts":1700000000123}`}},
		{"purge history by date, all", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.PurgeHistory(ctx, room, admin.PurgeHistory{Before: early, DeleteLocal: true})
		}, `{"purge_id":"p"}`, seen{Method: post, Target: root + "/purge_history/" + rmEsc, Body: `{"purge_up_to_ts":1700000000123,"delete_local_events":true}`}},
		{"purge history by event", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.PurgeHistory(ctx, room, admin.PurgeHistory{BeforeEvent: said})
		}, `{"purge_id":"p"}`, seen{Method: post, Target: root + "/purge_history/" + rmEsc, Body: `{"purge_up_to_event_id":"$a/b+c:example.org"}`}},
		{"purge history by event, all", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.PurgeHistory(ctx, room, admin.PurgeHistory{BeforeEvent: said, DeleteLocal: true})
		}, `{"purge_id":"p"}`, seen{Method: post, Target: root + "/purge_history/" + rmEsc + "/" + saidEsc, Body: `{"delete_local_events":true}`}},
		{"purge of history", func(ctx context.Context, api *synapse.API) (any, error) { return api.HistoryPurge(ctx, "p/1") },
			`{"status":"active"}`, seen{Method: get, Target: root + "/purge_history_status/p%2F1"}},

		{"join", func(ctx context.Context, api *synapse.API) (any, error) { return api.JoinRoom(ctx, "#a:b", bob) },
			`{"room_id":"!a"}`, seen{Method: post, Target: root + "/join/%23a%3Ab", Body: `{"user_id":"@bob/x:example.org"}`}},
		{"room admin, caller", func(ctx context.Context, api *synapse.API) (any, error) { return api.MakeRoomAdmin(ctx, room, "") },
			`{}`, seen{Method: post, Target: root + "/rooms/" + rmEsc + "/make_room_admin", Body: `{}`}},
		{"room admin", func(ctx context.Context, api *synapse.API) (any, error) { return api.MakeRoomAdmin(ctx, room, bob) },
			`{}`, seen{Method: post, Target: root + "/rooms/" + rmEsc + "/make_room_admin", Body: `{"user_id":"@bob/x:example.org"}`}},
		{"publish", func(ctx context.Context, api *synapse.API) (any, error) { return api.PublishRoom(ctx, room, true) },
			`{}`, seen{Method: put, Target: "/_matrix/client/v3/directory/list/room/" + rmEsc, Body: `{"visibility":"public"}`}},
		{"unpublish", func(ctx context.Context, api *synapse.API) (any, error) { return api.PublishRoom(ctx, room, false) },
			`{}`, seen{Method: put, Target: "/_matrix/client/v3/directory/list/room/" + rmEsc, Body: `{"visibility":"private"}`}},
		{"tree, defaults", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.Tree(ctx, room, admin.TreeQuery{})
		},
			`{"rooms":[{"room_id":"!a"}]}`, seen{Method: get, Target: root + "/rooms/" + rmEsc + "/hierarchy"}},
		{"tree, everything", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.Tree(ctx, room, admin.TreeQuery{From: "t", Limit: 5, MaxDepth: &none})
		}, `{"rooms":[],"next_batch":"u"}`, seen{Method: get, Target: root + "/rooms/" + rmEsc + "/hierarchy?from=t&limit=5&max_depth=0"}},
		{"extremities", func(ctx context.Context, api *synapse.API) (any, error) { return api.Extremities(ctx, room) },
			`{"count":1,"results":[{"event_id":"$e","depth":3}]}`, seen{Method: get, Target: root + "/rooms/" + rmEsc + "/forward_extremities"}},
		{"trim extremities", func(ctx context.Context, api *synapse.API) (any, error) { return api.TrimExtremities(ctx, room) },
			`{"deleted":1}`, seen{Method: del, Target: root + "/rooms/" + rmEsc + "/forward_extremities", Body: `{}`}},
		{"quarantine changes", func(ctx context.Context, api *synapse.API) (any, error) { return api.QuarantineChanges(ctx, 7) },
			`{"changes":[{"origin":"a","media_id":"m","quarantined":true}],"next_batch":8}`, seen{Method: get, Target: root + "/media/quarantine_changes?from=7"}},
	})
}

func TestReportEndpoints(t *testing.T) {
	t.Parallel()
	const get, del = http.MethodGet, http.MethodDelete
	checkEndpoints(t, []endpoint{
		{"event reports, defaults", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.EventReports(ctx, admin.EventReportQuery{})
		}, `{"event_reports":[],"total":0}`, seen{Method: get, Target: root + "/event_reports?dir=b&from=0"}},
		{"event reports, everything", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.EventReports(ctx, admin.EventReportQuery{From: 2, Limit: 3, Room: room, Reporter: bob, Sender: eve, OldestFirst: true})
		}, `{"event_reports":[{"id":3}],"total":9,"next_token":5}`, seen{Method: get, Target: root + "/event_reports?" +
			"dir=f&event_sender_user_id=%40eve%3Aexample.org&from=2&limit=3&room_id=" + rmEsc + "&user_id=" + bobEsc}},
		{"event report", func(ctx context.Context, api *synapse.API) (any, error) { return api.EventReport(ctx, 3) },
			`{"id":3,"event_json":{"type":"t"}}`, seen{Method: get, Target: root + "/event_reports/3"}},
		{"delete event report", func(ctx context.Context, api *synapse.API) (any, error) { return api.DeleteEventReport(ctx, 3) },
			`{}`, seen{Method: del, Target: root + "/event_reports/3", Body: `{}`}},
		{"user reports, defaults", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.UserReports(ctx, admin.UserReportQuery{})
		}, `{"user_reports":[],"total":0}`, seen{Method: get, Target: root + "/user_reports?dir=b&from=0"}},
		{"user reports, everything", func(ctx context.Context, api *synapse.API) (any, error) {
			return api.UserReports(ctx, admin.UserReportQuery{From: 2, Limit: 3, Reporter: bob, Target: eve, OldestFirst: true})
		}, `{"user_reports":[{"id":3}],"total":9,"next_token":5}`, seen{Method: get, Target: root +
			"/user_reports?dir=f&from=2&limit=3&target_user_id=%40eve%3Aexample.org&user_id=" + bobEsc}},
		{"user report", func(ctx context.Context, api *synapse.API) (any, error) { return api.UserReport(ctx, 3) },
			`{"id":3}`, seen{Method: get, Target: root + "/user_reports/3"}},
		{"delete user report", func(ctx context.Context, api *synapse.API) (any, error) { return api.DeleteUserReport(ctx, 3) },
			`{}`, seen{Method: del, Target: root + "/user_reports/3", Body: `{}`}},
	})
}

// What every such answer has must be there: an empty one is none of a homeserver.
func TestIncompleteRoomAnswers(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"state":null,"chunk":null}`)
	}))
	t.Cleanup(server.Close)
	api := synapse.New(options(server.URL))
	for name, call := range map[string]func(context.Context) error{
		"state": func(ctx context.Context) error { _, err := api.RoomState(ctx, room, ""); return err },
		"messages": func(ctx context.Context) error {
			_, err := api.RoomMessages(ctx, room, admin.MessageQuery{})
			return err
		},
		"context": func(ctx context.Context) error { _, err := api.EventContext(ctx, room, said, 0); return err },
		"at":      func(ctx context.Context) error { _, err := api.EventAt(ctx, room, early, false); return err },
		"event":   func(ctx context.Context) error { _, err := api.Event(ctx, said); return err },
		"tree":    func(ctx context.Context) error { _, err := api.Tree(ctx, room, admin.TreeQuery{}); return err },
		"reports": func(ctx context.Context) error { _, err := api.EventReports(ctx, admin.EventReportQuery{}); return err },
		"changes": func(ctx context.Context) error { _, err := api.QuarantineChanges(ctx, 0); return err },
		"purge":   func(ctx context.Context) error { _, err := api.HistoryPurge(ctx, "p"); return err },
	} {
		if err := call(t.Context()); admin.CodeOf(err) != admin.CodeUnavailable || !strings.Contains(err.Error(), "not one of a homeserver") {
			t.Errorf("%s: %v, want unavailable", name, err)
		}
	}
}
