package main

import (
	"slices"
	"strings"
	"testing"

	"caretaker/commands/all"
)

// withTwins are operations that have a better twin, so that no command needs to send them.
var withTwins = []string{"GET v1/search_users/{user}", "GET v3/users", "POST v1/send_server_notice"}

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
		if len(reached) == 0 && !slices.Contains(withTwins, operation) {
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
		if len(c.reaching(operation)) == 0 {
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
