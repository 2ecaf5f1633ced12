// Package store is the database: the inbox of events, the outbox of messages, prompts, audit records, rooms and long
// work. What is in it survives a crash; everything else the program may forget.
//
// There is one file per table with its queries, row type and methods. Methods join the transaction of their context,
// see [Store.InTx].
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"
	"go.mau.fi/util/dbutil"
)

// ErrReadOnly is returned by everything that writes when the database was opened with Options.ReadOnly.
var ErrReadOnly = errors.New("the database was opened for reading only")

// Options says how a database is opened. The zero value opens it for writing, without a log.
type Options struct {
	// ReadOnly neither creates nor changes the file and works where it cannot be written.
	ReadOnly bool
	Log      zerolog.Logger
	// Now is the clock, time.Now if nil.
	Now func() time.Time
}

// Store is an open database. It may be used concurrently; other processes may have the same file open.
type Store struct {
	path string
	now  func() time.Time
	log  zerolog.Logger

	readOnly bool
	read     *dbutil.Database // several connections that cannot write and do not wait for a writer
	write    *dbutil.Database // one connection, the only fair queue for writers; nil when read-only
}

// Path returns the absolute path of the database file.
func (s *Store) Path() string { return s.path }

// Close waits for running queries and closes the file. What was committed stays, also without Close.
func (s *Store) Close() error {
	var err error
	if s.read != nil {
		err = s.read.Close()
	}
	if s.write != nil {
		err = errors.Join(s.write.Close(), err) // last, it takes the journal into the file
	}
	return err
}

// InTx runs fn in a writing transaction, which is committed when fn returns nil and rolled back otherwise, also when
// fn panics. Every method called with fn's context takes part in it, and so does a nested InTx.
//
// There is one writer: keep fn short, without requests to anybody. Using another context than the one given to fn
// inside of it panics instead of waiting for itself for ever.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if s.write == nil {
		return ErrReadOnly
	}
	if inTx(ctx, s.write) {
		return fn(ctx)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // after a panic this is what rolls back
	return s.write.DoTxn(ctx, nil, func(ctx context.Context) error {
		// The driver starts a goroutine per query for a context that can end. The wait for the
		// transaction and its commit still end with the context; the queries are short.
		return fn(context.WithoutCancel(ctx))
	})
}

func inTx(ctx context.Context, db *dbutil.Database) bool {
	_, ok := db.Execable(ctx).(dbutil.Transaction)
	return ok
}

// reader is the transaction of ctx, or the pool for reading.
func (s *Store) reader(ctx context.Context) dbutil.Execable {
	if s.write != nil {
		if tx, ok := s.write.Execable(ctx).(dbutil.Transaction); ok {
			return tx
		}
	}
	return s.read.Execable(ctx)
}

// exec runs one writing statement and returns how many rows it touched.
func (s *Store) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if s.write == nil {
		return 0, ErrReadOnly
	}
	res, err := s.write.Exec(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// change runs one writing statement whose number of rows does not matter; what names the attempt in errors.
func (s *Store) change(ctx context.Context, what, query string, args ...any) error {
	if _, err := s.exec(ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
