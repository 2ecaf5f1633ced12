package render_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"caretaker/render"
)

// FuzzIndent: documents are laid out exactly as by encoding/json.
func FuzzIndent(f *testing.F) {
	for _, doc := range []string{
		answer, `{}`, `[]`, ` { } `, "[\n]", `[[],{},[{}]]`, `{"a":{"b":[1,-2.5e3,true,false,null]}}`, `"x"`, ` 1 `, `null`,
		`{"\"":"\\","\\\"":"a\"b,[{:"}`, `["\\\\","\u0041"]`, " [ 1 ,\t2 ] ", `{"a" : "b: c" , "d":[ ]}`,
	} {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		var want bytes.Buffer
		if json.Indent(&want, []byte(strings.Trim(doc, " \t\r\n")), "", "    ") != nil || strings.ContainsFunc(doc, func(r rune) bool { return r >= 0x7f }) {
			return // what is escaped is tested elsewhere
		}
		got, err := render.Machine(render.JSON, json.RawMessage(doc))
		if want := want.String() + "\n"; err != nil || string(got) != want {
			t.Errorf("%q became %v\n%s\nwant\n%s", doc, err, got, want)
		}
	})
}

func TestMachineRefusesTornJSON(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{`{`, `[1`, `]`, `"a`, `"a\"`, `"a\`, ``, ` `} {
		if got, err := render.Machine(render.JSON, json.RawMessage(doc)); err == nil {
			t.Errorf("%q became %q, want an error", doc, got)
		}
	}
}
