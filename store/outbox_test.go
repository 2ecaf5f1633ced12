package store_test

import (
	"testing"
	"time"

	"caretaker/store"
)

// waiting returns the steps that are due, with what they refer to.
func waiting(t *testing.T, s *store.Store) (steps []string) {
	t.Helper()
	rows, err := s.Waiting(t.Context(), 10)
	ok(t, err)
	for _, row := range rows {
		step := row.Step
		if row.RefEvent != "" {
			step += ">" + string(row.RefEvent)
		}
		steps = append(steps, step)
	}
	return steps
}

func wantWaiting(t *testing.T, s *store.Store, want ...string) {
	t.Helper()
	got := waiting(t, s)
	equal(t, "number of deliveries", len(got), len(want))
	for i := range want {
		equal(t, "delivery", got[i], want[i])
	}
}

func TestEachStepIsQueuedOnce(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	first := store.Out{EventID: "$c", Step: "answer", RoomID: "!r:x", Type: "m.room.message", Content: []byte(`{"body":"1"}`), Final: true}
	second := first
	second.Content = []byte(`{"body":"2"}`)
	ok(t, s.Enqueue(t.Context(), first, second))
	ok(t, s.Enqueue(t.Context(), second))
	rows, err := s.Waiting(t.Context(), 10)
	ok(t, err)
	equal(t, "rows", len(rows), 1)
	equal(t, "content", string(rows[0].Content), `{"body":"1"}`)
	equal(t, "kind", rows[0].Kind, store.OutSend)
	equal(t, "transaction id", rows[0].TxnID, store.TxnID("$c", "answer"))
	if store.TxnID("$c", "answer") == store.TxnID("$d", "answer") || store.TxnID("$c", "answer") == store.TxnID("$c", "mark") {
		t.Error("transaction ids are not unique")
	}
}

func TestDeliveryInOrderOfWhatRefersToWhat(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	ok(t, s.Enqueue(t.Context(),
		store.Out{EventID: "$c", Step: "seen", NotBefore: c.Now().Add(500 * time.Millisecond)},
		store.Out{EventID: "$c", Step: "card", Content: []byte(`{}`)},
		store.Out{EventID: "$c", Step: "edit", RefStep: "card"},
		store.Out{EventID: "$c", Step: "unsee", Kind: store.OutRedact, RefEvent: "$other"},
	))
	wantWaiting(t, s, "card", "unsee>$other")
	ok(t, s.MarkSent(t.Context(), 2, "$card"))
	ok(t, s.MarkSent(t.Context(), 2, "$again")) // a second answer changes nothing
	wantWaiting(t, s, "edit>$card", "unsee>$other")

	ok(t, s.Delay(t.Context(), 3, c.Now().Add(time.Minute), "429"))
	ok(t, s.MarkSent(t.Context(), 4, "$x"))
	wantWaiting(t, s)
	next, some, err := s.NextDelivery(t.Context())
	ok(t, err)
	equal(t, "some are left", some, true)
	equal(t, "next", next.Equal(c.Now().Add(500*time.Millisecond)), true)

	c.Add(time.Minute)
	wantWaiting(t, s, "seen", "edit>$card")
	sent, done, err := s.SentEvent(t.Context(), "$c", "card")
	ok(t, err)
	equal(t, "sent", done, true)
	equal(t, "event", sent, "$card")
	_, done, err = s.SentEvent(t.Context(), "$c", "edit")
	ok(t, err)
	equal(t, "edit sent", done, false)
	row, found, err := s.FindByEvent(t.Context(), "$card")
	ok(t, err)
	equal(t, "found", found, true)
	equal(t, "command", row.EventID, "$c")
	equal(t, "content left", len(row.Content), 0)
}

func TestWhatRefersToAFailedStepComesWithoutIt(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	ok(t, s.Enqueue(t.Context(),
		store.Out{EventID: "$c", Step: "card", Content: []byte(`{"a":1}`), Final: true},
		store.Out{EventID: "$c", Step: "edit", RefStep: "card"},
		store.Out{EventID: "$c", Step: "lost", RefStep: "never queued"},
	))
	answered, err := s.Answered(t.Context(), "$c")
	ok(t, err)
	equal(t, "answered", answered, true)
	ok(t, s.MarkFailed(t.Context(), 1, "403"))
	wantWaiting(t, s, "edit", "lost")
	answered, err = s.Answered(t.Context(), "$c")
	ok(t, err)
	equal(t, "answered after giving up", answered, false)
	steps, err := s.Steps(t.Context(), "$c")
	ok(t, err)
	equal(t, "steps", len(steps), 3)
	equal(t, "error", steps[0].Error, "403")
	equal(t, "content left", len(steps[0].Content), 0)
}

func TestWithdrawIsTooLateAfterAnAttempt(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	ok(t, s.Enqueue(t.Context(), store.Out{EventID: "$a", Step: "seen"}, store.Out{EventID: "$b", Step: "seen"}))
	ok(t, s.Delay(t.Context(), 2, c.Now(), "timeout"))
	for event, want := range map[string]bool{"$a": true, "$b": false, "$c": false} {
		gone, err := s.Withdraw(t.Context(), idEvent(event), "seen")
		ok(t, err)
		equal(t, "withdraw "+event, gone, want)
	}
	has, err := s.HasStep(t.Context(), "$a", "seen")
	ok(t, err)
	equal(t, "withdrawn step is known", has, false)
}

func TestNoDelivery(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	_, some, err := s.NextDelivery(t.Context())
	ok(t, err)
	equal(t, "some", some, false)
	_, found, err := s.FindByEvent(t.Context(), "")
	ok(t, err)
	equal(t, "found", found, false)
}
