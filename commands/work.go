package commands

import (
	"fmt"
	"iter"
	"time"
)

// Item is one thing that long work acts on.
type Item struct {
	Target string // a room id, user id, …
	State  string // what Do left behind when it asked to be called again
}

// Items makes a plan of things known beforehand.
func Items[T fmt.Stringer](things []T) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for _, thing := range things {
			if !yield(Item{Target: thing.String()}, nil) {
				return
			}
		}
	}
}

// OneItem makes a plan of a single thing.
func OneItem(target string) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) { yield(Item{Target: target}, nil) }
}

// AgainError is not a failure: Do asks to be called again for the same item.
type AgainError struct {
	After time.Duration
	State string // given back as Item.State
}

// Error implements error.
func (e *AgainError) Error() string { return fmt.Sprintf("again after %s", e.After) }

// Again is returned by Do beside the result so far: call again after d, with this state.
// State must not be empty: it says that the work was started.
func Again(d time.Duration, state string) error { return &AgainError{After: d, State: state} }
