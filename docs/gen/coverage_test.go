package main

import (
	"slices"
	"strings"
	"testing"

	"caretaker/commands/all"
)

// withTwins are operations that have a better twin, so that no command needs to send them.
var withTwins = []string{"GET v1/search_users/{user}", "GET v3/users", "POST v1/send_server_notice"}

// pending are operations whose commands are still being written.
var pending = []string{
	"POST client/r0/login",
	"DELETE v1/event_reports/{report}",
	"DELETE v1/rooms/{room}/forward_extremities",
	"DELETE v1/user_reports/{report}",
	"DELETE v1/users/{user}/media",
	"DELETE v1/users/{user}/override_ratelimit",
	"DELETE v1/users/{user}/shadow_ban",
	"DELETE v2/users/{user}/devices/{device}",
	"GET v1/auth_providers/{provider}/users/{external_id}",
	"GET v1/background_updates/enabled",
	"GET v1/background_updates/status",
	"GET v1/event_reports",
	"GET v1/event_reports/{report}",
	"GET v1/experimental_features/{user}",
	"GET v1/federation/destinations",
	"GET v1/federation/destinations/{destination}",
	"GET v1/federation/destinations/{destination}/rooms",
	"GET v1/fetch_event/{event}",
	"GET v1/media/quarantine_changes",
	"GET v1/purge_history_status/{purge_id}",
	"GET v1/rooms/{room}/context/{event}",
	"GET v1/rooms/{room}/forward_extremities",
	"GET v1/rooms/{room}/hierarchy",
	"GET v1/rooms/{room}/messages",
	"GET v1/rooms/{room}/state",
	"GET v1/rooms/{room}/timestamp_to_event",
	"GET v1/statistics/database/rooms",
	"GET v1/statistics/users/media",
	"GET v1/threepid/{medium}/users/{address}",
	"GET v1/user/redact_status/{redact_id}",
	"GET v1/user_reports",
	"GET v1/user_reports/{report}",
	"GET v1/username_available",
	"GET v1/users/{user}/accountdata",
	"GET v1/users/{user}/admin",
	"GET v1/users/{user}/cumulative_joined_room_count",
	"GET v1/users/{user}/joined_rooms",
	"GET v1/users/{user}/memberships",
	"GET v1/users/{user}/override_ratelimit",
	"GET v1/users/{user}/pushers",
	"GET v1/users/{user}/sent_invite_count",
	"GET v2/users/{user}/devices",
	"GET v2/users/{user}/devices/{device}",
	"POST v1/account_validity/validity",
	"POST v1/background_updates/enabled",
	"POST v1/background_updates/start_job",
	"POST v1/federation/destinations/{destination}/reset_connection",
	"POST v1/join/{room}",
	"POST v1/purge_history/{room}",
	"POST v1/purge_history/{room}/{event}",
	"POST v1/purge_history/{room}[/{event}]",
	"POST v1/rooms/{room}/make_room_admin",
	"POST v1/user/{user}/redact",
	"POST v1/users/{user}/_allow_cross_signing_replacement_without_uia",
	"POST v1/users/{user}/login",
	"POST v1/users/{user}/override_ratelimit",
	"POST v1/users/{user}/shadow_ban",
	"POST v2/users/{user}/delete_devices",
	"POST v2/users/{user}/devices",
	"PUT client/v3/directory/list/room/{room}",
	"PUT v1/experimental_features/{user}",
	"PUT v1/users/{user}/admin",
	"PUT v2/users/{user}/devices/{device}",
}

func operations() []string {
	var list []string
	for _, part := range chapters(operationsFile) {
		list = append(list, part.operations...)
	}
	return list
}

func TestHundredOperations(t *testing.T) {
	t.Parallel()
	list := operations()
	sorted := slices.Compact(slices.Sorted(slices.Values(list)))
	if len(list) != 100 || len(sorted) != 100 {
		t.Errorf("the list has %d operations, %d of them different, want 100", len(list), len(sorted))
	}
}

// Every operation of Synapse has a command of its own.
func TestEveryOperationIsReached(t *testing.T) {
	t.Parallel()
	c := cover(all.Registry())
	for _, operation := range operations() {
		reached := slices.DeleteFunc(c.reaching(forms(operation)...), func(name string) bool { return name == everything })
		if len(reached) == 0 && !slices.Contains(withTwins, operation) && !slices.Contains(pending, operation) {
			t.Errorf("no command sends %s", operation)
		}
	}
}

// What the code can send is in the list, and some command sends it.
func TestNoOperationIsUnused(t *testing.T) {
	t.Parallel()
	c := cover(all.Registry())
	var known []string
	for _, operation := range operations() {
		known = append(known, forms(operation)...)
	}
	for _, operation := range c.sent {
		if !slices.Contains(known, operation) && !strings.Contains(operation, " client/") {
			t.Errorf("%s can be sent, and is no operation of Synapse", operation)
		}
		if len(c.reaching(operation)) == 0 && !slices.Contains(pending, operation) {
			t.Errorf("%s can be sent, and no command does", operation)
		}
	}
}

func TestChapters(t *testing.T) {
	t.Parallel()
	got := chapters("# All, by hand.\n# More words.\n\n# Users\nGET a\nPUT b\n\n# Rooms\nGET c[/{x}]\n")
	if len(got) != 2 || got[0].name != "Users" || len(got[0].operations) != 2 || got[1].name != "Rooms" {
		t.Errorf("read %+v", got)
	}
	if got := forms("GET c[/{x}]"); !slices.Equal(got, []string{"GET c", "GET c/{x}"}) {
		t.Errorf("forms %q", got)
	}
}

func TestFewestOthersFirst(t *testing.T) {
	t.Parallel()
	c := coverage{sends: map[string][]string{"status": {"A", "B", "C"}, "user list": {"A"}, "room list": {"B"}, "all": {"A", "C"}}}
	if got := c.reaching("A"); !slices.Equal(got, []string{"user list", "all", "status"}) {
		t.Errorf("A is reached by %q", got)
	}
	if got := enumerate([]string{"a", "b", "c", "d", "e", "f"}); got != "`a`, `b`, `c`, `d` and 2 more" {
		t.Errorf("enumerated as %s", got)
	}
	if got := enumerate(nil); got != "`raw`" {
		t.Errorf("nothing is enumerated as %s", got)
	}
}
