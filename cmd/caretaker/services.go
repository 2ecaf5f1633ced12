package main

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/bot"
	"caretaker/commands"
	"caretaker/store"
)

// auditOf lets commands read the audit of a database.
type auditOf struct{ store *store.Store }

// AuditList implements [commands.Audit].
func (a auditOf) AuditList(ctx context.Context, q commands.AuditQuery) (commands.AuditPage, error) {
	filter := store.AuditFilter{By: q.By, Command: q.Command, Target: q.Target, Since: admin.Millis(q.Since), Before: q.From, Limit: q.Limit}
	rows, next, err := a.store.AuditList(ctx, filter)
	if err != nil {
		return commands.AuditPage{}, err
	}
	page := commands.AuditPage{Entries: make([]commands.AuditEntry, len(rows))}
	for i, row := range rows {
		page.Entries[i] = entry(row)
	}
	if next != 0 {
		page.NextToken = strconv.FormatInt(next, 10)
	}
	return page, nil
}

func entry(e store.AuditEntry) commands.AuditEntry {
	return commands.AuditEntry{
		Ref: strconv.FormatInt(e.Ref, 10), TS: e.TS.UnixMilli(), Actor: e.Actor, Door: e.Door, RoomID: e.RoomID, EventID: e.EventID,
		Command: e.Command, Target: e.Target, Reason: e.Reason, Risk: e.Risk, Outcome: e.Outcome,
	}
}

// AuditEntry implements [commands.Audit].
func (a auditOf) AuditEntry(ctx context.Context, ref string) (commands.AuditEntry, error) {
	number, err := strconv.ParseInt(ref, 10, 64)
	if err != nil {
		return commands.AuditEntry{}, admin.NotFound("there is no audit record %q", ref)
	}
	records, err := a.store.AuditEntry(ctx, number)
	if err != nil {
		return commands.AuditEntry{}, err
	}
	if len(records) == 0 {
		return commands.AuditEntry{}, admin.NotFound("there is no audit record %q", ref)
	}
	found := plain(records[0])
	for _, record := range records[1:] {
		found.Outcome, found.Detail = record.Outcome, record.Detail
	}
	return found, nil
}

func plain(r store.AuditRecord) commands.AuditEntry {
	return commands.AuditEntry{
		Ref: strconv.FormatInt(r.Ref, 10), TS: r.TS.UnixMilli(), Actor: r.Actor, Door: r.Door, RoomID: r.RoomID, EventID: r.EventID,
		Command: r.Command, Target: r.Target, Reason: r.Reason, Risk: r.Risk, Outcome: r.Outcome, Detail: r.Detail,
	}
}

// AuditVerify implements [commands.Audit].
func (a auditOf) AuditVerify(ctx context.Context) (commands.AuditReport, error) {
	result, err := a.store.AuditVerify(ctx)
	if err != nil {
		return commands.AuditReport{}, err
	}
	return commands.AuditReport{
		OK: result.OK, Records: result.Records, Head: result.HeadHash, Broken: result.BadID, Problem: result.Problem,
	}, nil
}

// AuditRecords implements [commands.Audit].
func (a auditOf) AuditRecords(ctx context.Context) iter.Seq2[commands.AuditRecord, error] {
	return func(yield func(commands.AuditRecord, error) bool) {
		for r, err := range a.store.AuditExport(ctx) {
			record := commands.AuditRecord{ID: r.ID, Kind: string(r.Kind), AuditEntry: plain(r), PrevHash: r.PrevHash, Hash: r.Hash}
			if !yield(record, err) {
				return
			}
		}
	}
}

// readOnly gives the services that a dry run may see: those that only read.
func readOnly(services commands.Services) commands.Services {
	kept := commands.Services{}
	for _, service := range services {
		if rooms, ok := service.(commands.Rooms); ok {
			service = visibleRooms{rooms}
		}
		kept = append(kept, service)
	}
	return kept
}

// visibleRooms shows rooms and leaves none.
type visibleRooms struct{ commands.Rooms }

// LeaveRoom implements [commands.Rooms] without leaving.
func (visibleRooms) LeaveRoom(context.Context, id.RoomID) error { return nil }

// processOf tells from database and lock how the daemon is doing, for a terminal.
type processOf struct {
	store *store.Store
	bot   botOf
}

// botOf tells from the lock whether a daemon runs. Without its configuration there is none to be found.
type botOf struct {
	user id.UserID
	lock string // file
}

func (b botOf) status() (commands.BotStatus, error) {
	status := commands.BotStatus{UserID: b.user, Version: version}
	if b.user == "" {
		return status, nil
	}
	holder, held, err := store.LockHolder(b.lock)
	if err != nil || !held {
		return status, err
	}
	status.PID, status.UptimeS = holder.PID, max(1, int64(time.Since(holder.Since).Seconds()))
	return status, nil
}

// ProcessStatus implements [commands.Process].
func (p processOf) ProcessStatus(ctx context.Context) (commands.ProcessStatus, error) {
	pending, err := p.store.PendingCount(ctx)
	if err != nil {
		return commands.ProcessStatus{}, fmt.Errorf("count the inbox: %w", err)
	}
	running, waiting, err := p.store.OperationCounts(ctx)
	if err != nil {
		return commands.ProcessStatus{}, fmt.Errorf("count jobs: %w", err)
	}
	bot, err := p.bot.status()
	if err != nil {
		return commands.ProcessStatus{}, err
	}
	return commands.ProcessStatus{
		Bot:   bot,
		Queue: commands.QueueStatus{Pending: pending},
		Jobs:  commands.JobsStatus{Running: running, Waiting: waiting},
	}, nil
}

// roomsOf lists the management rooms out of the database, for a terminal.
type roomsOf struct {
	store *store.Store
	leave func(ctx context.Context, room id.RoomID) error
}

// ManagementRooms implements [commands.Rooms].
func (r roomsOf) ManagementRooms(ctx context.Context) ([]commands.ManagementRoom, error) {
	return bot.ListRooms(ctx, r.store)
}

// LeaveRoom implements [commands.Rooms].
func (r roomsOf) LeaveRoom(ctx context.Context, room id.RoomID) error { return r.leave(ctx, room) }
