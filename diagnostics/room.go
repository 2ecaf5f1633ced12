package diagnostics

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"maunium.net/go/mautrix/id"
)

// roomList is the rooms that commands are given in.
type roomList struct {
	rooms  []id.RoomID
	names  map[id.RoomID]string // as configured
	faults []string             // of names that lead nowhere
}

// findRooms takes the configured rooms and those that the bot knows.
func (in *inspection) findRooms(ctx context.Context) roomList {
	list := roomList{names: map[id.RoomID]string{}}
	for _, name := range in.config.Bot.ManagementRooms {
		room, fault := in.resolve(ctx, name)
		if fault != "" {
			list.faults = append(list.faults, fault)
			continue
		}
		list.add(room, name)
	}
	if in.opts.ManagementRooms == nil {
		return list
	}
	known, err := in.opts.ManagementRooms(ctx)
	if err != nil {
		list.faults = append(list.faults, "the rooms that the bot knows cannot be read; see the check database")
	}
	for _, room := range known {
		list.add(room, room.String())
	}
	return list
}

func (l *roomList) add(room id.RoomID, name string) {
	if _, known := l.names[room]; !known {
		l.rooms = append(l.rooms, room)
		l.names[room] = name
	}
}

// resolve turns an alias into a room id.
func (in *inspection) resolve(ctx context.Context, name string) (id.RoomID, string) {
	if !strings.HasPrefix(name, "#") {
		return id.RoomID(name), ""
	}
	var found struct {
		RoomID id.RoomID `json:"room_id"`
	}
	got := in.client(ctx, "/_matrix/client/v3/directory/room/"+url.PathEscape(name), in.asToken(), nil)
	got.into(&found)
	if !got.ok() || found.RoomID == "" {
		return "", name + " leads to no room; correct bot.management_rooms, or make the alias"
	}
	return found.RoomID, ""
}

// managementRooms finds out whether commands can be given in the rooms meant for it.
func (in *inspection) managementRooms(ctx context.Context) finding {
	if found, ok := in.actable(); !ok {
		return found
	}
	list := in.rooms()
	found := slices.Clone(list.faults)
	for _, room := range list.rooms {
		found = append(found, in.roomFaults(ctx, room, list.names[room])...)
	}
	switch {
	case len(found) > 0:
		return faults(found)
	case len(list.rooms) == 0:
		return good("none yet; the daemon makes one at its first start and invites the owners")
	case len(list.rooms) == 1:
		return good(list.names[list.rooms[0]] + " is joined, private and unencrypted")
	}
	return good(fmt.Sprintf("%d rooms, all joined, private and unencrypted", len(list.rooms)))
}

// actable tells whether requests as the bot have a chance.
func (in *inspection) actable() (finding, bool) {
	switch {
	case !in.connected():
		return untried("homeserver"), false
	case !in.known():
		return untried("registration"), false
	case !in.bot().ok():
		return untried("bot_account"), false
	}
	return finding{}, true
}

// roomFaults is what keeps the bot from taking commands in a room.
func (in *inspection) roomFaults(ctx context.Context, room id.RoomID, name string) []string {
	if !in.joined(room) {
		return []string{fmt.Sprintf("the bot is not in %s; invite it there, as an owner or admin: /invite %s", name, in.config.BotID())}
	}
	var rule struct {
		JoinRule string `json:"join_rule"`
	}
	var history struct {
		Visibility string `json:"history_visibility"`
	}
	rules, visibility := in.state(ctx, room, "m.room.join_rules"), in.state(ctx, room, "m.room.history_visibility")
	encryption := in.state(ctx, room, "m.room.encryption")
	if !readable(rules, visibility, encryption) {
		return []string{"the settings of " + name + " cannot be read; see the homeserver's log"}
	}
	rules.into(&rule)
	visibility.into(&history)
	var found []string
	if rule.JoinRule == "public" {
		found = append(found, name+" is public, so anybody could read along; set its access to \"invite only\" in its settings")
	}
	if history.Visibility == "world_readable" {
		found = append(found, name+" can be read without joining it; set who can read its history to \"members only\" in its settings")
	}
	if encryption.ok() {
		found = append(found, name+" is encrypted, which the bot cannot read and nobody can switch off; make a private room without encryption, invite the bot, and put that room into bot.management_rooms")
	}
	return found
}

// readable tells whether each setting was given, or is not set.
func readable(settings ...answer) bool {
	return !slices.ContainsFunc(settings, func(a answer) bool { return !a.ok() && a.errcode != "M_NOT_FOUND" })
}

func (in *inspection) joined(room id.RoomID) bool {
	var member struct {
		Rooms []id.RoomID `json:"joined_rooms"`
	}
	in.inMember().into(&member)
	return slices.Contains(member.Rooms, room)
}

func (in *inspection) state(ctx context.Context, room id.RoomID, kind string) answer {
	return in.asBot(ctx, "/_matrix/client/v3/rooms/"+url.PathEscape(room.String())+"/state/"+kind)
}

// permissions finds out whether an owner exists and can be talked to.
func (in *inspection) permissions(ctx context.Context) finding {
	owners := in.config.Permissions.Owners()
	if len(owners) == 0 {
		return bad("nobody is an owner", fmt.Sprintf("add yourself to the configuration:\npermissions:\n  \"@you:%s\": owner", in.config.Homeserver.ServerName))
	}
	if found, ok := in.actable(); !ok {
		return found
	}
	for _, owner := range owners {
		if state := in.gone(ctx, owner); state != "" {
			return bad("the owner "+owner.String()+" "+state, "correct the name below permissions, or see to the account")
		}
	}
	return in.ownerJoined(ctx, owners)
}

// gone says why a user cannot be talked to, empty if nothing speaks against it. The admin API knows best; without it a
// missing profile has to do.
func (in *inspection) gone(ctx context.Context, user id.UserID) string {
	const missing = "does not exist on this server"
	if !in.right().ok() || in.kind().dendrite() {
		if got := in.profile(ctx, user); got.status == http.StatusNotFound && got.isJSON && !got.unrecognised() {
			return missing
		}
		return ""
	}
	var account struct {
		Deactivated bool `json:"deactivated"`
	}
	got := in.account(ctx, user)
	got.into(&account)
	switch {
	case got.errcode == "M_NOT_FOUND":
		return missing
	case account.Deactivated:
		return "is deactivated"
	}
	return ""
}

// ownerJoined looks for an owner in the management rooms.
func (in *inspection) ownerJoined(ctx context.Context, owners []id.UserID) finding {
	var visited int
	for _, room := range in.rooms().rooms {
		if !in.joined(room) {
			continue
		}
		visited++
		var members struct {
			Joined map[id.UserID]any `json:"joined"`
		}
		in.asBot(ctx, "/_matrix/client/v3/rooms/"+url.PathEscape(room.String())+"/joined_members").into(&members)
		for _, owner := range owners {
			if _, ok := members.Joined[owner]; ok {
				return good(fmt.Sprintf("the owner %s is in %s", owner, in.rooms().names[room]))
			}
		}
	}
	if visited == 0 {
		return good(fmt.Sprintf("%s, no management room yet", countOwners(len(owners))))
	}
	return bad(fmt.Sprintf("no owner is in any management room, so nobody can give the most important commands (%s)", join(owners)),
		"accept the bot's invitation, or start a direct chat with "+in.config.BotID().String()+", as one of them")
}

func countOwners(n int) string {
	if n == 1 {
		return "one owner"
	}
	return fmt.Sprintf("%d owners", n)
}

func join(users []id.UserID) string {
	names := make([]string, len(users))
	for i, user := range users {
		names[i] = user.String()
	}
	return strings.Join(names, ", ")
}
