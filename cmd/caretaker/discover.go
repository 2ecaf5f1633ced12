package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
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
