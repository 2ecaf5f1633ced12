package room

import (
	"context"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var publishCmd = commands.Define[publishArgs, publisher](commands.Meta{
	Name:     "room publish",
	Summary:  "List a room in this server's public directory.",
	Detail:   "Everybody can find it there. Who may join does not change.",
	Risk:     commands.Reversible,
	Examples: []string{"room publish #lobby:example.org"},
})

var unpublishCmd = commands.Define[unpublishArgs, publisher](commands.Meta{
	Name:     "room unpublish",
	Summary:  "Take a room off this server's public directory.",
	Detail:   "Who may join does not change, and aliases stay.",
	Risk:     commands.Reversible,
	Examples: []string{"room unpublish #spam:example.org"},
})

// publisher writes the directory.
type publisher interface {
	PublishRoom(ctx context.Context, room id.RoomID, public bool) (admin.Answer[admin.Done], error)
}

type publishArgs struct {
	Room commands.RoomRef `arg:"ROOM" help:"Room id, alias or permalink."`
}

// Run lists the room.
func (a *publishArgs) Run(ctx context.Context, _ *commands.Env, api publisher) (commands.Result, error) {
	done, err := api.PublishRoom(ctx, a.Room.RoomID, true)
	if err != nil {
		return nil, err
	}
	return published{done, a.Room.RoomID, "Everybody finds ", " in this server's room directory now; who may join is as it was."}, nil
}

type unpublishArgs struct {
	Room commands.RoomRef `arg:"ROOM" help:"Room id, alias or permalink."`
}

// Run takes the room off the list.
func (a *unpublishArgs) Run(ctx context.Context, _ *commands.Env, api publisher) (commands.Result, error) {
	done, err := api.PublishRoom(ctx, a.Room.RoomID, false)
	if err != nil {
		return nil, err
	}
	return published{done, a.Room.RoomID, "Took ", " off this server's room directory; who may join is as it was."}, nil
}

type published struct {
	admin.Answer[admin.Done]
	room          id.RoomID
	before, after string // of the sentence
}

// View implements [commands.Result].
func (p published) View() render.Doc {
	return render.Doc{sentence(render.Text(p.before), render.ID(p.room), render.Text(p.after))}
}
