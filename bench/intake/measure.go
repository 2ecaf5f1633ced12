package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// throughput measures alternately, so that whatever else the machine does hits both, and gives the median ratio.
func throughput(ctx context.Context, opts options, events int) (median float64, err error) {
	theirs := library()
	defer func() { err = errors.Join(err, theirs.close()) }()
	ours, err := durable(ctx, opts.dir)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, ours.close()) }()
	baseline, measured := newHomeserver(theirs), newHomeserver(ours)
	if err := warmUp(ctx, baseline, measured, events); err != nil {
		return 0, err
	}
	var ratios []float64
	for range opts.pairs {
		a, err := baseline.rate(ctx, events, opts.duration)
		if err != nil {
			return 0, err
		}
		b, err := measured.rate(ctx, events, opts.duration)
		if err != nil {
			return 0, err
		}
		fmt.Printf("  %3d per transaction: mautrix %7.0f/s, durable %7.0f/s, %.2f ×\n", events, a, b, b/a)
		ratios = append(ratios, b/a)
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2], nil
}

func warmUp(ctx context.Context, a, b *homeserver, events int) error {
	_, err := a.rate(ctx, events, 200*time.Millisecond)
	if err != nil {
		return err
	}
	_, err = b.rate(ctx, events, 200*time.Millisecond)
	return err
}

// latency compares acknowledgements of single events with the insert of one row and a full commit, in turns.
func latency(ctx context.Context, opts options) (p50, p99 float64, err error) {
	ours, err := durable(ctx, opts.dir)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, ours.close()) }()
	bare, err := openBare(ctx, opts.dir)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, bare.close()) }()
	sender := newHomeserver(ours)
	if err := warmUp(ctx, sender, sender, 1); err != nil {
		return 0, 0, err
	}
	const rounds = 4000
	var acks, commits []time.Duration
	for range rounds {
		body := transaction(1)
		start := time.Now()
		if err := sender.deliver(ctx, body); err != nil {
			return 0, 0, err
		}
		acked := time.Now()
		if err := bare.insert(ctx, body); err != nil {
			return 0, 0, err
		}
		acks, commits = append(acks, acked.Sub(start)), append(commits, time.Since(acked))
	}
	slices.Sort(acks)
	slices.Sort(commits)
	at := func(d []time.Duration, q int) time.Duration { return d[len(d)*q/100] }
	fmt.Printf("  acknowledgement p50 %v p99 %v, bare commit p50 %v p99 %v\n", at(acks, 50), at(acks, 99), at(commits, 50), at(commits, 99))
	return float64(at(acks, 50)) / float64(at(commits, 50)), float64(at(acks, 99)) / float64(at(commits, 99)), nil
}

// bareTable is the least that durability can mean: one table, one row, one commit.
type bareTable struct {
	db  *sql.DB
	dir string
	n   int
}

func openBare(ctx context.Context, dir string) (*bareTable, error) {
	dir, err := os.MkdirTemp(dir, "caretaker-bench-")
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "bare.db")+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate")
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, `CREATE TABLE event (id TEXT PRIMARY KEY, raw BLOB NOT NULL)`)
	return &bareTable{db: db, dir: dir}, err
}

func (b *bareTable) insert(ctx context.Context, raw []byte) error {
	b.n++
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO event (id, raw) VALUES (?, ?)`, fmt.Sprintf("$%040d", b.n), raw); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (b *bareTable) close() error { return errors.Join(b.db.Close(), os.RemoveAll(b.dir)) }
