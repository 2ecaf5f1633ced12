package render_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"caretaker/render"
)

var update = flag.Bool("update", false, "write the golden files")

// TestGolden pins what people see; after a change run with -update and read the diff.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, doc := range samples() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain, html := render.Room(doc, options(t))
			golden(t, name+".room.txt", plain+"\n")
			golden(t, name+".room.html", html+"\n")
			o := options(t)
			o.Prefix, o.Width = "caretaker", 60
			golden(t, name+".terminal.txt", render.Terminal(doc, o))
			golden(t, name+".csv", string(render.CSV(doc)))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s changed:\ngot:\n%s\nwant:\n%s", name, got, want)
	}
}
