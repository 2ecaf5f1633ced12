package bot

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/render"
	"caretaker/store"
)

// checkpointEvery is how often the head of the audit is told to a room, where
// nobody who can write to the database can change it any more.
const checkpointEvery = 24 * time.Hour

const checkpointSetting = "audit_checkpoint_ts" // milliseconds of the last one

// checkpoints tells the head of the audit daily, until ctx ends.
func (b *Bot) checkpoints(ctx context.Context) {
	for ctx.Err() == nil {
		wait, err := b.checkpointDue(ctx)
		if err == nil && wait <= 0 {
			err = b.checkpoint(ctx)
			wait = time.Minute // for a room, where there was none
		}
		if err != nil && ctx.Err() == nil {
			b.Log.Error().Err(err).Msg("audit checkpoint cannot be made")
			wait = time.Minute
		}
		select {
		case <-ctx.Done():
		case <-time.After(min(max(wait, time.Second), time.Hour)):
		}
	}
}

// checkpointDue tells how long it is until the next checkpoint. The first day begins
// with the first start.
func (b *Bot) checkpointDue(ctx context.Context) (time.Duration, error) {
	last, found, err := b.Store.Setting(ctx, checkpointSetting)
	if err != nil {
		return 0, err
	}
	ms, err := strconv.ParseInt(last, 10, 64)
	if !found || err != nil {
		return checkpointEvery, b.Store.SetSetting(ctx, checkpointSetting, strconv.FormatInt(b.Now().UnixMilli(), 10))
	}
	return time.UnixMilli(ms).Add(checkpointEvery).Sub(b.Now()), nil
}

// checkpoint adds a record with the head's hash to the chain and tells it to the
// first management room that is fit.
func (b *Bot) checkpoint(ctx context.Context) error {
	room := b.firstUsableRoom(ctx)
	if room == "" {
		return nil
	}
	defer b.outbox.kick()
	return b.Store.InTx(ctx, func(ctx context.Context) error {
		record, err := b.Store.AuditCheckpoint(ctx, "told to "+string(room))
		if err != nil {
			return err
		}
		if err := b.Store.SetSetting(ctx, checkpointSetting, strconv.FormatInt(b.Now().UnixMilli(), 10)); err != nil {
			return err
		}
		return b.say(ctx, room, fmt.Sprintf("checkpoint %d", record.ID), checkpointDoc(record))
	})
}

func checkpointDoc(record store.AuditRecord) render.Doc {
	return render.Doc{render.Fields{
		{Name: "Audit checkpoint", Value: render.Text(fmt.Sprintf("record %d", record.ID))},
		{Name: "Hash", Value: render.ID(record.Hash)},
	}}
}

func (b *Bot) firstUsableRoom(ctx context.Context) id.RoomID {
	for _, room := range b.rooms.joined() {
		if b.rooms.usable(ctx, room) == nil {
			return room
		}
	}
	return ""
}
