package store

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"go.mau.fi/util/dbutil"
)

//go:embed upgrades/*.sql
var upgradeFiles embed.FS

// owner marks our databases.
const owner = "caretaker"

const (
	versionTables = `SELECT count(*), count(*) FILTER (WHERE name = 'version'), count(*) FILTER (WHERE name = 'database_owner')
		FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	versionRead = `SELECT version, coalesce(compat, version) FROM version`
	ownerRead   = `SELECT owner FROM database_owner WHERE key = 0`
)

func upgradeTable() dbutil.UpgradeTable {
	var table dbutil.WIPUpgradeTable
	return table.WithFSPath(upgradeFiles, "upgrades").Finish()
}

// upgrade brings the tables up to date, all versions in one transaction: two processes may start at once.
func (s *Store) upgrade(ctx context.Context) error {
	s.write.UpgradeTable = upgradeTable()
	s.write.Owner = owner
	return s.InTx(ctx, func(ctx context.Context) error {
		err := s.checkVersion(ctx)
		if !errors.Is(err, ErrOlderSchema) && !errors.Is(err, ErrMissing) {
			return err
		}
		if err := s.write.Upgrade(ctx); err != nil {
			return fmt.Errorf("upgrade the tables: %w", err)
		}
		s.log.Info().Str("path", s.path).Int("version", len(s.write.UpgradeTable)).Msg("database upgraded")
		return nil
	})
}

// checkVersion compares the version of the tables with what this program knows.
func (s *Store) checkVersion(ctx context.Context) error {
	db := s.reader(ctx)
	var tables, versions, owners int
	if err := db.QueryRowContext(ctx, versionTables).Scan(&tables, &versions, &owners); err != nil {
		return err
	}
	if tables == 0 {
		return &OpenError{Path: s.path, Kind: ErrMissing, Detail: "the file is empty", Remedy: "start caretaker once, it fills it"}
	}
	if versions == 0 || owners == 0 {
		return s.foreign("")
	}
	var name string
	if err := db.QueryRowContext(ctx, ownerRead).Scan(&name); err != nil || name != owner {
		return s.foreign(name)
	}
	var version, compatible int
	if err := db.QueryRowContext(ctx, versionRead).Scan(&version, &compatible); err != nil {
		return err
	}
	return s.compareVersion(version, compatible, len(upgradeTable()))
}

func (s *Store) compareVersion(version, compatible, known int) error {
	detail := fmt.Sprintf("its schema has version %d, this program knows version %d", version, known)
	switch {
	case compatible > known:
		return &OpenError{Path: s.path, Kind: ErrNewerSchema, Detail: detail,
			Remedy: "install the newer caretaker again, or restore the backup made before the upgrade"}
	case version < known:
		return &OpenError{Path: s.path, Kind: ErrOlderSchema, Detail: detail, Remedy: "restart the daemon with this version, it upgrades the database"}
	}
	return nil
}

func (s *Store) foreign(name string) error {
	return &OpenError{Path: s.path, Kind: ErrForeign, Detail: name, Remedy: remedyOther}
}
