package commands

import (
	"context"
	"iter"

	"maunium.net/go/mautrix/id"
)

// The services that a process offers beside the homeserver's API. Commands name
// in their needs only what they call; these types are what passes through.

// ProcessStatus is how the bot itself is doing.
type ProcessStatus struct {
	Bot   BotStatus   `json:"bot"`
	Queue QueueStatus `json:"queue"`
	Jobs  JobsStatus  `json:"jobs"`
	// LastError is the latest failure to reach the homeserver, empty when all is well.
	LastError string `json:"-"`
}

// BotStatus identifies the bot. UptimeS is 0 where no daemon runs.
type BotStatus struct {
	UserID  id.UserID `json:"user_id"`
	Version string    `json:"version"`
	UptimeS int64     `json:"uptime_s"`
	PID     int       `json:"pid,omitempty"` // of the daemon, where it is another process than this one
}

// QueueStatus counts commands that were accepted and not yet answered.
type QueueStatus struct {
	Pending int `json:"pending"`
}

// JobsStatus counts long work.
type JobsStatus struct {
	Running int `json:"running"`
	Waiting int `json:"waiting"`
}

// Process tells how the bot is doing.
type Process interface {
	ProcessStatus(ctx context.Context) (ProcessStatus, error)
}

// Prompts answers open questions. A code that is unknown, used or expired is a
// [UsageError], one that belongs to somebody else a [DeniedError].
type Prompts interface {
	// Confirm runs what the prompt asked about. Count is nil where none was typed.
	Confirm(ctx context.Context, env *Env, code string, count *int) error
	Cancel(ctx context.Context, env *Env, code string) error
}

// Lists remembers where the caller's last list in a room goes on.
type Lists interface {
	// Next gives the line of the next page, "" when there is none.
	Next(ctx context.Context, env *Env) (line string, err error)
}

// AuditEntry is one audited call. TS is in milliseconds.
type AuditEntry struct {
	Ref     string     `json:"ref"`
	TS      int64      `json:"ts"`
	Actor   string     `json:"actor"`
	Door    string     `json:"door"`
	RoomID  id.RoomID  `json:"room_id,omitempty"`
	EventID id.EventID `json:"event_id,omitempty"`
	Command string     `json:"command"`
	Target  string     `json:"target,omitempty"`
	Reason  string     `json:"reason,omitempty"`
	Risk    string     `json:"risk"`
	Outcome string     `json:"outcome"` // "" while it runs, or when the process died
	Detail  string     `json:"detail,omitempty"`
}

// AuditQuery selects entries, newest first.
type AuditQuery struct {
	By, Command, Target string // parts of the value; empty selects all
	Since               int64  // milliseconds, 0 for all
	From                int64  // NextToken of the page before
	Limit               int
}

// AuditPage is a page of entries.
type AuditPage struct {
	Entries   []AuditEntry `json:"entries"`
	NextToken string       `json:"next_token,omitempty"`
}

// AuditReport says whether the chain of records is unbroken.
type AuditReport struct {
	OK      bool   `json:"ok"`
	Records int    `json:"records"`
	Head    string `json:"head"`              // hash of the last record
	Broken  int64  `json:"broken,omitempty"`  // number of the first bad record
	Problem string `json:"problem,omitempty"` // what is wrong with it
}

// AuditRecord is one raw record of the chain, for the export.
type AuditRecord struct {
	ID   int64  `json:"id"`
	Kind string `json:"kind"`
	AuditEntry
	PrevHash string `json:"prev_hash"`
	Hash     string `json:"hash"`
}

// Audit reads the audit.
type Audit interface {
	AuditList(ctx context.Context, query AuditQuery) (AuditPage, error)
	// AuditEntry gives one entry; an unknown ref is admin.CodeNotFound.
	AuditEntry(ctx context.Context, ref string) (AuditEntry, error)
	AuditVerify(ctx context.Context) (AuditReport, error)
	AuditRecords(ctx context.Context) iter.Seq2[AuditRecord, error]
}

// ManagementRoom is a room that the bot is steered from.
type ManagementRoom struct {
	RoomID  id.RoomID `json:"room_id"`
	Origin  string    `json:"origin"` // configured, made, invited
	State   string    `json:"state"`  // joined, creating, left
	Inviter id.UserID `json:"inviter,omitempty"`
	Problem string    `json:"problem,omitempty"` // encrypted, public, world_readable
}

// Rooms tells and ends where the bot is steered from.
type Rooms interface {
	ManagementRooms(ctx context.Context) ([]ManagementRoom, error)
	LeaveRoom(ctx context.Context, room id.RoomID) error
}

// Diagnostics runs the checks of "check".
type Diagnostics interface {
	Diagnose(ctx context.Context) (Result, error)
}
