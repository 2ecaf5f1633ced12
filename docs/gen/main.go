// Command gen writes the documentation that is derived from the source: docs/commands.md and docs/coverage.md.
// "make generate" runs it.
//
//	go run ./docs/gen [DIRECTORY]
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"caretaker/commands"
	"caretaker/commands/all"
)

//go:generate go run . ..

func main() {
	directory := "docs"
	if len(os.Args) > 1 {
		directory = os.Args[1]
	}
	if err := generate(directory); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// pages are the files with what writes them.
var pages = map[string]func(io.Writer, *commands.Registry) error{
	"commands.md": func(w io.Writer, r *commands.Registry) error { return r.Markdown(w) },
	"coverage.md": writeCoverage,
}

// generate writes the files into the directory. A file that is up to date keeps its time.
func generate(directory string) error {
	registry := all.Registry()
	for name, write := range pages {
		var text bytes.Buffer
		if err := write(&text, registry); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		path := filepath.Join(directory, name)
		if before, err := os.ReadFile(path); err == nil && bytes.Equal(before, text.Bytes()) {
			continue
		}
		if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
