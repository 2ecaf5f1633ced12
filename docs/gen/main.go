// Command gen writes the documentation that is derived from the source:
// docs/commands.md. "make generate" runs it.
//
//	go run ./docs/gen [DIRECTORY]
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

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

// generate writes the files into the directory. A file that is up to date keeps its time.
func generate(directory string) error {
	var text bytes.Buffer
	if err := all.Registry().Markdown(&text); err != nil {
		return fmt.Errorf("describe the commands: %w", err)
	}
	name := filepath.Join(directory, "commands.md")
	if before, err := os.ReadFile(name); err == nil && bytes.Equal(before, text.Bytes()) {
		return nil
	}
	return os.WriteFile(name, text.Bytes(), 0o644)
}
