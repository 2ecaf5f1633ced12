package diagnostics

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// clockTolerance is what the clocks of homeserver and bot may differ. The age of commands is judged by both.
const clockTolerance = time.Minute

// homeserver finds out whether homeserver.url leads to the homeserver that the configuration means.
func (in *inspection) homeserver(ctx context.Context) finding {
	base := in.config.Homeserver.URL
	got := in.spec()
	switch {
	case got.err != nil:
		return in.noConnection(ctx, got.err)
	case got.status == http.StatusBadRequest && got.foreign() && in.speaks(ctx, "https"):
		return bad("the server at "+base+" speaks https, not http", "write homeserver.url: https"+strings.TrimPrefix(base, "http"))
	case got.foreign():
		return bad(fmt.Sprintf("something else than a homeserver answers at %s (status %d, %s)", base, got.status, contentType(got)),
			"correct homeserver.url, or have the proxy forward /_matrix to the homeserver")
	case !got.ok():
		return bad(fmt.Sprintf("the server at %s answers with status %d %s when asked for its versions", base, got.status, clean(got.errcode)),
			"see the homeserver's log, or correct homeserver.url")
	}
	return in.nameMatches()
}

// nameMatches compares the configured name with the one that the server uses for its users.
func (in *inspection) nameMatches() finding {
	hs := in.config.Homeserver
	switch real := in.realName(); {
	case real != "" && hs.ServerName == "":
		return bad("the server calls itself "+clean(real)+", and homeserver.server_name is empty", "write homeserver.server_name: "+clean(real))
	case real != "" && real != hs.ServerName:
		return bad(fmt.Sprintf("the server calls itself %s, not %s", clean(real), hs.ServerName),
			fmt.Sprintf("write homeserver.server_name: %s and the ids below permissions likewise, make the registration again with \"caretaker init --force\" and install it", clean(real)))
	}
	return good(fmt.Sprintf("%s answers at %s", hs.ServerName, hs.URL))
}

// noConnection explains a failed connection. The scheme may be the wrong one: some servers hang up on the other, some
// answer in it, and Synapse says nothing at all to whoever greets it in TLS.
func (in *inspection) noConnection(ctx context.Context, err error) finding {
	base := in.config.Homeserver.URL
	_, rest, _ := strings.Cut(base, "://")
	switch {
	case strings.HasPrefix(base, "http:") && !isTimeout(err) && in.speaks(ctx, "https"):
		return bad("the server at "+base+" speaks https, not http", "write homeserver.url: https://"+rest)
	case strings.HasPrefix(base, "https:") && !isCertificate(err) && in.speaks(ctx, "http"):
		return bad("the server at "+base+" speaks http, not https", "write homeserver.url: http://"+rest)
	}
	return unreachable(err, "homeserver.url", base)
}

// speaks tells whether a homeserver can be talked to at the same host and port in another scheme, be its certificate
// good or bad.
func (in *inspection) speaks(ctx context.Context, scheme string) bool {
	_, rest, _ := strings.Cut(in.config.Homeserver.URL, "://")
	got := in.probe.ask(ctx, question{base: scheme + "://" + rest, path: "/_matrix/client/versions"})
	return got.ok() || isCertificate(got.err)
}

func isCertificate(err error) bool {
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &certificate)
}

// auth finds out who gives out tokens.
func (in *inspection) auth(context.Context) finding {
	if !in.connected() {
		return untried("homeserver")
	}
	if !in.delegated() {
		return good("the homeserver itself, no authentication service")
	}
	if token, _ := in.token(); token == "" {
		return bad("Matrix Authentication Service is in place, where the bot's own account never is a server admin, and admin.token is empty", masRemedy)
	}
	if in.right().status == http.StatusForbidden {
		return bad("Matrix Authentication Service is in place and the admin token lacks the scope urn:synapse:admin:*", masRemedy)
	}
	return good("Matrix Authentication Service, with an admin token")
}

// masRemedy makes a token with the right scope.
const masRemedy = "make a token on the server of the authentication service, for an admin's account, and put it into admin.token:\n" +
	"mas-cli manage issue-compatibility-token ADMIN --yes-i-want-to-grant-synapse-admin-privileges"

// delegated tells whether Matrix Authentication Service gives out the tokens.
func (in *inspection) delegated() bool {
	var meta struct {
		GraphQL string `json:"org.matrix.matrix-authentication-service.graphql_endpoint"`
	}
	if got := in.meta(); got.ok() {
		got.into(&meta)
	}
	return meta.GraphQL != ""
}

// clock compares our time with the homeserver's.
func (in *inspection) clock(context.Context) finding {
	got := in.spec()
	if got.err != nil {
		return untried("homeserver")
	}
	theirs, err := http.ParseTime(got.header.Get("Date"))
	if err != nil {
		return good("the homeserver does not tell its time, so nothing can be compared")
	}
	ours := got.sent.Add(got.arrived.Sub(got.sent) / 2)
	// The header is cut to whole seconds; its middle is the best guess.
	ahead := ours.Sub(theirs.Add(time.Second / 2)).Round(time.Second)
	if ahead.Abs() <= clockTolerance {
		return good(fmt.Sprintf("differs from the homeserver's by %s at most", max(ahead.Abs(), time.Second)))
	}
	where := "ahead of"
	if ahead < 0 {
		where = "behind"
	}
	return bad(fmt.Sprintf("the clock of this machine is %s %s the homeserver's", ahead.Abs(), where),
		"set the one that is wrong, best by switching on time synchronisation:\ntimedatectl set-ntp true")
}

func contentType(a answer) string {
	name, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	if name == "text/html" {
		return "a web page"
	}
	if name == "" {
		return "no content type"
	}
	return clean(name)
}
