package admin

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrTokenInQuery is returned by [ParseEndpoint] when there is an access token in the query.
var ErrTokenInQuery = errors.New("holds a token, which belongs into the configuration")

// Endpoint is a request's path below the root of an API, with its query. [ParseEndpoint] makes it.
type Endpoint struct {
	Path  string // percent-encoded, without a slash in front
	Query url.Values
}

// RawRequest is a request that somebody made up.
type RawRequest struct {
	Method   string // "GET", "POST", "PUT" or "DELETE"
	Endpoint Endpoint
	Body     json.RawMessage // nil: none
	Token    Secret          // empty: the admin token
}

// ParseEndpoint reads what somebody typed: a path below the root of an API, with a query or without. It refuses what
// would reach another host or leave the root, however it is written, and tokens, which have no place there. What cannot
// stand in a path as it is gets encoded, so that "v2/users/@bob:example.org" and "v1/join/#room:example.org" work. The
// error is a part of a sentence.
func ParseEndpoint(text string) (Endpoint, error) {
	text, query, _ := strings.Cut(text, "?")
	if strings.Contains(text, "://") || strings.HasPrefix(text, "//") {
		return Endpoint{}, errors.New("names a host; only the path below the API's root goes there")
	}
	path := encode(strings.TrimPrefix(text, "/"))
	if err := checkPath(path); err != nil {
		return Endpoint{}, err
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return Endpoint{}, errors.New("has a query that is not encoded rightly")
	}
	if values.Has("access_token") {
		return Endpoint{}, ErrTokenInQuery
	}
	return Endpoint{path, values}, nil
}

// encode percent-encodes what cannot stand in a path. What is encoded stays as it is.
func encode(path string) string {
	const literal = "-._~!$&'()*+,;=:@/%"
	var b strings.Builder
	for _, r := range path {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(literal, r)) {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.ReplaceAll(url.QueryEscape(string(r)), "+", "%20"))
	}
	return b.String()
}

// mostDecodings is how often a path is decoded in search of what it may mean to a proxy.
const mostDecodings = 4

// checkPath looks at a path in every form that it can be decoded to.
func checkPath(path string) error {
	if path == "" || strings.Contains(path, "//") {
		return errors.New("has an empty part")
	}
	for n := range mostDecodings {
		if leavesRoot(path) {
			return errors.New(`leaves the API's root: "." and ".." are not allowed`)
		}
		if strings.ContainsFunc(path, unicode.IsControl) || strings.Contains(path, `\`) || !utf8.ValidString(path) {
			return errors.New("has characters that no path has")
		}
		decoded, ok := unescape(path)
		switch {
		case !ok && n == 0:
			return errors.New("has a % that begins no encoded character")
		case !ok, decoded == path:
			return nil
		}
		path = decoded
	}
	return errors.New("is encoded several times over")
}

func unescape(path string) (decoded string, ok bool) {
	decoded, err := url.PathUnescape(path)
	return decoded, err == nil
}

// leavesRoot reports whether a part of the path means the part above or itself. Some servers take what follows a
// semicolon for a parameter.
func leavesRoot(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part, _, _ = strings.Cut(part, ";"); part == "." || part == ".." {
			return true
		}
	}
	return false
}

// Parts are the parts of the path, decoded.
func (e Endpoint) Parts() []string {
	parts := strings.Split(e.Path, "/")
	for i, part := range parts {
		if decoded, err := url.PathUnescape(part); err == nil {
			parts[i] = decoded
		}
	}
	return parts
}
