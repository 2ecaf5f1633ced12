package synapse

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"caretaker/admin"
)

// request describes one call of the server, for the wire and for the people who read what went wrong.
type request struct {
	op    operation
	parts []string // of the path, from outside; percent-encoded when they are filled in
	query url.Values
	body  any // nil: none

	verb    string // with subject what is being done: "lock", "user @bob:example.org"
	subject string
	hint    string // a command that helps when the subject does not exist

	open       bool         // needs no token
	token      admin.Secret // empty: the admin token
	raw        rawAPI       // for requests that others make up
	slow       bool         // answered when the work is done
	idempotent bool         // may be repeated although it changes something
}

// operation is an endpoint: its method, and its path below the root of its API with a {name} where a part goes, such as
// "GET v2/users/{user}". A path that begins with "client/" is of the client-server API, all others are of the admin API.
type operation string

func (o operation) method() string {
	method, _, _ := strings.Cut(string(o), " ")
	return method
}

func (o operation) path() string {
	_, path, _ := strings.Cut(string(o), " ")
	return path
}

// client reports whether the operation is of the client-server API.
func (o operation) client() bool { return strings.HasPrefix(o.path(), "client/") }

// rawAPI says below which API's root a request goes that is none of our operations.
type rawAPI int

const (
	notRaw rawAPI = iota
	rawAdmin
	rawMatrix
)

// client reports whether the request is of the client-server API.
func (r request) client() bool { return r.raw == rawMatrix || r.raw == notRaw && r.op.client() }

// whose names the token that the request is sent with.
func (r request) whose() string {
	if r.token != "" {
		return "the given token"
	}
	return "the admin token"
}

// empty is the body of calls that take none: the server wants an object nevertheless.
type empty struct{}

// reads reports whether the request changes nothing.
func (r request) reads() bool { return r.op.method() == http.MethodGet }

// repeatable reports whether the request may be sent again without harm.
func (r request) repeatable() bool { return r.reads() || r.idempotent }

// fill puts the encoded parts into the path. It reports false when a part is empty or means another path: such a
// request would reach another endpoint than the one named.
func (r request) fill() (path string, ok bool) {
	before, rest, more := strings.Cut(r.op.path(), "{")
	path = before
	for _, part := range r.parts {
		if part == "" || part == "." || part == ".." || !more {
			return "", false
		}
		_, rest, _ = strings.Cut(rest, "}")
		before, rest, more = strings.Cut(rest, "{")
		path += escape(part) + before
	}
	return path, !more
}

// escape percent-encodes everything but unreserved characters, so that proxies find nothing to rewrite.
func escape(part string) string {
	const unreserved = "-._~"
	var b strings.Builder
	for i := range len(part) {
		c := part[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(unreserved, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		const hex = "0123456789ABCDEF"
		b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
	}
	return b.String()
}

// page returns the query of a list that is paged by offset.
func page(from, limit int, orderBy string, reverse bool) url.Values {
	values := url.Values{"from": {strconv.Itoa(from)}}
	if limit > 0 {
		values.Set("limit", strconv.Itoa(limit))
	}
	setText(values, "order_by", orderBy)
	if reverse {
		values.Set("dir", "b")
	}
	return values
}

func setText(values url.Values, key, value string) {
	if value != "" {
		values.Set(key, value)
	}
}

func setBool(values url.Values, key string, value *bool) {
	if value != nil {
		values.Set(key, strconv.FormatBool(*value))
	}
}

func either(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}
