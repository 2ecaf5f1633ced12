package main

import (
	"context"

	"caretaker/appservice"
	"caretaker/bot"
)

// catchUp puts what the management rooms heard while the bot was away into the
// inbox. What was pushed is known there already.
func (d *daemon) catchUp(ctx context.Context) {
	rooms := d.bot.ManagementRoomIDs()
	added, err := appservice.NewCatchUp(appservice.CatchUpOptions{
		Bot: d.cfg.BotID(), Inbox: d.store, Timeline: d.identity, Answered: bot.Answers, Log: d.log,
	}).Rooms(ctx, rooms)
	if err != nil && ctx.Err() == nil {
		d.log.Warn().Err(err).Msg("management rooms cannot be caught up")
	}
	if added > 0 {
		d.log.Info().Int("events", added).Msg("events were found that the homeserver had not pushed")
	}
}
