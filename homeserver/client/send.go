package client

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
)

// Send sends a message event and returns its id.
func (c *Client) Send(ctx context.Context, room, kind string, content any) (string, error) {
	return c.put(ctx, path("rooms", room, "send", kind, c.transaction()), content)
}

// SendText sends a plain text message.
func (c *Client) SendText(ctx context.Context, room, text string) (string, error) {
	return c.Send(ctx, room, "m.room.message", message("m.text", text))
}

// SendNotice sends what bots send.
func (c *Client) SendNotice(ctx context.Context, room, text string) (string, error) {
	return c.Send(ctx, room, "m.room.message", message("m.notice", text))
}

// SendHTML sends a message with a formatted body and users it mentions.
func (c *Client) SendHTML(ctx context.Context, room, plain, html string, mentions ...string) (string, error) {
	content := message("m.text", plain)
	content["format"], content["formatted_body"] = "org.matrix.custom.html", html
	if len(mentions) > 0 {
		content["m.mentions"] = map[string]any{"user_ids": mentions}
	}
	return c.Send(ctx, room, "m.room.message", content)
}

// Reply sends a text as a reply to an event.
func (c *Client) Reply(ctx context.Context, room, event, text string) (string, error) {
	content := message("m.text", text)
	content["m.relates_to"] = map[string]any{"m.in_reply_to": map[string]string{"event_id": event}}
	return c.Send(ctx, room, "m.room.message", content)
}

// SendInThread sends a text into the thread that starts at root.
func (c *Client) SendInThread(ctx context.Context, room, root, text string) (string, error) {
	content := message("m.text", text)
	content["m.relates_to"] = map[string]any{
		"rel_type": "m.thread", "event_id": root, "is_falling_back": true,
		"m.in_reply_to": map[string]string{"event_id": root},
	}
	return c.Send(ctx, room, "m.room.message", content)
}

// Edit replaces the text of an own message.
func (c *Client) Edit(ctx context.Context, room, event, text string) (string, error) {
	content := message("m.text", "* "+text)
	content["m.new_content"] = message("m.text", text)
	content["m.relates_to"] = map[string]string{"rel_type": "m.replace", "event_id": event}
	return c.Send(ctx, room, "m.room.message", content)
}

// React reacts to an event.
func (c *Client) React(ctx context.Context, room, event, key string) (string, error) {
	return c.Send(ctx, room, "m.reaction", map[string]any{
		"m.relates_to": map[string]string{"rel_type": "m.annotation", "event_id": event, "key": key},
	})
}

// Redact removes the content of an event.
func (c *Client) Redact(ctx context.Context, room, event string) (string, error) {
	return c.put(ctx, path("rooms", room, "redact", event, c.transaction()), map[string]string{})
}

// SendFile uploads a file and sends it as an attachment.
func (c *Client) SendFile(ctx context.Context, room, name, contentType string, content []byte) (string, error) {
	uri, err := c.Upload(ctx, name, contentType, content)
	if err != nil {
		return "", err
	}
	file := message("m.file", name)
	file["filename"], file["url"] = name, uri
	file["info"] = map[string]any{"mimetype": contentType, "size": len(content)}
	return c.Send(ctx, room, "m.room.message", file)
}

// Upload stores a file and returns its mxc URI.
func (c *Client) Upload(ctx context.Context, name, contentType string, content []byte) (string, error) {
	answer, err := c.roundTrip(ctx, http.MethodPost, "/_matrix/media/v3/upload?filename="+url.QueryEscape(name),
		contentType, bytes.NewReader(content))
	if err != nil {
		return "", err
	}
	var uploaded struct {
		ContentURI string `json:"content_uri"`
	}
	return uploaded.ContentURI, decode(answer, &uploaded)
}

// Download returns the content of an mxc URI.
func (c *Client) Download(ctx context.Context, uri string) ([]byte, error) {
	return c.roundTrip(ctx, http.MethodGet, "/_matrix/client/v1/media/download/"+strings.TrimPrefix(uri, "mxc://"), "", nil)
}

func (c *Client) put(ctx context.Context, path string, content any) (string, error) {
	var sent struct {
		EventID string `json:"event_id"`
	}
	err := c.Do(ctx, http.MethodPut, path, content, &sent)
	return sent.EventID, err
}

func message(kind, body string) map[string]any {
	return map[string]any{"msgtype": kind, "body": body}
}
