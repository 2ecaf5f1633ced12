package appservice

import (
	"encoding/json"
	"strings"
	"testing"
)

// wellFormed asks the scanner about a whole document.
func wellFormed(text []byte) bool {
	s := scanner{data: text}
	_, ok := s.value()
	return ok && s.end()
}

var documents = []string{
	``, ` `, `{}`, `[]`, ` [ ] `, `{ }`, `0`, `-0`, `-`, `01`, `1.`, `.5`, `1e5`, `1E+5`, `1e`, `+1`, `12345678901234567890123`, `--1`, `1-1`,
	`true`, `false`, `null`, `tru`, `truex`, `nul`, `True`, `"`, `""`, `"a"`, `"\""`, `"\\"`, `"\\\"`, `"\u00e4"`, `"\u00e"`, `"\u00eg"`, `"\x"`,
	"\"\x1f\"", "\"\x7f\"", "\"\xff\"", `[1]`, `[1,]`, `[,1]`, `[1 2]`, `[1,2`, `1]`, `[1}`, `{"a":1}`, `{"a":1,}`, `{,}`, `{"a"}`, `{"a":}`, `{"a" 1}`,
	`{a:1}`, `{1:1}`, `{"a":1 "b":2}`, `{"a":{"b":[{"c":null}]},"d":[[],{}]}`, `[[[]]]`, `[[]`, `[]]`, `{}{}`, `{} x`, "\ufeff{}", `{"a":[1,{"b":2}],"c":"d"}`,
	"[1,\n2\t]\r", "\v1", `{"a":1}}`, `[{"a":[}]`, `[null,true,false,"x",-1.5e-3]`,
}

func TestScannerAgreesWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	for _, doc := range documents {
		if got, want := wellFormed([]byte(doc)), json.Valid([]byte(doc)); got != want {
			t.Errorf("%q: got %v, want %v", doc, got, want)
		}
	}
}

func TestScannerHasAFloor(t *testing.T) {
	t.Parallel()
	nested := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	if !wellFormed(nested(maxDepth)) {
		t.Error("the deepest that is allowed is refused")
	}
	if wellFormed(nested(maxDepth + 1)) {
		t.Error("one deeper is accepted")
	}
}

func FuzzScanner(f *testing.F) {
	for _, doc := range documents {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		if got, want := wellFormed(doc), json.Valid(doc); got != want && len(doc) < 2*maxDepth {
			t.Errorf("%q: got %v, want %v", doc, got, want)
		}
	})
}
