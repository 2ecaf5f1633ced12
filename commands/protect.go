package commands

import (
	"context"
	"fmt"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// Guard knows whom and what to protect.
type Guard interface {
	// RoleOf is the role that the configuration gives a user.
	RoleOf(user id.UserID) Role
	// LastOwner is the only owner, or "" when there are several.
	LastOwner() id.UserID
	// ManagementRoom reports whether commands are given in this room.
	ManagementRoom(room id.RoomID) bool
}

// accounts is what is needed to see whether somebody is a server admin.
type accounts interface {
	User(ctx context.Context, user id.UserID) (admin.Answer[admin.User], error)
}

// reacher is implemented by arguments that act on accounts and rooms which are no
// arguments of their own, but stand in a path, say.
type reacher interface {
	Reaches() (users []id.UserID, rooms []id.RoomID)
}

// protect refuses what nobody may do, whatever their role: acting on the bot, on
// the last owner, upwards, or on the rooms that the bot is steered from.
func (x *Executor) protect(ctx context.Context, call *Call, services Services) error {
	if group := call.Command.Group(); call.Changes() && (group == "user" || group == "device") {
		for _, user := range call.Users() {
			if err := x.protectUser(ctx, call, services, user.UserID); err != nil {
				return err
			}
		}
	}
	if r, ok := call.Args.(reacher); ok && call.Changes() {
		if err := x.protectReached(ctx, call, services, r); err != nil {
			return err
		}
	}
	for _, f := range call.Command.fields {
		if f.protect != "management" {
			continue
		}
		for _, v := range f.values(call.Args) {
			if room, ok := v.Interface().(RoomRef); ok && x.Guard.ManagementRoom(room.RoomID) {
				return managed(call, room)
			}
		}
	}
	return nil
}

func (x *Executor) protectReached(ctx context.Context, call *Call, services Services, r reacher) error {
	users, rooms := r.Reaches()
	for _, user := range users {
		if err := x.protectUser(ctx, call, services, user); err != nil {
			return err
		}
	}
	for _, room := range rooms {
		if x.Guard.ManagementRoom(room) {
			return managed(call, room)
		}
	}
	return nil
}

func managed(call *Call, room fmt.Stringer) error {
	return &DeniedError{Message: fmt.Sprintf("%s is a management room, which is protected from %q", room, call.Command.Name), Hint: "bot rooms"}
}

func (x *Executor) protectUser(ctx context.Context, call *Call, services Services, user id.UserID) error {
	switch user {
	case call.Env.Bot:
		return &DeniedError{Message: fmt.Sprintf("%s is the bot itself, which is protected from everybody", user), Hint: "user details " + string(user)}
	case x.Guard.LastOwner():
		return &DeniedError{Message: fmt.Sprintf("%s is the last owner, who is protected from everybody; name another owner first", user), Hint: "help"}
	}
	if call.Env.Caller.Role >= Owner {
		return nil
	}
	if x.Guard.RoleOf(user) > call.Env.Caller.Role {
		return &DeniedError{Message: fmt.Sprintf("%s has a higher role than you, and only an owner may act on them", user), Hint: "user details " + string(user)}
	}
	directory, ok := Service[accounts](services)
	if !ok || !call.Env.Local(user) {
		return nil
	}
	account, err := directory.User(ctx, user)
	switch {
	case admin.IsNotFound(err):
		return nil // the command says so itself
	case err != nil:
		return err
	case account.Value.Admin:
		return &DeniedError{Message: fmt.Sprintf("%s is a server admin, and only an owner may act on them", user), Hint: "user details " + string(user)}
	}
	return nil
}
