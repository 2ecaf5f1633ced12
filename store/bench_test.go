package store_test

import (
	"crypto/rand"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"caretaker/store"

	"maunium.net/go/mautrix/id"
)

// The baseline is what durability costs anyway: one row and one commit in the simplest table.
func BenchmarkAddTransaction(b *testing.B) {
	for _, size := range []int{1, 100} {
		b.Run(fmt.Sprintf("events=%d", size), func(b *testing.B) {
			s, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "caretaker.db"), store.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			batch := events(size)
			for i := range batch {
				batch[i].Raw = []byte(strings.Repeat("x", 380))
			}
			for b.Loop() {
				for i := range batch { // as homeservers make them: hashes, each in another place of the index
					batch[i].EventID = id.EventID("$" + rand.Text() + rand.Text()[:17])
				}
				if err := s.AddTransaction(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("baseline", func(b *testing.B) {
		db, err := sql.Open("sqlite3", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_journal_mode=WAL&_synchronous=FULL")
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		db.SetMaxOpenConns(1)
		if _, err := db.ExecContext(b.Context(), `CREATE TABLE t (a TEXT)`); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := db.ExecContext(b.Context(), `INSERT INTO t VALUES (?)`, `{"content":{}}`); err != nil {
				b.Fatal(err)
			}
		}
	})
}
