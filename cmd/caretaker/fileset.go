package main

import (
	"errors"
	"os"

	"caretaker/config"
)

// fileSet is files with secrets that are written all together or not at all.
type fileSet struct{ files []*pendingFile }

// pendingFile is a new file, or a new content of an old one.
type pendingFile struct {
	path   string
	text   []byte
	old    []byte
	backup string // where the old content is kept; empty if there was no file
}

func (s *fileSet) add(path string, text []byte) {
	s.files = append(s.files, &pendingFile{path: path, text: text})
}

// write keeps what a file held before, see [config.Keep]. After an error everything is as it was.
func (s *fileSet) write() error {
	for _, file := range s.files {
		if err := file.keep(); err != nil {
			return err
		}
	}
	for i, file := range s.files {
		if err := config.Write(file.path, file.text); err != nil {
			for _, done := range s.files[:i] {
				err = errors.Join(err, done.restore())
			}
			return err
		}
	}
	return nil
}

// keep remembers what the file held and copies it.
func (f *pendingFile) keep() (err error) {
	if f.backup, err = config.Keep(f.path); err != nil || f.backup == "" {
		return err
	}
	f.old, err = config.ReadFile("file", f.backup, "")
	return err
}

// restore undoes the writing.
func (f *pendingFile) restore() error {
	if f.backup != "" {
		return config.Write(f.path, f.old)
	}
	return os.Remove(f.path)
}
