package config

import (
	"maps"
	"slices"
	"strings"

	"maunium.net/go/mautrix/id"
)

// Role is what a person may do, as the word in the configuration.
type Role string

// The roles, from least to most. The empty role may do nothing.
const (
	RoleViewer   Role = "viewer"
	RoleOperator Role = "operator"
	RoleAdmin    Role = "admin"
	RoleOwner    Role = "owner"
)

// Permissions give roles to user ids, or to all users of this server by its name.
type Permissions map[string]Role

// Role is the role of a user: its own entry, else that of its server, else
// empty. A user's own entry counts even if it is the lower one.
func (p Permissions) Role(user id.UserID) Role {
	if role, ok := p[user.String()]; ok {
		return role
	}
	if !strings.HasPrefix(user.String(), "@") {
		return ""
	}
	return p[user.Homeserver()]
}

// Owners are the users that are named as owners, sorted.
func (p Permissions) Owners() []id.UserID {
	var owners []id.UserID
	for _, key := range slices.Sorted(maps.Keys(p)) {
		if p[key] == RoleOwner && strings.HasPrefix(key, "@") {
			owners = append(owners, id.UserID(key))
		}
	}
	return owners
}

// BotID is the bot's user id.
func (c *Config) BotID() id.UserID {
	return id.NewUserID(c.Bot.Localpart, c.Homeserver.ServerName)
}

// HasDaemon reports whether the file has any of the sections that only a daemon's
// configuration needs: appservice, bot, permissions.
func (c *Config) HasDaemon() bool {
	return slices.ContainsFunc([]string{"appservice", "bot", "permissions"}, func(key string) bool {
		_, there := c.line[key]
		return there
	})
}

// AdminURL is the base of the admin API.
func (c *Config) AdminURL() string {
	if c.Admin.URL != "" {
		return c.Admin.URL
	}
	return c.Homeserver.URL
}
