package render_test

import (
	"encoding/json"
	"strings"
	"testing"

	"caretaker/render"
)

const userAnswer = `{
	"name": "@ada:hs.org", "displayname": "<b>Ada</b>", "avatar_url": "mxc://hs.org/abc", "creation_ts": 1795236060,
	"last_seen_ts": 1795224660000, "consent_ts": null, "admin": 1, "deactivated": false, "media_length": 1234567,
	"threepids": [{"medium": "email", "address": "a@b.c", "added_at": 5}], "roles": ["x", "y"], "external_ids": [],
	"deep": {"a": {"b": "@room"}}, "retry_after_ms": 500, "odd": 1.50
}`

func TestObject(t *testing.T) {
	t.Parallel()
	fields := render.Object(json.RawMessage(userAnswer), "displayname", "missing")
	got := render.Terminal(render.Doc{fields}, render.Options{})
	want := strings.TrimPrefix(`
displayname           <b>Ada</b>
name                  @ada:hs.org
avatar_url            mxc://hs.org/abc
creation_ts           2026-11-21 04:41:00
last_seen_ts          2026-11-21 01:31:00
consent_ts            unknown
admin                 1
deactivated           no
media_length          1.2 MB
threepids[0].medium   email
threepids[0].address  a@b.c
threepids[0].added_at  5
roles                 x, y
external_ids          none
deep.a.b              @room
retry_after_ms        500
odd                   1.50
`, "\n")
	if squeeze(got) != squeeze(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, f := range fields {
		if _, isID := f.Value.(render.ID); isID != (f.Name == "name" || f.Name == "avatar_url") {
			t.Errorf("%s is %T", f.Name, f.Value)
		}
	}
}

// squeeze makes runs of blanks one.
func squeeze(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ")
	}
	return strings.Join(lines, "\n")
}

func TestObjectOfSomethingElse(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{``, `null`, `[1]`, `"x"`, `{"a":`, `{}`} {
		if got := render.Object(json.RawMessage(raw)); len(got) > 0 {
			t.Errorf("%s: got %v", raw, got)
		}
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	raw := json.RawMessage(`{"total": 3, "media": [
		{"media_id": "abc", "media_length": 2048, "created_ts": 1795236060000, "tags": ["a", "b"]},
		{"media_id": "=x", "media_length": null, "extra": {"k": 1}},
		"odd"]}`)
	got := string(render.CSV(render.Doc{render.Rows(raw, "media")}))
	want := "media_id,media_length,created_ts,tags\nabc,2048,2026-11-21T04:41:00Z,\"a, b\"\n'=x,,,\nodd,,,\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	got = string(render.CSV(render.Doc{render.Rows(raw, "media", render.Column{Name: "extra"}, render.Column{Name: "media_id"})}))
	if want := "extra,media_id\n,abc\n\"{\"\"k\"\":1}\",'=x\nodd,\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	got = render.Terminal(render.Doc{render.Rows(json.RawMessage(`["!a:hs","!b:hs"]`), "")}, render.Options{})
	if want := "value\n------\n!a:hs\n!b:hs\n"; squeeze(got) != squeeze(strings.ReplaceAll(want, "------", "-----")) {
		t.Errorf("got\n%s", got)
	}
	for _, bad := range []string{``, `null`, `{"media":null}`, `{"media":{}}`, `{}`} {
		if got := render.Rows(json.RawMessage(bad), "media"); len(got.Rows) > 0 {
			t.Errorf("%q: got %v", bad, got)
		}
	}
}
