package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Keep copies a file that is about to be replaced, and returns the copy's path: the
// file's with .bak appended, or with .bak.1, .bak.2 … where there are copies. None of
// them is ever overwritten, since the tokens in the oldest may be those that are in
// use; one that holds the same is used again. The path is empty where there is no file.
func Keep(path string) (backup string, err error) {
	text, err := ReadFile("file", path, "")
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	backup = path + ".bak"
	for n := 1; ; n++ {
		if held, err := os.ReadFile(backup); err == nil && bytes.Equal(held, text) {
			return backup, os.Chmod(backup, 0o600)
		}
		if _, err := os.Lstat(backup); err != nil {
			return backup, Write(backup, text) // which says it where the name cannot be had
		}
		backup = fmt.Sprintf("%s.bak.%d", path, n)
	}
}
