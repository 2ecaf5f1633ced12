// Package caretaker_test checks what no single package can: that imports go one way.
package caretaker_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "caretaker"

// layers say what each package may import of ours, besides the standard library and other modules. The first row that
// fits a package counts; "x/*" stands for all packages below x. What a row does not name is not allowed: neighbours do
// not import each other, they take small interfaces.
var layers = []struct {
	name string
	may  []string
}{
	{"admin", nil},
	{"admin/*", []string{"admin"}},
	{"render", nil},
	{"homeserver", nil},
	{"homeserver/client", nil},

	{"commands", []string{"render", "admin"}},
	{"commands/all", []string{"commands", "commands/*"}},
	{"commands/*", []string{"commands", "render", "admin"}},

	{"store", []string{"commands", "render", "admin"}},
	{"config", []string{"commands", "render", "admin"}},

	{"appservice", []string{"store", "config", "commands", "render", "admin"}},
	{"bot", []string{"store", "config", "commands", "render", "admin"}},
	{"jobs", []string{"store", "config", "commands", "render", "admin"}},
	{"notices", []string{"store", "config", "commands", "render", "admin"}},
	{"diagnostics", []string{"store", "config", "commands", "render", "admin"}},
	{"httpapi", []string{"store", "config", "commands", "render", "admin"}},

	{"docs/*", []string{"commands", "commands/*", "render", "admin", "admin/*"}},
	{"cmd/*", []string{
		"appservice", "bot", "jobs", "notices", "httpapi", "diagnostics", "store", "config", "commands", "commands/*", "render", "admin", "admin/*",
		"homeserver", "homeserver/client",
	}},
	{"e2e", []string{"e2e/harness", "homeserver", "homeserver/client"}},
	{"e2e/harness", []string{"homeserver", "homeserver/client"}},
	{"bench", []string{"*"}},
	{"bench/*", []string{"*"}},
}

// exclusive names modules that only some packages may import: the rest reaches them through those.
var exclusive = map[string][]string{
	"github.com/mattn/go-sqlite3":         {"store", "homeserver", "bench/intake"},
	"maunium.net/go/mautrix/synapseadmin": {"bench"}, // it logs passwords
}

type goPackage struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

func TestLayers(t *testing.T) {
	t.Parallel()
	packages := goList(t)
	if len(packages) == 0 {
		t.Fatal("go list found no package of ours")
	}
	for _, p := range packages {
		may, known := allowed(p.ImportPath)
		if !known {
			t.Errorf("%s is in no layer; say in layers_test.go what it may import", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if own, ok := ours(imported); ok && !slices.ContainsFunc(may, func(pattern string) bool { return fits(own, pattern) }) {
				t.Errorf("%s imports %s; it may import of ours: %s", p.ImportPath, imported, strings.Join(may, ", "))
			}
			if users, ok := exclusive[imported]; ok && !slices.Contains(users, p.ImportPath) {
				t.Errorf("%s imports %s; only %s may", p.ImportPath, imported, strings.Join(users, ", "))
			}
		}
	}
}

func TestLayersFit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, pattern string
		want          bool
	}{
		{"commands", "commands", true},
		{"commands/room", "commands", false},
		{"commands/room", "commands/*", true},
		{"commands", "commands/*", false},
		{"commandsx/room", "commands/*", false},
		{"store", "*", true},
	} {
		if got := fits(test.name, test.pattern); got != test.want {
			t.Errorf("fits(%q, %q) = %v, want %v", test.name, test.pattern, got, test.want)
		}
	}
}

// goList returns our packages with their direct imports. Their paths are relative to the module.
func goList(t *testing.T) []goPackage {
	t.Helper()
	var complaint bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Imports,Standard", "./...")
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaint.String())
	}
	var packages []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("read the output of go list: %v", err)
		}
		if own, ok := ours(p.ImportPath); ok && !p.Standard {
			p.ImportPath = own
			packages = append(packages, p)
		}
	}
}

func allowed(name string) (may []string, known bool) {
	for _, layer := range layers {
		if fits(name, layer.name) {
			return layer.may, true
		}
	}
	return nil, name == ""
}

// ours returns the path of a package inside the module.
func ours(importPath string) (string, bool) {
	if importPath == module {
		return "", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

func fits(name, pattern string) bool {
	prefix, below := strings.CutSuffix(pattern, "*")
	if below {
		return strings.HasPrefix(name, prefix)
	}
	return name == pattern
}
