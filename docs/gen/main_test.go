package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestGeneratedFilesAreFresh(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	if err := generate(directory); err != nil {
		t.Fatal(err)
	}
	for name := range pages {
		want, err := os.ReadFile(filepath.Join(directory, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the code says (%v); run make generate", name, err)
		}
	}
}

func TestGenerateLeavesFreshFilesAlone(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	name := filepath.Join(directory, "docs/commands.md")
	if err := generate(directory); err != nil {
		t.Fatal(err)
	}
	old := time.Unix(1_000_000_000, 0)
	if err := os.Chtimes(name, old, old); err != nil {
		t.Fatal(err)
	}
	if err := generate(directory); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || !info.ModTime().Equal(old) {
		t.Errorf("a fresh file was written again: %v, %v", info, err)
	}
}
