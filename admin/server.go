package admin

// Version is the homeserver's version.
type Version struct {
	ServerVersion string `json:"server_version"`
}

func (v *Version) missing() string { return missingIf(v.ServerVersion == "", "server_version") }

// BackgroundUpdates says whether the server works on its background updates.
type BackgroundUpdates struct {
	Enabled *bool `json:"enabled"`
}

func (b *BackgroundUpdates) missing() string { return missingIf(b.Enabled == nil, "enabled") }

// ScheduledTask is a piece of work that the server does in the background.
type ScheduledTask struct {
	ID          string `json:"id"`
	Action      string `json:"action"`
	Status      string `json:"status"`
	ResourceID  string `json:"resource_id"` // a room or user, depending on the action
	Error       string `json:"error"`
	TimestampMS int64  `json:"timestamp_ms"`
}

// TaskQuery selects work in the background. Its zero value selects all.
type TaskQuery struct {
	Actions  []string // "purge_history", "redact_all_events", …
	Statuses []string // "scheduled", "active", "complete", "cancelled", "failed"
	Resource string   // a room, user or device
}

// ScheduledTasks lists work in the background.
type ScheduledTasks struct {
	Tasks []ScheduledTask `json:"scheduled_tasks"`
}

// ErrorOf returns why the task with this id failed, in the server's words; empty when it did not or is not listed.
func (s ScheduledTasks) ErrorOf(task string) string {
	for _, t := range s.Tasks {
		if t.ID == task {
			return t.Error
		}
	}
	return ""
}

func (s *ScheduledTasks) missing() string { return missingIf(s.Tasks == nil, "scheduled_tasks") }

// Done is an answer that says nothing but that it worked.
type Done struct{}
