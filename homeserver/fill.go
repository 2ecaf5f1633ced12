package homeserver

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	_ "github.com/mattn/go-sqlite3" // Synapse's database
)

// FillUsers puts n users straight into the database, named @filler00001 and so on, for tests of lists and paging.
// They can neither log in nor be in rooms. The server must have run once and be stopped: ten thousand take a second,
// by the API they take many minutes.
func (s *Server) FillUsers(ctx context.Context, n int) (err error) {
	if s.Running() {
		return errors.New("fill users: the homeserver is running")
	}
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(s.Dir, "homeserver.db")+"?mode=rw")
	if err != nil {
		return fmt.Errorf("fill users: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("fill users: %w", err)
	}
	if err := insertUsers(ctx, tx, s.ServerName, n); err != nil {
		return errors.Join(fmt.Errorf("fill users: %w", err), tx.Rollback())
	}
	return tx.Commit()
}

func insertUsers(ctx context.Context, tx *sql.Tx, serverName string, n int) error {
	user, err := tx.PrepareContext(ctx,
		`INSERT INTO users (name, creation_ts, admin, is_guest, deactivated, approved) VALUES (?, ?, 0, 0, 0, 1)`)
	if err != nil {
		return err
	}
	defer user.Close()
	profile, err := tx.PrepareContext(ctx, `INSERT INTO profiles (user_id, displayname, full_user_id) VALUES (?, ?, ?)`)
	if err != nil {
		return err
	}
	defer profile.Close()
	created := time.Now().Unix()
	for i := range n {
		localpart := fmt.Sprintf("filler%05d", i+1)
		full := "@" + localpart + ":" + serverName
		if _, err := user.ExecContext(ctx, full, created); err != nil {
			return err
		}
		if _, err := profile.ExecContext(ctx, localpart, fmt.Sprintf("Filler %d", i+1), full); err != nil {
			return err
		}
	}
	return nil
}
