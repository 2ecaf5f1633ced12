package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mattn/go-sqlite3"
	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix/id"
)

// ErrCodeTaken is returned by AddPrompt when an open prompt has the code; make another one.
var ErrCodeTaken = errors.New("an open prompt has this code")

// PromptState is what became of a question.
type PromptState string

// The states of a prompt. It leaves open once.
const (
	PromptOpen      PromptState = "open"
	PromptConfirmed PromptState = "confirmed"
	PromptCancelled PromptState = "cancelled"
	PromptExpired   PromptState = "expired"
	PromptVoid      PromptState = "void" // replaced by another prompt, or no longer allowed
)

// String returns the state as it is stored.
func (s PromptState) String() string { return string(s) }

// Prompt is a question that must be answered before a command runs. Line, Body and Frozen are emptied when the
// command is finished.
type Prompt struct {
	ID         int64
	Code       string     // what people type; unique among the open ones
	EventID    id.EventID // the command
	RoomID     id.RoomID
	Requester  id.UserID
	Line       string // the command with everything resolved: what was previewed is what runs
	Body       string
	Frozen     string // the previewed target or list, compared when confirming
	Count      int    // the number that a catastrophic command wants to hear
	Risk       string
	CreatedTS  time.Time // now if zero
	ExpiresTS  time.Time
	State      PromptState
	AnsweredBy id.EventID // the message or reaction
	AnsweredTS time.Time
}

const (
	promptColumns = `id, code, event_id, room_id, requester, line, body, frozen, count, risk, created_ts, expires_ts, state, answered_by, answered_ts`
	promptInsert  = `INSERT INTO prompt (code, event_id, room_id, requester, line, body, frozen, count, risk, created_ts, expires_ts, state)
		VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,'open')`
	promptByCode  = `SELECT ` + promptColumns + ` FROM prompt WHERE code = ?1 ORDER BY state = 'open' DESC, id DESC LIMIT 1`
	promptByEvent = `SELECT ` + promptColumns + ` FROM prompt WHERE event_id = ?1 ORDER BY id DESC LIMIT 1`
	promptExpired = `SELECT ` + promptColumns + ` FROM prompt WHERE state = 'open' AND expires_ts <= ?1 ORDER BY expires_ts, id`
	promptNext    = `SELECT min(expires_ts) FROM prompt WHERE state = 'open' HAVING count(*) > 0`
	promptAnswer  = `UPDATE prompt SET state = ?2, answered_by = ?3, answered_ts = ?4
		WHERE code = ?1 AND state = 'open' AND (?2 NOT IN ('confirmed','cancelled') OR expires_ts > ?4)`
	promptSame  = `SELECT EXISTS (SELECT 1 FROM prompt WHERE code = ?1 AND state = ?2 AND answered_by = ?3 AND ?3 <> '')`
	promptScrub = `UPDATE prompt SET line = '', body = '', frozen = ''
		WHERE state <> 'open' AND (event_id = ?1 OR answered_by = ?1) AND (line <> '' OR body <> '' OR frozen <> '')`
)

// AddPrompt stores an open prompt; State and the answer are ignored. The error is ErrCodeTaken when an open one has
// the code.
func (s *Store) AddPrompt(ctx context.Context, p Prompt) error {
	_, err := s.exec(ctx, promptInsert, p.Code, p.EventID, p.RoomID, p.Requester, p.Line, p.Body, p.Frozen, p.Count, p.Risk,
		ms(timeOr(p.CreatedTS, s.now())), ms(p.ExpiresTS))
	if isUnique(err) {
		return ErrCodeTaken
	}
	if err != nil {
		return fmt.Errorf("store prompt: %w", err)
	}
	return nil
}

// Prompt returns the prompt with a code: the open one, else the newest.
func (s *Store) Prompt(ctx context.Context, code string) (Prompt, bool, error) {
	return one[Prompt](ctx, s, "read prompt", promptByCode, code)
}

// PromptByEvent returns the newest prompt for a command.
func (s *Store) PromptByEvent(ctx context.Context, command id.EventID) (Prompt, bool, error) {
	return one[Prompt](ctx, s, "read prompt of event", promptByEvent, command)
}

// AnswerPrompt takes an open prompt to another state on behalf of the event byEvent (empty for the clock). Exactly one
// caller wins; the same event wins again with the same state, so that it may be handled twice. A prompt that has
// expired at now can be neither confirmed nor cancelled.
func (s *Store) AnswerPrompt(ctx context.Context, code string, to PromptState, byEvent id.EventID, now time.Time) (won bool, err error) {
	err = s.InTx(ctx, func(ctx context.Context) error {
		n, err := s.exec(ctx, promptAnswer, code, to, byEvent, ms(now))
		if err != nil || n == 1 {
			won = n == 1
			return err
		}
		won, _, err = scalar[bool](ctx, s, "look up answer to prompt", promptSame, code, to, byEvent)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("answer prompt: %w", err)
	}
	return won, nil
}

// OpenPromptsExpired returns the open prompts whose time is over at now.
func (s *Store) OpenPromptsExpired(ctx context.Context, now time.Time) ([]Prompt, error) {
	return many[Prompt](ctx, s, "read expired prompts", promptExpired, ms(now))
}

// NextExpiry returns when the next open prompt expires, possibly in the past; false if none is open.
func (s *Store) NextExpiry(ctx context.Context) (time.Time, bool, error) {
	at, ok, err := scalar[int64](ctx, s, "read next expiry", promptNext)
	return time.UnixMilli(at), ok, err
}

// ScrubPrompts empties the answered prompts of a command, or those that the event answered. Finish does it; it is for
// prompts that end when there is nothing left to finish: those that expire.
func (s *Store) ScrubPrompts(ctx context.Context, event id.EventID) error {
	return s.change(ctx, "empty prompts", promptScrub, event)
}

func (p *Prompt) scan(r dbutil.Scannable) error {
	return r.Scan(&p.ID, &p.Code, &p.EventID, &p.RoomID, &p.Requester, &p.Line, &p.Body, &p.Frozen, &p.Count, &p.Risk,
		at(&p.CreatedTS), at(&p.ExpiresTS), &p.State, &p.AnsweredBy, at(&p.AnsweredTS))
}

func isUnique(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.ExtendedCode == sqlite3.ErrConstraintUnique
}
