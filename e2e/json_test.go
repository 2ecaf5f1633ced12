package e2e

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
)

// decode reads exactly one JSON object.
func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	object := map[string]any{}
	if err := decoder.Decode(&object); err != nil {
		t.Fatalf("no JSON object: %v\n%.500s", err, text)
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		t.Errorf("more than one document: %.500s", text)
	}
	return object
}
