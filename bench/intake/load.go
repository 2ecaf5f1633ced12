package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"time"
)

// homeserver sends transactions as homeservers do: one at a time, over one connection, with ids that never repeat.
type homeserver struct {
	to     *subject
	client *http.Client
	txn    int
}

func newHomeserver(to *subject) *homeserver {
	return &homeserver{to: to, client: &http.Client{Transport: &http.Transport{}}}
}

// deliver sends one body and waits for the acknowledgement.
func (h *homeserver) deliver(ctx context.Context, body []byte) error {
	h.txn++
	url := fmt.Sprintf("%s/_matrix/app/v1/transactions/%d", h.to.server.URL, h.txn)
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+h.to.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := h.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("transaction answered %s", resp.Status)
	}
	return nil
}

// rate delivers transactions for about d and returns how many there were per second. Neither making them nor what
// happens to them after the acknowledgement is measured.
func (h *homeserver) rate(ctx context.Context, events int, d time.Duration) (float64, error) {
	var bodies [][]byte
	for range max(1000/events, 30) {
		bodies = append(bodies, transaction(events))
	}
	var busy time.Duration
	sent := 0
	for busy < d {
		start := time.Now()
		for _, body := range bodies {
			if err := h.deliver(ctx, body); err != nil {
				return 0, err
			}
		}
		busy += time.Since(start)
		sent += len(bodies)
		if err := h.to.drain(ctx); err != nil {
			return 0, err
		}
		for i := range bodies { // the next ones are new again
			bodies[i] = transaction(events)
		}
	}
	return float64(sent) / busy.Seconds(), nil
}

// transaction is a body as Synapse writes it, with messages of which each is new.
func transaction(events int) []byte {
	var body bytes.Buffer
	body.WriteString(`{"events":[`)
	for i := range events {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"type":"m.room.message","room_id":"!mXB-d7XtVQ0BkLr3ZzuN5q9yXf8cKpTgHwJmE2aRsUo","sender":"@ada:bench.example",`+
			`"content":{"msgtype":"m.text","body":"!admin user details @bob%d:bench.example","m.mentions":{}},"origin_server_ts":%d,`+
			`"unsigned":{"age":37,"membership":"join"},"event_id":"$%s","user_id":"@ada:bench.example","age":37}`,
			i, time.Now().UnixMilli(), rand.Text()+rand.Text()[:17])
	}
	body.WriteString(`]}`)
	return body.Bytes()
}
