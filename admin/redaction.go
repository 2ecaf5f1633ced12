package admin

import "maunium.net/go/mautrix/id"

// RedactUser selects the events of a user to redact. Its zero value selects the newest 1000 in each room that the user
// is in or banned from.
type RedactUser struct {
	Rooms  []id.RoomID // none: all
	Reason string      // everybody in the rooms can read it
	Limit  int         // events per room, 0 for the server's own limit
}

// Redaction is the answer to a redaction that was started.
type Redaction struct {
	ID string `json:"redact_id"`
}

func (r *Redaction) missing() string { return missingIf(r.ID == "", "redact_id") }

// The states in which a redaction has ended; the others are "scheduled" and "active".
const (
	RedactionComplete = "complete"
	RedactionFailed   = "failed"
)

// RedactionStatus is how far a redaction has come.
type RedactionStatus struct {
	Status string                `json:"status"`
	Failed map[id.EventID]string `json:"failed_redactions"` // what could not be redacted, and why
	Error  string                `json:"error"`             // why all of it failed
}

// Finished reports whether the redaction has ended, well or not.
func (s RedactionStatus) Finished() bool {
	return s.Status == RedactionComplete || s.Status == RedactionFailed
}

func (s *RedactionStatus) missing() string { return missingIf(s.Status == "", "status") }
