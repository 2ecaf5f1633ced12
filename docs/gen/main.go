// Command gen writes what is derived from the source: docs/commands.md and docs/coverage.md, and the tables from which
// the program knows what its own code calls. "make generate" runs it.
//
//	go run ./docs/gen [DIRECTORY]
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"caretaker/admin/synapse"
	"caretaker/commands"
	"caretaker/commands/all"
)

//go:generate go run . ../..

func main() {
	directory := "."
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
	"docs/commands.md":        func(w io.Writer, r *commands.Registry) error { return r.Markdown(w) },
	"docs/coverage.md":        writeCoverage,
	"commands/all/calls.txt":  func(w io.Writer, r *commands.Registry) error { return put(w, r.CallTable()) },
	"admin/synapse/sends.txt": func(w io.Writer, _ *commands.Registry) error { return put(w, synapse.SendsTable()) },
}

func put(w io.Writer, text string) error {
	_, err := io.WriteString(w, text)
	return err
}

// generate writes the files below the directory. A file that is up to date keeps its time.
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
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, text.Bytes(), 0o644)); err != nil {
			return err
		}
	}
	return nil
}
