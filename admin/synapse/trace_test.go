package synapse_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"caretaker/admin/synapse"
)

func TestOperations(t *testing.T) {
	t.Parallel()
	api := synapse.New(synapse.Options{})
	for method, want := range map[string][]string{
		"User":             {"GET v2/users/{user}"},
		"Media":            {"GET v1/media/{server}/{media}"},
		"DeleteMedia":      {"DELETE v1/media/{server}/{media}"},
		"Register":         {"GET v1/register", "POST v1/register"},
		"ResolveAlias":     {"GET client/v3/directory/room/{alias}"},
		"SendServerNotice": {"PUT v1/send_server_notice/{txn_id}"},
		"ServerName":       nil,
		"Nothing":          nil,
	} {
		if got := api.Operations(method); !slices.Equal(got, want) {
			t.Errorf("%s sends %q, want %q", method, got, want)
		}
	}
}

// What a method sends has to be found out without calling it for real, and by a name that Synapse's documentation uses.
func TestOperationsOfAllMethods(t *testing.T) {
	t.Parallel()
	silent := []string{"Delegated", "Operations", "Raw", "RawMatrix", "ServerName", "Software"}
	wellFormed := regexp.MustCompile(`^(GET|PUT|POST|DELETE) (v[123]|client/(r0|v\d))(/[a-z_]+|/\{[a-z_]+\})+$`)
	api := synapse.New(synapse.Options{})
	for i := range reflect.TypeOf(api).NumMethod() {
		method := reflect.TypeOf(api).Method(i).Name
		sent := api.Operations(method)
		if (len(sent) == 0) != slices.Contains(silent, method) {
			t.Errorf("%s sends %q", method, sent)
		}
		for _, name := range sent {
			if !wellFormed.MatchString(name) || strings.Contains(name, "{}") {
				t.Errorf("%s sends %q, which is no operation", method, name)
			}
		}
	}
}
