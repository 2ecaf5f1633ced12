package store

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// What can be wrong with a database; see [OpenError].
var (
	ErrMissing     = errors.New("does not exist")
	ErrNoFolder    = errors.New("has a path that leads through a file")
	ErrNotDatabase = errors.New("is not a database")
	ErrForeign     = errors.New("belongs to another program")
	ErrDamaged     = errors.New("is damaged")
	ErrNotReadable = errors.New("cannot be read")
	ErrNotWritable = errors.New("cannot be written")
	ErrBusy        = errors.New("is in use by another process")
	ErrDiskFull    = errors.New("cannot grow, the disk is full")
	ErrNewerSchema = errors.New("was made by a newer version of caretaker")
	ErrOlderSchema = errors.New("was made by an older version of caretaker")
)

// OpenError says why a database cannot be used and what to do about it. errors.Is finds its Kind.
type OpenError struct {
	Path   string
	Kind   error  // one of the errors above, nil for anything else
	Detail string // may be empty
	Remedy string // may be empty
	Cause  error  // may be nil
}

// Error names the file, the fault and the remedy.
func (e *OpenError) Error() string {
	text := "database " + e.Path + " "
	switch {
	case e.Kind != nil:
		text += e.Kind.Error()
	default:
		text += "cannot be used: " + e.Cause.Error()
	}
	if e.Detail != "" {
		text += " (" + e.Detail + ")"
	}
	if e.Remedy != "" {
		text += "; " + e.Remedy
	}
	return text
}

// Unwrap returns kind and cause.
func (e *OpenError) Unwrap() []error {
	var errs []error
	for _, err := range []error{e.Kind, e.Cause} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// openError gives an error of the operating system or of SQLite its kind and remedy.
func (s *Store) openError(err error) error {
	var known *OpenError
	if err == nil || errors.As(err, &known) {
		return err
	}
	e := &OpenError{Path: s.path, Cause: err, Kind: kindOf(err)}
	if errors.Is(e.Kind, ErrNotWritable) && s.readOnly {
		e.Kind = ErrNotReadable // SQLite needs to write beside the file to read it
	}
	e.Remedy = remedy(e.Kind, s.path)
	return e
}

func remedy(kind error, path string) string {
	switch {
	case errors.Is(kind, ErrMissing):
		return `"caretaker run" makes it; or name another configuration with -c`
	case errors.Is(kind, ErrNoFolder):
		return "correct data_dir and database.uri"
	case errors.Is(kind, ErrNotDatabase):
		return remedyOther
	case errors.Is(kind, ErrDamaged):
		return remedyDamaged(path)
	case errors.Is(kind, ErrNotReadable), errors.Is(kind, ErrNotWritable):
		return remedyAccess(path)
	case errors.Is(kind, ErrBusy):
		return "try again; if it stays so, a process with this file open hangs"
	case errors.Is(kind, ErrDiskFull):
		return "free some space"
	}
	return ""
}

func kindOf(err error) error {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return kindOfOS(err)
	}
	switch e.Code {
	case sqlite3.ErrNotADB:
		return ErrNotDatabase
	case sqlite3.ErrCorrupt:
		return ErrDamaged
	case sqlite3.ErrCantOpen, sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrAuth:
		return ErrNotWritable
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return ErrBusy
	case sqlite3.ErrFull:
		return ErrDiskFull
	}
	return nil
}

func kindOfOS(err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return ErrMissing
	case errors.Is(err, syscall.ENOTDIR):
		return ErrNoFolder
	case errors.Is(err, syscall.EISDIR):
		return ErrNotDatabase
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return ErrNotWritable
	case errors.Is(err, syscall.ENOSPC):
		return ErrDiskFull
	}
	return nil
}

const remedyOther = "set database.uri to another file, or move this one away"

func remedyDamaged(path string) string {
	return fmt.Sprintf("stop caretaker and restore a backup, or save what can be read with: sqlite3 %q .recover", path)
}

// remedyAccess names the OS user to whom the file, or else its folder, belongs.
func remedyAccess(path string) string {
	for _, p := range []string{path, filepath.Dir(path)} {
		if uid, _, ok := ownerOf(p); ok && int(uid) != os.Geteuid() {
			return fmt.Sprintf("run this as the OS user %q, to whom %s belongs", userName(uid), p)
		}
	}
	return "check the permissions of the file and of its folder, which SQLite must be able to write as well"
}

func userName(uid uint32) string {
	number := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(number); err == nil {
		return u.Username
	}
	return number
}
