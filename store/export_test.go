package store

import "context"

// Pragma reads a setting of the writing connection.
func (s *Store) Pragma(ctx context.Context, name string) (value string, err error) {
	err = s.write.QueryRow(ctx, "PRAGMA "+name).Scan(&value)
	return value, err
}

// Raw runs a statement on the writing connection.
func (s *Store) Raw(ctx context.Context, statement string) error {
	_, err := s.exec(ctx, statement)
	return err
}
