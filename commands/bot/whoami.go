package bot

import (
	"context"
	"strings"

	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/render"
)

var whoamiCmd = commands.Define[whoamiArgs, commands.None](commands.Meta{
	Name:     "whoami",
	Summary:  "Show who you are here, your role, and what it allows.",
	Examples: []string{"whoami"},
})

type whoamiArgs struct{}

// Run tells what is known about the caller.
func (a *whoamiArgs) Run(_ context.Context, env *commands.Env, _ commands.None) (commands.Result, error) {
	me := whoami{UserID: env.Caller.UserID, Role: env.Caller.Role.String(), RoomID: env.Room, role: env.Caller.Role}
	if env.Door == commands.DoorTerminal {
		me.Terminal = strings.TrimPrefix(env.Caller.Name, "terminal:")
	}
	return me, nil
}

type whoami struct {
	UserID   id.UserID `json:"user_id,omitempty"`
	Terminal string    `json:"terminal,omitempty"` // the user of the operating system
	Role     string    `json:"role"`
	RoomID   id.RoomID `json:"room_id,omitempty"`
	role     commands.Role
}

// View implements [commands.Result].
func (w whoami) View() render.Doc {
	who, where := render.Inline(render.ID(w.UserID)), render.Inline(render.ID(w.RoomID))
	if w.Terminal != "" {
		who, where = render.Outside(w.Terminal), render.Text("a terminal")
	}
	return render.Doc{
		render.Fields{
			{Name: "You are", Value: who},
			{Name: "Role", Value: render.Text(w.Role)},
			{Name: "In", Value: where},
		},
		sentence(render.Text(allows(w.role))),
	}
}

// allows says what a role may do.
func allows(role commands.Role) string {
	may := map[commands.Role]string{
		commands.Viewer:   "You may look at users, rooms and media, but change nothing.",
		commands.Operator: "You may look, and make changes that can be changed back, such as locking an account.",
		commands.Admin:    "You may do everything but what needs an owner; what destroys is asked about first.",
		commands.Owner:    "You may do everything; what destroys is asked about first.",
	}
	if text, ok := may[role]; ok {
		return text
	}
	return "You may do nothing; an owner can give you a role in the configuration."
}
