package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// FileError says in one sentence for people what is wrong with a file or a folder,
// and what to do about it. The system's own words are in its cause only.
type FileError struct {
	Name  string // "file secret.txt"
	Text  string // what is wrong, and the remedy
	Cause error
}

// Error implements error.
func (e *FileError) Error() string { return e.Name + " " + e.Text }

// Unwrap gives the cause: [fs.ErrNotExist] and the like are found in it.
func (e *FileError) Unwrap() error { return e.Cause }

// ReadFile is [os.ReadFile] whose error is a *[FileError] that calls the file by
// what it is. The remedy is for one that does not exist.
func ReadFile(what, path, remedy string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err == nil {
		return text, nil
	}
	e := &FileError{Name: what + " " + path, Text: "cannot be read; give a file", Cause: err}
	switch dir := filepath.Dir(path); {
	case errors.Is(err, fs.ErrNotExist):
		e.Text = "does not exist; " + remedy
	case errors.Is(err, unix.ENOTDIR):
		e.Text = fmt.Sprintf("cannot be read, since %s is no folder; correct the path", dir)
	case errors.Is(err, fs.ErrPermission) && closed(dir):
		e.Text = fmt.Sprintf("cannot be reached by this user, who may not enter %s; change the folder's owner or mode", dir)
	case errors.Is(err, fs.ErrPermission):
		e.Text = "is not readable for this user; change its owner or mode"
	}
	return nil, e
}

// closed reports whether nothing in a folder can be looked at.
func closed(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, "anything"))
	return errors.Is(err, fs.ErrPermission)
}

// Write puts a file with secrets in place in one step, mode 0600: a reader, or
// a crash, meets the old file or the new one, never half of it. Missing folders
// are made, for this user only. The error is a *[FileError].
func Write(path string, text []byte) error {
	dir := filepath.Dir(path)
	if err := MakeFolder("folder", dir); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*") // CreateTemp makes it 0600
	if err != nil {
		return unwritable("file "+path, "cannot be written", err)
	}
	_, err = temp.Write(text)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err == nil {
		err = syncFolder(dir)
	}
	if err != nil {
		_ = os.Remove(temp.Name()) // the error that is reported came first
		return unwritable("file "+path, "cannot be written", err)
	}
	return nil
}

// MakeFolder makes a folder for this user only, and those above it, where they are
// missing. The error is a *[FileError] that calls the folder by what it is.
func MakeFolder(what, path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return unwritable(what+" "+path, "cannot be made", err)
	}
	return nil
}

// unwritable finds the remedy for what could not be written.
func unwritable(name, fact string, err error) error {
	remedy := "see whether something else is in its place"
	switch {
	case errors.Is(err, fs.ErrPermission):
		fact, remedy = fact+" by this user", "change the owner of its folder, or name another folder"
	case errors.Is(err, unix.EROFS):
		remedy = "the disk is mounted read-only: mount it for writing, or name another folder"
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT):
		remedy = "no space is left: delete something, or name another folder"
	case errors.Is(err, unix.ENOTDIR):
		remedy = "a part of its path is no folder: name another one"
	}
	return &FileError{Name: name, Text: fact + "; " + remedy, Cause: err}
}

// syncFolder makes the new name itself survive a power cut.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
