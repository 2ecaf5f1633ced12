package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"maunium.net/go/mautrix/id"
)

// httpClient is for the few requests of the service commands. It follows no redirects: tokens are for one host.
func httpClient(timeout time.Duration, verifyTLS bool) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if !verifyTLS {
		transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // the user has asked for it
	}
	return &http.Client{
		Transport:     transport,
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// whoami asks the homeserver whose token it is.
func whoami(ctx context.Context, client *http.Client, base, token string) (id.UserID, error) {
	var who struct {
		UserID id.UserID `json:"user_id"`
	}
	err := getJSON(ctx, client, strings.TrimRight(base, "/")+"/_matrix/client/v3/account/whoami", token, &who)
	return who.UserID, err
}

// getJSON reads a small answer. Anything but 200 is an error.
func getJSON(ctx context.Context, client *http.Client, address, token string, into any) error {
	return requestJSON(ctx, client, http.MethodGet, address, token, nil, into)
}

// statusError is an answer other than 200.
type statusError struct {
	address string
	status  int
	errcode string // of a Matrix error
}

func (e *statusError) Error() string {
	return fmt.Sprintf("%s answers with status %d", e.address, e.status)
}

// requestJSON sends a body, unless it is nil, and reads a small answer. Anything but 200 is a *statusError.
func requestJSON(ctx context.Context, client *http.Client, method, address, token string, body, into any) error {
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, address, &sent)
	if err != nil {
		return err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer := json.NewDecoder(io.LimitReader(resp.Body, 1<<20))
	if resp.StatusCode == http.StatusOK {
		return answer.Decode(into)
	}
	var refusal struct {
		ErrCode string `json:"errcode"`
	}
	_ = answer.Decode(&refusal) // a proxy's page has none
	return &statusError{address, resp.StatusCode, refusal.ErrCode}
}
