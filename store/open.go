package store

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
	"go.mau.fi/util/dbutil"
)

// The settings of the connections. Transactions are immediate, since a deferred one that reads before it writes fails
// when another process wrote in between, whatever the timeout. Deleted content is overwritten, since rows held secrets.
const (
	writeSettings = "mode=rw&_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_txlock=immediate&_foreign_keys=on&_secure_delete=on&_stmt_cache_size=64"
	readSettings  = "mode=ro&_query_only=true&_busy_timeout=5000&_stmt_cache_size=32"
	readers       = 4
)

// header is how every SQLite file begins.
const header = "SQLite format 3\x00"

// Open opens the database file at path (also written file:PATH), creates it unless it is read-only, and brings its
// tables up to date. Errors about the file are of type [*OpenError].
func Open(ctx context.Context, path string, opts Options) (*Store, error) {
	path, err := filePath(path)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, now: opts.Now, log: opts.Log, readOnly: opts.ReadOnly}
	if s.now == nil {
		s.now = time.Now
	}
	if opts.ReadOnly {
		err = s.openToRead(ctx)
	} else {
		err = s.openToWrite(ctx)
	}
	if err != nil {
		return nil, errors.Join(s.openError(err), s.Close())
	}
	return s, nil
}

func (s *Store) openToWrite(ctx context.Context) error {
	if err := s.createFile(); err != nil {
		return err
	}
	var err error
	if s.write, err = s.connect(writeSettings, 1); err != nil {
		return err
	}
	s.write.DeadlockDetection = true
	if err := s.firstUse(ctx); err != nil {
		return err
	}
	s.read, err = s.connect(readSettings, readers)
	return err
}

// firstUse upgrades the tables. A new file is switched to its journal mode with the first connection, and for this
// SQLite does not wait for another process that does the same.
func (s *Store) firstUse(ctx context.Context) error {
	for attempt := 1; ; attempt++ {
		err := s.upgrade(ctx)
		if !errors.Is(kindOf(err), ErrBusy) || attempt == 20 {
			return err
		}
		select {
		case <-time.After(25 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}

// openToRead tries the file as others may be writing it. SQLite then wants its helper files, which it cannot make in a
// folder that we may not write; without a journal beside it nobody writes, and the file alone is enough.
func (s *Store) openToRead(ctx context.Context) error {
	if err := s.checkHeader(); err != nil {
		return err
	}
	var err error
	if s.read, err = s.connect(readSettings, readers); err != nil {
		return err
	}
	err = s.checkVersion(ctx)
	if !errors.Is(kindOf(err), ErrNotWritable) || s.hasJournal() {
		return err
	}
	if err := s.read.Close(); err != nil {
		return err
	}
	if s.read, err = s.connect(readSettings+"&immutable=1", readers); err != nil {
		return err
	}
	return s.checkVersion(ctx)
}

func (s *Store) connect(settings string, connections int) (*dbutil.Database, error) {
	uri := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: s.path}).EscapedPath(), RawQuery: settings}).String()
	raw, err := sql.Open("sqlite3", uri)
	if err != nil {
		return nil, err
	}
	raw.SetMaxOpenConns(connections)
	raw.SetMaxIdleConns(min(connections, 2))
	db, err := dbutil.NewWithDB(raw, "sqlite3")
	if err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return db, nil
}

// createFile makes an empty file that only we can read, since SQLite would make one that everybody can.
func (s *Store) createFile() error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return err
	}
	file, err := openOrCreate(s.path, 0)
	if err != nil {
		return err
	}
	return errors.Join(s.checkHeader(), file.Close())
}

// checkHeader refuses what is no SQLite file with clearer words than SQLite has. An empty file is a new database.
func (s *Store) checkHeader() error {
	file, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer file.Close()
	begin := make([]byte, len(header))
	n, err := io.ReadFull(file, begin)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case errors.Is(err, syscall.EISDIR):
		return &OpenError{Path: s.path, Kind: ErrNotDatabase, Detail: "it is a folder", Remedy: remedyOther}
	case n > 0 && string(begin[:n]) != header:
		return &OpenError{Path: s.path, Kind: ErrNotDatabase, Remedy: remedyOther}
	}
	return err
}

func (s *Store) hasJournal() bool {
	info, err := os.Stat(s.path + "-wal")
	return err == nil && info.Size() > 0
}
