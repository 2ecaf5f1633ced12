package admin

import "time"

// RegistrationToken lets people register who know it.
type RegistrationToken struct {
	Token       string `json:"token"`
	UsesAllowed *int64 `json:"uses_allowed"` // nil: without limit
	Pending     int64  `json:"pending"`      // registrations under way
	Completed   int64  `json:"completed"`
	ExpiryTime  *int64 `json:"expiry_time"` // milliseconds; nil: never
}

// Expires returns when the token ends, or the zero time when it never does.
func (t RegistrationToken) Expires() time.Time {
	if t.ExpiryTime == nil {
		return time.Time{}
	}
	return time.UnixMilli(*t.ExpiryTime).UTC()
}

func (t *RegistrationToken) missing() string { return missingIf(t.Token == "", "token") }

// RegistrationTokens lists registration tokens.
type RegistrationTokens struct {
	Tokens []RegistrationToken `json:"registration_tokens"`
}

func (t *RegistrationTokens) missing() string {
	for i := range t.Tokens {
		if t.Tokens[i].Token == "" {
			return "token"
		}
	}
	return missingIf(t.Tokens == nil, "registration_tokens")
}

// NewRegistrationToken describes a token to make. Its zero value makes a random one of the server's usual length that
// never expires and has no limit of uses.
type NewRegistrationToken struct {
	Token       string // empty: random
	Length      int    // of a random token; 0: 16
	UsesAllowed *int64 // nil: without limit
	ExpiryTime  *int64 // milliseconds; nil: never
}

// UpdateRegistrationToken changes a token. Kept fields stay as they are, cleared ones become unlimited.
type UpdateRegistrationToken struct {
	UsesAllowed Change[int64] `json:"uses_allowed,omitzero"`
	ExpiryTime  Change[int64] `json:"expiry_time,omitzero"` // milliseconds
}
