package client

import (
	"context"
	"net/http"
	"net/url"
)

// Room says what a new room is like. Zero: private, unencrypted, nobody invited.
type Room struct {
	Name   string
	Topic  string
	Alias  string // localpart of an alias
	Invite []string
	Public bool
	Direct bool
	// State are further initial state events, keyed by type, with an empty state key.
	State map[string]any
	// Extra is laid over the body of the request.
	Extra map[string]any
}

// CreateRoom makes a room and returns its id.
func (c *Client) CreateRoom(ctx context.Context, room Room) (string, error) {
	body := map[string]any{"preset": "private_chat", "visibility": "private", "is_direct": room.Direct}
	if room.Public {
		body["preset"], body["visibility"] = "public_chat", "public"
	}
	for key, value := range map[string]string{"name": room.Name, "topic": room.Topic, "room_alias_name": room.Alias} {
		if value != "" {
			body[key] = value
		}
	}
	if len(room.Invite) > 0 {
		body["invite"] = room.Invite
	}
	var state []map[string]any
	for kind, content := range room.State {
		state = append(state, map[string]any{"type": kind, "state_key": "", "content": content})
	}
	if state != nil {
		body["initial_state"] = state
	}
	for key, value := range room.Extra {
		body[key] = value
	}
	var made struct {
		RoomID string `json:"room_id"`
	}
	err := c.Do(ctx, http.MethodPost, path("createRoom"), body, &made)
	return made.RoomID, err
}

// Invite invites a user.
func (c *Client) Invite(ctx context.Context, room, user string) error {
	return c.Do(ctx, http.MethodPost, path("rooms", room, "invite"), map[string]string{"user_id": user}, nil)
}

// Join joins a room by id or alias.
func (c *Client) Join(ctx context.Context, room string) error {
	return c.Do(ctx, http.MethodPost, path("join", room), map[string]string{}, nil)
}

// Leave leaves a room or declines an invitation.
func (c *Client) Leave(ctx context.Context, room string) error {
	return c.Do(ctx, http.MethodPost, path("rooms", room, "leave"), map[string]string{}, nil)
}

// Kick removes a user from a room.
func (c *Client) Kick(ctx context.Context, room, user string) error {
	return c.Do(ctx, http.MethodPost, path("rooms", room, "kick"), map[string]string{"user_id": user}, nil)
}

// SetState sets a state event.
func (c *Client) SetState(ctx context.Context, room, kind, key string, content any) error {
	return c.Do(ctx, http.MethodPut, path("rooms", room, "state", kind, key), content, nil)
}

// State reads the content of a state event into out.
func (c *Client) State(ctx context.Context, room, kind, key string, out any) error {
	return c.Do(ctx, http.MethodGet, path("rooms", room, "state", kind, key), nil, out)
}

// Members returns the ids of those with a membership ("join", "invite", …) in a room.
func (c *Client) Members(ctx context.Context, room, membership string) ([]string, error) {
	var answer struct {
		Chunk []struct {
			StateKey string `json:"state_key"`
		} `json:"chunk"`
	}
	err := c.Do(ctx, http.MethodGet, path("rooms", room, "members")+"?membership="+url.QueryEscape(membership), nil, &answer)
	members := make([]string, 0, len(answer.Chunk))
	for _, member := range answer.Chunk {
		members = append(members, member.StateKey)
	}
	return members, err
}

// SetDisplayName changes this user's own name.
func (c *Client) SetDisplayName(ctx context.Context, name string) error {
	return c.Do(ctx, http.MethodPut, path("profile", c.UserID, "displayname"), map[string]string{"displayname": name}, nil)
}
