package render_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"caretaker/render"
)

const answer = `{"users":[{"name":"@b:hs","ts":1700000000000,"admin":false},{"name":"<&>","ts":null}],"total":2,"next_token":"2"}`

func TestMachine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		format render.Format
		value  any
		want   string
	}{
		{"json keeps the server's order", render.JSON, json.RawMessage(`{"b":1,"a":{"z":[],"y":"<&é>"}}`),
			"{\n    \"b\": 1,\n    \"a\": {\n        \"z\": [],\n        \"y\": \"<&é>\"\n    }\n}\n"},
		{"json keeps numbers", render.JSON, json.RawMessage(`[9007199254740993,1.0,1e3]`),
			"[\n    9007199254740993,\n    1.0,\n    1e3\n]\n"},
		{"json of our own", render.JSON, struct {
			N int `json:"n"`
		}{3}, "{\n    \"n\": 3\n}\n"},
		{"minified", render.Minified, json.RawMessage(answer), answer + "\n"},
		{"ndjson of the one list", render.NDJSON, json.RawMessage(answer),
			"{\"name\":\"@b:hs\",\"ts\":1700000000000,\"admin\":false}\n{\"name\":\"<&>\",\"ts\":null}\n"},
		{"ndjson of a list", render.NDJSON, []int{1, 2}, "1\n2\n"},
		{"ndjson of an object", render.NDJSON, json.RawMessage(`{"a":{"b":[1]},"l":[1]}`), "{\"a\":{\"b\":[1]},\"l\":[1]}\n"},
		{"ndjson of two lists", render.NDJSON, json.RawMessage(`{"a":[1],"l":[1]}`), "{\"a\":[1],\"l\":[1]}\n"},
		{"ndjson of nothing", render.NDJSON, json.RawMessage(`{"users":[],"total":0}`), ""},
		{"yaml", render.YAML, json.RawMessage(answer),
			"next_token: \"2\"\ntotal: 2\nusers:\n  - admin: false\n    name: '@b:hs'\n    ts: 1700000000000\n  - name: <&>\n    ts: null\n"},
		{"yaml numbers", render.YAML, json.RawMessage(`[9007199254740993,1.5,1e30]`), "- 9007199254740993\n- 1.5\n- 1.0e+30\n"},
		{"yaml of a string", render.YAML, "yes", "\"yes\"\n"},
		{"pprint", render.Pprint, json.RawMessage(`{"b":[true,false,null,1,1.0,1e16],"a":"it's \"x\"\n"}`),
			`{'a': 'it\'s "x"\n', 'b': [True, False, None, 1, 1.0, 1e+16]}` + "\n"},
		{"pprint quotes", render.Pprint, "it's", "\"it's\"\n"},
		{"pprint of long values", render.Pprint, json.RawMessage(answer),
			"{'next_token': '2',\n 'total': 2,\n 'users': [{'admin': False, 'name': '@b:hs', 'ts': 1700000000000},\n" +
				"           {'name': '<&>', 'ts': None}]}\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := render.Machine(test.format, test.value)
			if err != nil || string(got) != test.want {
				t.Errorf("got %v\n%s\nwant\n%s", err, got, test.want)
			}
		})
	}
}

// TestMachineHidesNothing: what cannot be seen is escaped, and scripts still read the same value.
func TestMachineHidesNothing(t *testing.T) {
	t.Parallel()
	want := map[string]any{"k\u202ey": append([]any{}, "")}
	for _, s := range hostile {
		want["k\u202ey"] = append(want["k\u202ey"].([]any), strings.ToValidUTF8(s, "\ufffd"), s[:min(len(s), 1)]+"yes")
	}
	var clean any
	raw, _ := json.Marshal(want)
	_ = json.Unmarshal(raw, &clean)
	for format, decode := range map[render.Format]func([]byte, any) error{
		render.JSON: json.Unmarshal, render.Minified: json.Unmarshal, render.YAML: yaml.Unmarshal, render.Pprint: nil,
	} {
		out, err := render.Machine(format, clean)
		if err != nil {
			t.Fatal(err)
		}
		quietButLinks(t, strings.ReplaceAll(string(out), "\u200d", "!"))
		if strings.Contains(string(out), "\u200d") {
			t.Errorf("%s: a joiner is hidden", format)
		}
		if decode == nil {
			continue
		}
		var got any
		if err := decode(out, &got); err != nil || !reflect.DeepEqual(got, clean) {
			t.Errorf("%s: %v, read back as\n%q\nwant\n%q", format, err, got, clean)
		}
	}
}

func TestMachineErrors(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]any{"broken": json.RawMessage(`{"a":`), "no JSON": func() {}} {
		for _, format := range []render.Format{render.JSON, render.YAML, render.NDJSON, render.Human} {
			if out, err := render.Machine(format, v); err == nil {
				t.Errorf("%s as %s: %q", name, format, out)
			}
		}
	}
	if _, err := render.Machine(render.AsCSV, 1); err == nil {
		t.Error("csv was made from a value")
	}
}

func TestParseFormat(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]render.Format{
		"y": "yaml", "j": "json", "m": "minified", "h": "human", "p": "pprint", "t": "table", "c": "csv",
		"ndjson": "ndjson", "JSON": "json", " csv ": "csv",
	} {
		if got, err := render.ParseFormat(in); err != nil || got != want {
			t.Errorf("%q: got %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "n", "xml", "js"} {
		if got, err := render.ParseFormat(in); err == nil {
			t.Errorf("%q: got %q", in, got)
		}
	}
	for _, f := range render.Formats() {
		_, err := render.Machine(f, 1)
		if (err == nil) != f.Machine() || f.ContentType() == "" || f.Extension()[0] != '.' {
			t.Errorf("%s: machine %v, %v, %q, %q", f, f.Machine(), err, f.ContentType(), f.Extension())
		}
	}
}
