package bot

import (
	"strings"

	"maunium.net/go/mautrix/id"

	"caretaker/commands"
)

// RoleOf is the role that the configuration gives a user. Only local users have
// one: a remote server could not be trusted with who they are.
func (b *Bot) RoleOf(user id.UserID) commands.Role {
	if user.Homeserver() != b.ServerName || user == b.Bot {
		return commands.NoRole
	}
	if role, ok := b.Roles[string(user)]; ok {
		return role
	}
	return b.Roles[b.ServerName]
}

// LastOwner is the only owner, or "" when there are several.
func (b *Bot) LastOwner() id.UserID { return LastOwner(b.Roles) }

// LastOwner finds the only owner in a table of roles, or "" when there are several.
func LastOwner(roles map[string]commands.Role) id.UserID {
	var last id.UserID
	for name, role := range roles {
		if role < commands.Owner {
			continue
		}
		if last != "" || !strings.HasPrefix(name, "@") {
			return ""
		}
		last = id.UserID(name)
	}
	return last
}

// ManagementRoom reports whether commands are given in this room.
func (b *Bot) ManagementRoom(room id.RoomID) bool { return b.rooms.known(room) }
