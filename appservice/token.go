package appservice

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"maunium.net/go/mautrix"
)

// Tokens returns the hs_tokens that are accepted right now. It is asked for every request, so that a rotation takes
// effect at once, and must be safe for concurrent use. Empty tokens never match.
type Tokens func() [][]byte

// authorised answers 401 and returns false unless the request carries one of the tokens.
func (t Tokens) authorised(w http.ResponseWriter, r *http.Request) bool {
	given := requestToken(r)
	switch {
	case given == "":
		mautrix.MMissingToken.WithMessage("Missing access token").Write(w)
	case !t.accept(given):
		mautrix.MUnknownToken.WithMessage("Invalid access token").Write(w)
	default:
		return true
	}
	return false
}

// accept compares digests, which makes all lengths equal, and never stops early.
func (t Tokens) accept(given string) bool {
	digest := sha256.Sum256([]byte(given))
	found := 0
	for _, token := range t() {
		want := sha256.Sum256(token)
		found |= subtle.ConstantTimeCompare(digest[:], want[:])
	}
	return found == 1
}

// requestToken finds the token in the header, or in the query as homeservers sent it before version 1.4 of the
// specification.
func requestToken(r *http.Request) string {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if ok && strings.EqualFold(scheme, "Bearer") {
		return token
	}
	return r.URL.Query().Get("access_token")
}
