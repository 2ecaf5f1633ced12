package store

import "context"

const (
	settingGet = `SELECT value FROM setting WHERE key = ?1`
	settingSet = `INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`
	settingDel = `DELETE FROM setting WHERE key = ?1`
)

// Setting returns a value that the program keeps for itself; false if it was never set.
func (s *Store) Setting(ctx context.Context, key string) (string, bool, error) {
	return scalar[string](ctx, s, "read setting", settingGet, key)
}

// SetSetting keeps a value. Not for secrets.
func (s *Store) SetSetting(ctx context.Context, key, value string) error {
	return s.change(ctx, "store setting", settingSet, key, value)
}

// DeleteSetting forgets a value.
func (s *Store) DeleteSetting(ctx context.Context, key string) error {
	return s.change(ctx, "delete setting", settingDel, key)
}
