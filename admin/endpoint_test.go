package admin_test

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"caretaker/admin"
)

func TestParseEndpoint(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"v1/server_version":                                "v1/server_version",
		"/v1/server_version":                               "v1/server_version",
		"v2/users/@bob:example.org":                        "v2/users/@bob:example.org",
		"v2/users/%40bob%3Aexample.org":                    "v2/users/%40bob%3Aexample.org",
		"v1/join/#room:example.org":                        "v1/join/%23room:example.org",
		"v1/fetch_event/$a%2Fb+c":                          "v1/fetch_event/$a%2Fb+c",
		"v1/rooms/!x/members":                              "v1/rooms/!x/members",
		"v1/username_available?username=a%20b":             "v1/username_available?username=a+b",
		"v2/users?not_user_type=&not_user_type=bot&from=0": "v2/users?from=0&not_user_type=&not_user_type=bot",
		"v1/registration_tokens/a b":                       "v1/registration_tokens/a%20b",
		"v1/x/100%25":                                      "v1/x/100%25",
		"v1/users/@jörg:example.org":                       "v1/users/@j%C3%B6rg:example.org",
		"v1/users/...":                                     "v1/users/...",
	} {
		endpoint, err := admin.ParseEndpoint(text)
		got := endpoint.Path
		if len(endpoint.Query) > 0 {
			got += "?" + endpoint.Query.Encode()
		}
		if err != nil || got != want {
			t.Errorf("%s is %s (%v), want %s", text, got, err, want)
		}
	}
}

func TestParseEndpointRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "/", "?from=0", "//evil.example/v1", "https://evil.example/v1", "http:v1://x", "v1//users",
		"..", "../x", "v1/../../x", "v1/..", "v1/.", "./v1", "v1/%2e%2e/x", "v1/.%2E/x", "v1/%252e%252e/x", "v1/%25252e./x",
		`v1/..\x`, `..\..\x`, "v1/..%2fx", "v1/..%5cx", "v1/..;/x", "v1/..;a=b/x", "v1/%2e%2e;x",
		"v1/a%00b", "v1/a%0d%0aHost:x", "v1/a\nb", "v1/a\x00b", "v1/%ff", "v1/%zz", "v1/%", "v1/%25252525252525",
		"v1/x?access_token=secret", "v1/x?a=%zz", "v1/x?a=1;b=2",
	} {
		if endpoint, err := admin.ParseEndpoint(text); err == nil {
			t.Errorf("%q is taken for %+v", text, endpoint)
		}
	}
}

// However it is written, an endpoint stays on its host and below its root.
func FuzzParseEndpoint(f *testing.F) {
	for _, seed := range []string{"v1/rooms/!x", "../x", "v1/%2e%2e/x", "//h/x", "a?b=c", "v1/..;/x", `\\h\x`, "@h:80/x", "v1/%c0%ae%c0%ae/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		endpoint, err := admin.ParseEndpoint(text)
		if err != nil {
			return
		}
		target, err := url.Parse("http://host:8008/root/" + endpoint.Path)
		if err != nil || target.Host != "host:8008" || target.Fragment != "" || target.RawQuery != "" {
			t.Fatalf("%q becomes %v (%v)", text, target, err)
		}
		for _, form := range []string{target.Path, target.EscapedPath(), strings.ReplaceAll(target.Path, `\`, "/")} {
			if clean := path.Clean(form); !strings.HasPrefix(clean+"/", "/root/") {
				t.Fatalf("%q reaches %s", text, clean)
			}
		}
	})
}
