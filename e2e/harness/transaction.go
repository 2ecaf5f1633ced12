package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"caretaker/homeserver/client"
)

// Push sends the bot a transaction as its homeserver would and returns the HTTP status. Events are anything that JSON
// can hold: raw ones from a client's timeline, or forged ones.
func (b *Bot) Push(txnID string, events ...any) int {
	b.t.Helper()
	return b.PushAs(b.Registration.HSToken, txnID, events...)
}

// PushAs is Push with another token.
func (b *Bot) PushAs(token, txnID string, events ...any) int {
	b.t.Helper()
	body, err := json.Marshal(map[string]any{"events": events})
	if err != nil {
		b.t.Fatalf("encode transaction: %v", err)
	}
	return b.PushRaw(token, txnID, body)
}

// PushRaw sends any body as a transaction.
func (b *Bot) PushRaw(token, txnID string, body []byte) int {
	b.t.Helper()
	address := b.URL + "/_matrix/app/v1/transactions/" + url.PathEscape(txnID)
	req, err := http.NewRequestWithContext(Step(b.t), http.MethodPut, address, bytes.NewReader(body))
	if err != nil {
		b.t.Fatalf("push transaction: %v", err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatalf("push transaction: %v", err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		b.t.Fatalf("push transaction: %v", err)
	}
	return resp.StatusCode
}

// InTransaction is an event of a client's timeline as a homeserver puts it into a transaction.
func InTransaction(room string, e client.Event) map[string]any {
	event := map[string]any{}
	_ = json.Unmarshal(e.Raw, &event) // it was JSON before
	event["room_id"] = room
	return event
}

// Forged is a message that nobody sent, with an event id of its own.
func Forged(room, sender, body string) map[string]any {
	return map[string]any{
		"type": "m.room.message", "room_id": room, "sender": sender,
		"event_id":         fmt.Sprintf("$forged%016x", rand.Uint64()),
		"origin_server_ts": time.Now().UnixMilli(),
		"content":          map[string]any{"msgtype": "m.text", "body": body},
	}
}
