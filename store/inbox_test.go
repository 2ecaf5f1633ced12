package store_test

import (
	"fmt"
	"testing"
	"time"

	"caretaker/store"

	"maunium.net/go/mautrix/id"
)

func events(n int) []store.InboxEvent {
	list := make([]store.InboxEvent, n)
	for i := range list {
		list[i] = store.InboxEvent{
			EventID: id.EventID(fmt.Sprintf("$%d", i)), RoomID: "!room:example.org", Sender: "@ada:example.org",
			Type: "m.room.message", Raw: []byte(`{"content":{}}`), OriginTS: time.UnixMilli(int64(i + 1)),
		}
	}
	return list
}

func TestAddEventsKeepsEachOnce(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 3, 63, 64, 65, 100, 300} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			s, _ := newStore(t)
			added, err := s.AddEvents(t.Context(), events(n/2))
			ok(t, err)
			equal(t, "added", added, n/2)
			ok(t, s.AddTransaction(t.Context(), append(events(n), events(n)...)))
			ok(t, s.AddTransaction(t.Context(), nil))
			rows, err := s.PendingAfter(t.Context(), 0, 2*n+1)
			ok(t, err)
			equal(t, "rows", len(rows), n)
			for i, row := range rows {
				equal(t, "order", row.EventID, id.EventID(fmt.Sprintf("$%d", i)))
			}
			count, err := s.Transactions(t.Context())
			ok(t, err)
			equal(t, "transactions", count, int64(min(n, 1)))
			added, err = s.AddEvents(t.Context(), append(events(n), store.InboxEvent{EventID: "$new"}))
			ok(t, err)
			equal(t, "added with those known", added, 1)
		})
	}
}

func TestEventComesBackAsItWent(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	want := events(1)[0]
	_, err := s.AddEvents(t.Context(), []store.InboxEvent{want, {EventID: "$invalid", State: store.InboxInvalid}})
	ok(t, err)
	got, found, err := s.Get(t.Context(), want.EventID)
	ok(t, err)
	equal(t, "found", found, true)
	equal(t, "raw", string(got.Raw), string(want.Raw))
	equal(t, "room", got.RoomID, want.RoomID)
	equal(t, "sender", got.Sender, want.Sender)
	equal(t, "origin", got.OriginTS.Equal(want.OriginTS), true)
	equal(t, "received", got.ReceivedTS.Equal(c.Now()), true)
	equal(t, "state", got.State, store.InboxPending)
	invalid, _, err := s.Get(t.Context(), "$invalid")
	ok(t, err)
	equal(t, "state of the invalid one", invalid.State, store.InboxInvalid)
	equal(t, "unset time", invalid.OriginTS.IsZero(), true)
	_, found, err = s.Get(t.Context(), "$unknown")
	ok(t, err)
	equal(t, "found", found, false)
	known, err := s.Known(t.Context(), []id.EventID{"$0", "$unknown"})
	ok(t, err)
	equal(t, "known", fmt.Sprint(known), "map[$0:true]")
}

func TestLifeOfACommand(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	_, err := s.AddEvents(t.Context(), events(2))
	ok(t, err)
	started := func() bool {
		won, err := s.Start(t.Context(), "$0", 7)
		ok(t, err)
		return won
	}
	equal(t, "start", started(), true)
	equal(t, "start again", started(), false)
	rows, err := s.Started(t.Context())
	ok(t, err)
	equal(t, "started rows", len(rows), 1)
	equal(t, "audit record", rows[0].AuditRef, 7)

	ok(t, s.Requeue(t.Context(), "$0"))
	equal(t, "start after requeue", started(), true)
	ok(t, s.Finish(t.Context(), "$0", store.InboxDone, "user password @bob:example.org -p ***"))
	c.Add(time.Minute)
	ok(t, s.Finish(t.Context(), "$0", store.InboxInterrupted, "")) // too late
	ok(t, s.Requeue(t.Context(), "$0"))                            // too late
	equal(t, "start when finished", started(), false)

	done, _, err := s.Get(t.Context(), "$0")
	ok(t, err)
	equal(t, "state", done.State, store.InboxDone)
	equal(t, "raw", string(done.Raw), "")
	equal(t, "command", done.Command, "user password @bob:example.org -p ***")
	equal(t, "finished", done.FinishedTS.Equal(c.Now().Add(-time.Minute)), true)
	rest, err := s.PendingCount(t.Context())
	ok(t, err)
	equal(t, "pending", rest, 1)
	_, err = s.AddEvents(t.Context(), events(2))
	ok(t, err)
	rest, err = s.PendingCount(t.Context())
	ok(t, err)
	equal(t, "pending after a repeat", rest, 1)
}

func TestTidyKeepsWhatIsOpenOrYoung(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	_, err := s.AddEvents(t.Context(), append(events(3), store.InboxEvent{EventID: "$bad", State: store.InboxInvalid}))
	ok(t, err)
	ok(t, s.Enqueue(t.Context(), store.Out{EventID: "$0", Step: "answer"}, store.Out{EventID: "$1", Step: "answer"}))
	ok(t, s.MarkSent(t.Context(), 1, "$answer"))
	ok(t, s.Finish(t.Context(), "$0", store.InboxDone, "whoami"))
	c.Add(30 * 24 * time.Hour)
	ok(t, s.Finish(t.Context(), "$1", store.InboxDone, "whoami"))
	ok(t, s.Tidy(t.Context(), c.Now().Add(-time.Hour)))
	known, err := s.Known(t.Context(), []id.EventID{"$0", "$1", "$2", "$bad"})
	ok(t, err)
	equal(t, "left", fmt.Sprint(known), "map[$1:true $2:true]")
	_, found, err := s.FindByEvent(t.Context(), "$answer")
	ok(t, err)
	equal(t, "old delivery", found, false)
	waiting, err := s.WaitingCount(t.Context())
	ok(t, err)
	equal(t, "waiting deliveries", waiting, 1)
	// Numbers are not used again, or whoever remembers the last one he saw would miss an event.
	_, err = s.AddEvents(t.Context(), []store.InboxEvent{{EventID: "$new"}})
	ok(t, err)
	rows, err := s.PendingAfter(t.Context(), 4, 10)
	ok(t, err)
	equal(t, "new rows", len(rows), 1)
}
