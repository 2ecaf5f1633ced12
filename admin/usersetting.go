package admin

import (
	"time"

	"maunium.net/go/mautrix/id"
)

// Right says whether an account is a server admin.
type Right struct {
	Admin *bool `json:"admin"`
}

func (a *Right) missing() string { return missingIf(a.Admin == nil, "admin") }

// RateLimit is how much a user may send, in place of what the server's configuration says. Zeros lift all limits.
type RateLimit struct {
	MessagesPerSecond *int64 `json:"messages_per_second"` // nil: nothing is overridden
	BurstCount        *int64 `json:"burst_count"`
}

// Overridden reports whether the user has limits of its own.
func (r RateLimit) Overridden() bool { return r.MessagesPerSecond != nil || r.BurstCount != nil }

// Features tells which experimental features are switched on for a user.
type Features struct {
	Features map[string]bool `json:"features"`
}

func (f *Features) missing() string { return missingIf(f.Features == nil, "features") }

// SetValidity says how long an account can be used.
type SetValidity struct {
	User            id.UserID
	Expire          time.Time // zero: as long from now as the server is configured for
	NoRenewalEmails bool      // do not write to the user before it ends
}

// Validity is how long an account can be used.
type Validity struct {
	ExpirationTS int64 `json:"expiration_ts"` // milliseconds
}

func (v *Validity) missing() string { return missingIf(v.ExpirationTS == 0, "expiration_ts") }
