package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/util/dbutil"
)

// row is a pointer to a row type that can read itself.
type row[T any] interface {
	*T
	scan(dbutil.Scannable) error
}

// one reads the first row of a query; ok is false without one.
func one[T any, R row[T]](ctx context.Context, s *Store, what, query string, args ...any) (value T, ok bool, err error) {
	err = R(&value).scan(s.reader(ctx).QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return value, false, nil
	}
	if err != nil {
		return value, false, fmt.Errorf("%s: %w", what, err)
	}
	return value, true, nil
}

// many reads all rows of a query.
func many[T any, R row[T]](ctx context.Context, s *Store, what, query string, args ...any) ([]T, error) {
	values, err := readAll[T, R](s.reader(ctx).QueryContext(ctx, query, args...))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return values, nil
}

func readAll[T any, R row[T]](rows dbutil.Rows, err error) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var values []T
	for rows.Next() {
		var value T
		if err := R(&value).scan(rows); err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, rows.Err()
}

// scalar reads one value.
func scalar[T any](ctx context.Context, s *Store, what, query string, args ...any) (value T, ok bool, err error) {
	err = s.reader(ctx).QueryRowContext(ctx, query, args...).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return value, false, nil
	}
	if err != nil {
		return value, false, fmt.Errorf("%s: %w", what, err)
	}
	return value, true, nil
}

// ms is how a time is stored: unix milliseconds, 0 for the zero time.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// fromMS is the inverse of ms.
func fromMS(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// at makes a time a target of Scan.
func at(t *time.Time) sql.Scanner { return (*stamp)(t) }

type stamp time.Time

// Scan reads a stored time.
func (s *stamp) Scan(value any) error {
	ms, ok := value.(int64)
	if !ok {
		return fmt.Errorf("a time is stored as %T", value)
	}
	*s = stamp(fromMS(ms))
	return nil
}

// rawText makes JSON that is stored as text a target of Scan.
type rawText []byte

// Scan reads stored JSON; it is empty, not nil, when there is none.
func (r *rawText) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("JSON is stored as %T", value)
	}
	*r = []byte(text)
	return nil
}

// jsonList is how a list becomes one argument of a query, for json_each.
func jsonList(values []string) string {
	list, err := json.Marshal(values)
	if err != nil || values == nil {
		return "[]" // strings always can be encoded
	}
	return string(list)
}
