package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"maunium.net/go/mautrix/id"
)

// discoverName finds out the homeserver's name: from the owner of the token, else from the signing keys that the server
// publishes, there where it does (method "well-known" or "dns", as synadm has them). It is empty if nothing works.
func discoverName(ctx context.Context, client *http.Client, base, token, method string) string {
	if token != "" {
		if user, err := whoami(ctx, client, base, token); err == nil {
			return user.Homeserver()
		}
	}
	if name := keyName(ctx, client, base); name != "" {
		return name
	}
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	if method == "dns" {
		_, records, err := net.DefaultResolver.LookupSRV(ctx, "matrix", "tcp", u.Hostname())
		if err != nil || len(records) == 0 {
			return ""
		}
		return keyName(ctx, client, fmt.Sprintf("https://%s:%d", strings.TrimSuffix(records[0].Target, "."), records[0].Port))
	}
	var delegation struct {
		Server string `json:"m.server"`
	}
	if getJSON(ctx, client, "https://"+u.Hostname()+"/.well-known/matrix/server", "", &delegation) != nil || delegation.Server == "" {
		return ""
	}
	return keyName(ctx, client, "https://"+delegation.Server)
}

// keyName is the name that stands in a server's published keys.
func keyName(ctx context.Context, client *http.Client, base string) string {
	var keys struct {
		ServerName string `json:"server_name"`
	}
	if err := getJSON(ctx, client, strings.TrimRight(base, "/")+"/_matrix/key/v2/server", "", &keys); err != nil {
		return ""
	}
	return keys.ServerName
}

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
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
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
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers with status %d", address, resp.StatusCode)
	}
	return json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(into)
}
