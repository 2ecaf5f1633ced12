package admin

// BackgroundStatus says which background updates run right now.
type BackgroundStatus struct {
	Enabled *bool                       `json:"enabled"`
	Current map[string]BackgroundUpdate `json:"current_updates"` // by database; empty when nothing is to be done
}

// BackgroundUpdate is a background update on its way. Nobody knows how much is left.
type BackgroundUpdate struct {
	Name           string   `json:"name"`
	TotalItemCount int64    `json:"total_item_count"`     // done so far
	TotalDuration  float64  `json:"total_duration_ms"`    // in milliseconds
	AverageItems   *float64 `json:"average_items_per_ms"` // nil before the first are done
}

func (b *BackgroundStatus) missing() string { return missingIf(b.Enabled == nil, "enabled") }

// StartJob names a background job and what it needs to know. The zero values of the last two mean all keys and now.
type StartJob struct {
	Name   string // "populate_stats_process_rooms", "regenerate_directory" or "event_resign"
	OldKey string // event_resign: only events signed with this key
	Before int64  // event_resign: only events received before, in milliseconds
}
