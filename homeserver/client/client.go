// Package client is a person's side of Matrix: a small client-server API client that sends as people's clients do,
// follows /sync, and finds the answers of the bot by their outcome key. The demonstration and the end-to-end tests
// talk through it. It shares no code with the bot, so that a mistake in one is seen by the other.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Client is one session of one user. It may be used by several goroutines.
type Client struct {
	// URL is the homeserver's base, without a trailing slash.
	URL string
	// UserID is who this is.
	UserID string
	// Token is the access token.
	Token string

	http *http.Client
	txn  atomic.Int64
	view timeline
}

// Error is what a homeserver answered instead of the expected.
type Error struct {
	Status  int    // HTTP status
	Code    string `json:"errcode"`
	Message string `json:"error"`
	Body    []byte // as it came
}

// Error implements error.
func (e *Error) Error() string {
	if e.Code == "" {
		return fmt.Sprintf("HTTP %d: %.200s", e.Status, e.Body)
	}
	return fmt.Sprintf("HTTP %d %s: %s", e.Status, e.Code, e.Message)
}

// IsCode reports whether err is an answer with this errcode.
func IsCode(err error, code string) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

// New returns a client for a session that exists.
func New(baseURL, userID, token string) *Client {
	c := &Client{URL: baseURL, UserID: userID, Token: token, http: &http.Client{Timeout: 2 * time.Minute}}
	c.view.init()
	return c
}

// Do makes one request with a JSON body (nil: none) and decodes the JSON answer into out (nil: ignored). The path may
// contain a query. Nothing is tried twice. Any status but 200 is an *Error.
func (c *Client) Do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		encoded, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode body of %s %s: %w", method, path, err)
		}
		body = bytes.NewReader(encoded)
	}
	answer, err := c.roundTrip(ctx, method, path, "application/json", body)
	if err != nil {
		return err
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("decode answer of %s %s: %w", method, path, err)
	}
	return nil
}

func (c *Client) roundTrip(ctx context.Context, method, path, contentType string, body io.Reader) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.URL+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("read answer of %s %s: %w", method, path, err)
	}
	if resp.StatusCode != http.StatusOK {
		failure := &Error{Status: resp.StatusCode, Body: answer}
		_ = json.Unmarshal(answer, failure) // not JSON: the body says it all
		return nil, fmt.Errorf("%s %s as %s: %w", method, path, c.UserID, failure)
	}
	return answer, nil
}

// transaction returns an id for a request that the server must not take twice.
func (c *Client) transaction() string {
	return strconv.FormatInt(time.Now().UnixNano(), 36) + "-" + strconv.FormatInt(c.txn.Add(1), 10)
}

// path joins an endpoint of the client-server API from escaped words.
func path(words ...string) string {
	var joined strings.Builder
	joined.WriteString("/_matrix/client/v3")
	for _, word := range words {
		joined.WriteString("/" + url.PathEscape(word))
	}
	return joined.String()
}
