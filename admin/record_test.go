package admin_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"caretaker/admin"
)

func TestRecorder(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			t.Errorf("%s %s reached the server", r.Method, r.URL)
		}
		_, _ = io.WriteString(w, "from the server")
	}))
	t.Cleanup(server.Close)
	cases := []struct {
		name, method, target, body string
		want                       string // what is noted, empty when it goes through
	}{
		{"read", "GET", "/a", "", ""},
		{"head", "HEAD", "/a", "", ""},
		{"change", "PUT", "/v2/users/%40a%2Fb?x=1%2F2&y=", `{"admin":true,"n":12345678901234567890}`,
			`{"method":"PUT","path":"/v2/users/%40a%2Fb","query":"x=1%2F2\u0026y=","body":{"admin":true,"n":12345678901234567890}}`},
		{"no body", "DELETE", "/a", "", `{"method":"DELETE","path":"/a","query":"","body":null}`},
		{"secrets", "POST", "/a?access_token=hunter2", `{"list":[{"password":"hunter2"}],"new_password":"hunter2","mac":{"a":"hunter2"},"access_token":["hunter2"],"nonce":"n"}`,
			`{"method":"POST","path":"/a","query":"access_token=***","body":{"access_token":"***","list":[{"password":"***"}],"mac":"***","new_password":"***","nonce":"n"}}`},
		{"not JSON", "POST", "/a", `password=hunter2`, `{"method":"POST","path":"/a","query":"","body":"16 bytes"}`},
		{"more than one document", "POST", "/a", `{} {"password":"hunter2"}`, `{"method":"POST","path":"/a","query":"","body":"25 bytes"}`},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			recorder := admin.NewRecorder(&http.Transport{})
			client := &http.Client{Transport: recorder}
			var body io.Reader
			if tc.body != "" {
				body = strings.NewReader(tc.body)
			}
			req, _ := http.NewRequestWithContext(t.Context(), tc.method, server.URL+tc.target, body)
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			answer, _ := io.ReadAll(resp.Body)
			if tc.want == "" {
				if len(recorder.Requests()) != 0 || resp.Header.Get(admin.DryRunHeader) != "" || tc.method == "GET" && string(answer) != "from the server" {
					t.Errorf("answered %q, noted %v", answer, recorder.Requests())
				}
				return
			}
			got, _ := json.Marshal(recorder.Requests()[0])
			if string(got) != tc.want || string(answer) != "{}" || resp.StatusCode != http.StatusOK || resp.Header.Get(admin.DryRunHeader) == "" {
				t.Errorf("noted %s, answered %d %s; want %s", got, resp.StatusCode, answer, tc.want)
			}
		})
	}
}
