package store_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"caretaker/store"

	"maunium.net/go/mautrix/id"
)

func idEvent(s string) id.EventID { return id.EventID(s) }

func prompt(c *clock, code string) store.Prompt {
	return store.Prompt{
		Code: code, EventID: "$command", RoomID: "!r:x", Requester: "@ada:x", Line: "room delete !a:x", Body: "b", Frozen: "f",
		Count: 3, Risk: "destructive", ExpiresTS: c.Now().Add(10 * time.Minute),
	}
}

func TestPromptIsAnsweredOnceByManyAtOnce(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	second := openStore(t, s.Path(), store.Options{Now: c.Now})
	ok(t, s.AddPrompt(t.Context(), prompt(c, "ABC234")))
	var wins atomic.Int32
	var wg sync.WaitGroup
	for n := range 16 {
		wg.Go(func() {
			door := s
			if n%2 == 1 {
				door = second
			}
			won, err := door.AnswerPrompt(t.Context(), "ABC234", store.PromptConfirmed, idEvent(fmt.Sprint("$", n)), c.Now())
			if err != nil {
				t.Error(err)
			}
			if won {
				wins.Add(1)
			}
		})
	}
	wg.Wait()
	equal(t, "wins", wins.Load(), 1)
	answered, _, err := s.Prompt(t.Context(), "ABC234")
	ok(t, err)
	again, err := s.AnswerPrompt(t.Context(), "ABC234", store.PromptConfirmed, answered.AnsweredBy, c.Now().Add(time.Hour))
	ok(t, err)
	equal(t, "the same event again", again, true)
	again, err = s.AnswerPrompt(t.Context(), "ABC234", store.PromptCancelled, answered.AnsweredBy, c.Now())
	ok(t, err)
	equal(t, "the same event with another answer", again, false)
}

func TestPromptExpires(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	_, some, err := s.NextExpiry(t.Context())
	ok(t, err)
	equal(t, "some", some, false)
	ok(t, s.AddPrompt(t.Context(), prompt(c, "ABC234")))
	next, some, err := s.NextExpiry(t.Context())
	ok(t, err)
	equal(t, "next", some && next.Equal(c.Now().Add(10*time.Minute)), true)

	c.Add(10 * time.Minute)
	for _, to := range []store.PromptState{store.PromptConfirmed, store.PromptCancelled} {
		won, err := s.AnswerPrompt(t.Context(), "ABC234", to, "$late", c.Now())
		ok(t, err)
		equal(t, to.String()+" when expired", won, false)
	}
	expired, err := s.OpenPromptsExpired(t.Context(), c.Now())
	ok(t, err)
	equal(t, "expired", len(expired), 1)
	equal(t, "line", expired[0].Line, "room delete !a:x")
	for _, want := range []bool{true, false} {
		won, err := s.AnswerPrompt(t.Context(), "ABC234", store.PromptExpired, "", c.Now())
		ok(t, err)
		equal(t, "expire", won, want)
	}
}

func TestPromptCodes(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	ok(t, s.AddPrompt(t.Context(), prompt(c, "ABC234")))
	if err := s.AddPrompt(t.Context(), prompt(c, "ABC234")); !errors.Is(err, store.ErrCodeTaken) {
		t.Fatalf("code of an open prompt: got %v", err)
	}
	won, err := s.AnswerPrompt(t.Context(), "ABC234", store.PromptVoid, "", c.Now())
	ok(t, err)
	equal(t, "void", won, true)
	again := prompt(c, "ABC234")
	again.Line = "room delete !b:x"
	ok(t, s.AddPrompt(t.Context(), again)) // free again
	for what, read := range map[string]func() (store.Prompt, bool, error){
		"by code":  func() (store.Prompt, bool, error) { return s.Prompt(t.Context(), "ABC234") },
		"by event": func() (store.Prompt, bool, error) { return s.PromptByEvent(t.Context(), "$command") },
	} {
		got, found, err := read()
		ok(t, err)
		equal(t, what, found && got.Line == "room delete !b:x" && got.State == store.PromptOpen, true)
	}
	_, found, err := s.Prompt(t.Context(), "UNKNWN")
	ok(t, err)
	equal(t, "unknown code", found, false)
}

// The command may be finished when its prompt is asked, or when it is answered; what it says goes with the answer.
func TestFinishEmptiesAnsweredPrompts(t *testing.T) {
	t.Parallel()
	s, c := newStore(t)
	_, err := s.AddEvents(t.Context(), []store.InboxEvent{{EventID: "$command"}, {EventID: "$confirm"}})
	ok(t, err)
	ok(t, s.AddPrompt(t.Context(), prompt(c, "ABC234")))
	ok(t, s.Finish(t.Context(), "$command", store.InboxDone, "room delete !a:x"))
	open, _, err := s.Prompt(t.Context(), "ABC234")
	ok(t, err)
	equal(t, "line while open", open.Line, "room delete !a:x")
	_, err = s.AnswerPrompt(t.Context(), "ABC234", store.PromptConfirmed, "$confirm", c.Now())
	ok(t, err)
	ok(t, s.Finish(t.Context(), "$confirm", store.InboxDone, "confirm ABC234"))
	closed, _, err := s.Prompt(t.Context(), "ABC234")
	ok(t, err)
	equal(t, "text left", closed.Line+closed.Body+closed.Frozen, "")
	equal(t, "state", closed.State, store.PromptConfirmed)
}
