package commands

import (
	"context"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// Door is the way by which a command came in.
type Door string

// The doors.
const (
	DoorRoom     Door = "room"
	DoorTerminal Door = "terminal"
	DoorSchedule Door = "schedule"
)

// Place says where the door is: "on a terminal".
func (d Door) Place() string {
	if d == DoorTerminal {
		return "on a terminal"
	}
	return "in a " + string(d)
}

// Caller is who runs a command.
type Caller struct {
	UserID id.UserID // empty on a terminal
	Name   string    // as the audit names them: a user id, or "terminal:OS-USER"
	Role   Role
}

// Env holds the facts of one call. Commands read it; it gives no access to anything.
type Env struct {
	Caller     Caller
	Door       Door
	Room       id.RoomID  // empty on a terminal
	Event      id.EventID // the command's event, empty on a terminal
	Thread     id.EventID // root of the thread the command stands in, if any
	Author     id.UserID  // author of the message replied to, if any
	ServerName string
	Bot        id.UserID
	Prefix     string // what stands before a command: "!admin" or "caretaker"
	Reason     string // of --reason
	DryRun     bool   // nothing is changed; what would be sent is recorded
	Now        time.Time
	Zone       *time.Location
	// Machine is true where a program reads the result, not a person.
	Machine bool
}

// Verbatim gives the context for a list that is shown to people in part and handed to programs as the server sent it:
// for a program, its rows are not even decoded. It fits the one call whose answer is the command's result as it is.
func (e *Env) Verbatim(ctx context.Context) context.Context {
	if e.Machine {
		return admin.Verbatim(ctx)
	}
	return ctx
}

// Local reports whether the user belongs to this homeserver.
func (e *Env) Local(user id.UserID) bool { return user.Homeserver() == e.ServerName }
