package commands

// Status is where a command stands. It is the "status" of the outcome key in
// the room, the outcome in the audit, and decides mark and exit code.
type Status string

// The statuses. All but the last three are final.
const (
	StatusOK          Status = "ok"
	StatusPartial     Status = "partial"
	StatusFailed      Status = "failed"
	StatusUsage       Status = "usage"
	StatusDenied      Status = "denied"
	StatusUnsupported Status = "unsupported"
	StatusUnavailable Status = "unavailable"
	StatusInterrupted Status = "interrupted"
	StatusCancelled   Status = "cancelled"
	StatusConfirm     Status = "confirm"
	StatusAccepted    Status = "accepted"
	StatusProgress    Status = "progress"
)

// Final reports whether nothing follows this status.
func (s Status) Final() bool {
	return s != StatusConfirm && s != StatusAccepted && s != StatusProgress
}

// Mark is the reaction that shows the status on the command.
func (s Status) Mark() string {
	switch s {
	case StatusOK:
		return "✅"
	case StatusPartial:
		return "⚠️"
	case StatusDenied, StatusCancelled:
		return "🚫"
	case StatusAccepted, StatusProgress:
		return "⏳"
	case StatusConfirm:
		return ""
	default:
		return "❌"
	}
}

// ExitCode is the terminal's exit status.
func (s Status) ExitCode() int {
	switch s {
	case StatusOK, StatusAccepted:
		return 0
	case StatusUsage:
		return 2
	case StatusPartial:
		return 3
	case StatusDenied:
		return 4
	case StatusUnsupported:
		return 5
	case StatusUnavailable:
		return 6
	case StatusInterrupted:
		return 130
	default:
		return 1
	}
}
