package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix/id"
)

const (
	arrivalInsert = `INSERT INTO arrival (count, events) VALUES (?1, ?2)`
	arrivalAny    = `SELECT EXISTS (SELECT 1 FROM arrival)`
	arrivalRead   = `SELECT n, events FROM arrival ORDER BY n LIMIT 20`
	arrivalDrop   = `DELETE FROM arrival WHERE n = ?1`
	arrivalAdd    = `INSERT INTO setting (key, value) VALUES ('transaction_count', CAST(?1 AS TEXT))
		ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + ?1 AS TEXT)`
	arrivalCount = `SELECT (SELECT count(*) FROM arrival) +
		coalesce((SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'transaction_count'), 0)`
)

// arrived is an event as it is stored until it is moved to the inbox.
type arrived struct {
	EventID    id.EventID `json:"e"`
	RoomID     id.RoomID  `json:"r"`
	Sender     id.UserID  `json:"s"`
	Type       string     `json:"t"`
	Raw        []byte     `json:"c"`
	State      InboxState `json:"z,omitempty"`
	OriginTS   int64      `json:"o"`
	ReceivedTS int64      `json:"a"`
}

// AddTransaction stores events as fast as they can be stored, for a homeserver that waits for its answer. When it
// returns nil, they are on the disk. Which of them are known already is found out by PendingAfter.
func (s *Store) AddTransaction(ctx context.Context, events []InboxEvent) error {
	if len(events) == 0 {
		return nil
	}
	packed, err := s.pack(events)
	if err == nil {
		err = s.append(ctx, arrivalInsert, len(events), packed)
	}
	if err != nil {
		return fmt.Errorf("store a transaction of %d events: %w", len(events), err)
	}
	return nil
}

// Transactions returns how many transactions were ever stored; those without events are not.
func (s *Store) Transactions(ctx context.Context) (int64, error) {
	n, _, err := scalar[int64](ctx, s, "read the number of transactions", arrivalCount)
	return n, err
}

func (s *Store) pack(events []InboxEvent) ([]byte, error) {
	now := ms(s.now())
	rows := make([]arrived, len(events))
	for i, e := range events {
		rows[i] = arrived{e.EventID, e.RoomID, e.Sender, e.Type, e.Raw, e.State, ms(e.OriginTS), ms(e.ReceivedTS)}
		if rows[i].ReceivedTS == 0 {
			rows[i].ReceivedTS = now
		}
	}
	return json.Marshal(rows)
}

// append runs one statement that is a transaction by itself. The context ends the wait for the writer; for the
// statement itself the driver would start a goroutine.
func (s *Store) append(ctx context.Context, query string, args ...any) error {
	if s.write == nil {
		return ErrReadOnly
	}
	if inTx(ctx, s.write) {
		_, err := s.exec(ctx, query, args...)
		return err
	}
	conn, err := s.write.RawDB.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	_, err = conn.ExecContext(context.WithoutCancel(ctx), query, args...)
	return err
}

// takeArrivals moves what has arrived to the inbox. Who only reads leaves it where it is.
func (s *Store) takeArrivals(ctx context.Context) error {
	if s.write == nil {
		return nil
	}
	for {
		some, _, err := scalar[bool](ctx, s, "look for arrivals", arrivalAny)
		if err != nil || !some {
			return err
		}
		if err := s.InTx(ctx, s.absorb); err != nil {
			return fmt.Errorf("move arrivals to the inbox: %w", err)
		}
	}
}

// absorb moves some arrivals, oldest first; not all at once, or nothing could be stored meanwhile.
func (s *Store) absorb(ctx context.Context) error {
	list, err := many[arrival](ctx, s, "read arrivals", arrivalRead)
	if err != nil {
		return err
	}
	for _, a := range list {
		if _, err := s.insertEvents(ctx, a.events); err != nil {
			return err
		}
		if err := s.change(ctx, "remove arrival", arrivalDrop, a.n); err != nil {
			return err
		}
	}
	return s.change(ctx, "count transactions", arrivalAdd, len(list))
}

// arrival is what came in one transaction.
type arrival struct {
	n      int64
	events []InboxEvent
}

func (a *arrival) scan(r dbutil.Scannable) error {
	var packed []byte
	if err := r.Scan(&a.n, &packed); err != nil {
		return err
	}
	var rows []arrived
	if err := json.Unmarshal(packed, &rows); err != nil {
		return fmt.Errorf("unpack arrival %d: %w", a.n, err)
	}
	for _, e := range rows {
		a.events = append(a.events, InboxEvent{
			EventID: e.EventID, RoomID: e.RoomID, Sender: e.Sender, Type: e.Type, Raw: e.Raw, State: e.State,
			OriginTS: fromMS(e.OriginTS), ReceivedTS: time.UnixMilli(e.ReceivedTS),
		})
	}
	return nil
}
