package client

import (
	"context"
	"slices"
)

// outcomeKey is where the bot tells programs what became of a command.
const outcomeKey = "dev.caretaker.outcome"

// finalStatuses end a command; the others are followed by one of these.
var finalStatuses = []string{"ok", "partial", "failed", "usage", "denied", "unsupported", "unavailable", "interrupted", "cancelled"}

// Answer is one message of the bot about a command, as of its last edit.
type Answer struct {
	Command string // registered name, empty when the bot did not know it
	Status  string
	Event   string // the command it is about
	Ref     string // audit reference
	Code    string // to confirm with
	Job     int64

	// Message is the answer as first sent, Edits its later versions, oldest first.
	Message Event
	Edits   []Event
	// Plain and HTML are its text as of the last edit.
	Plain, HTML string
}

// Final reports whether nothing more is to come for the command.
func (a Answer) Final() bool { return slices.Contains(finalStatuses, a.Status) }

// Ask sends a command and returns its answer: the final one, or the prompt of a command that wants to be confirmed.
func (c *Client) Ask(ctx context.Context, room, command string) (Answer, error) {
	event, err := c.SendText(ctx, room, command)
	if err != nil {
		return Answer{}, err
	}
	return c.AwaitAnswer(ctx, room, event, func(a Answer) bool { return a.Final() || a.Status == "confirm" })
}

// AwaitFinal returns the final answer to a command that was sent.
func (c *Client) AwaitFinal(ctx context.Context, room, command string) (Answer, error) {
	return c.AwaitAnswer(ctx, room, command, Answer.Final)
}

// AwaitAnswer returns the first answer to a command, in the order of the room, that matches as of its last edit.
func (c *Client) AwaitAnswer(ctx context.Context, room, command string, match func(Answer) bool) (found Answer, err error) {
	err = c.Until(ctx, "the answer to "+command, func() bool {
		answers := c.Answers(room, command)
		i := slices.IndexFunc(answers, match)
		if i >= 0 {
			found = answers[i]
		}
		return i >= 0
	})
	return found, err
}

// Answers returns all messages about a command so far, oldest first.
func (c *Client) Answers(room, command string) []Answer {
	return slices.DeleteFunc(c.AllAnswers(room), func(a Answer) bool { return a.Event != command })
}

// AllAnswers returns all answers in a room so far, oldest first, each as of its last edit.
func (c *Client) AllAnswers(room string) []Answer {
	var answers []Answer
	for _, e := range c.Events(room) {
		original := e.Replaces()
		if original == "" {
			if answer, ok := newAnswer(e); ok {
				answers = append(answers, answer)
			}
			continue
		}
		i := slices.IndexFunc(answers, func(a Answer) bool { return a.Message.ID == original && a.Message.Sender == e.Sender })
		if i >= 0 {
			answers[i].edit(e)
		}
	}
	return answers
}

// Marks returns the keys of the reactions to an event that were not taken back, oldest first, by whomever.
func (c *Client) Marks(room, event string) []string {
	events := c.Events(room)
	var marks []string
	for _, e := range events {
		target, key := e.Reaction()
		gone := slices.ContainsFunc(events, func(other Event) bool { return other.Redacts() == e.ID })
		if target == event && !gone {
			marks = append(marks, key)
		}
	}
	return marks
}

// AwaitMark waits until an event has this reaction and no other.
func (c *Client) AwaitMark(ctx context.Context, room, event, key string) error {
	return c.Until(ctx, "the mark "+key+" on "+event, func() bool {
		return slices.Equal(c.Marks(room, event), []string{key})
	})
}

func newAnswer(e Event) (Answer, bool) {
	answer := Answer{Message: e}
	return answer, answer.read(e)
}

// edit takes over what a later version says.
func (a *Answer) edit(e Event) {
	a.Edits = append(a.Edits, e)
	content, _ := e.Get("m.new_content").(map[string]any)
	a.read(Event{Content: content})
}

// read takes text and outcome from a version of the message, and reports whether it has an outcome.
func (a *Answer) read(e Event) bool {
	outcome, ok := e.Get(outcomeKey).(map[string]any)
	if !ok {
		return false
	}
	text := func(key string) string { s, _ := outcome[key].(string); return s }
	job, _ := outcome["job"].(float64)
	a.Command, a.Status, a.Event = text("command"), text("status"), text("event")
	a.Ref, a.Code, a.Job = text("ref"), text("code"), int64(job)
	a.Plain, a.HTML = e.Body(), e.HTML()
	return true
}
