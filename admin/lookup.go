package admin

import "maunium.net/go/mautrix/id"

// FoundUser is the account that belongs to an address or to an account elsewhere.
type FoundUser struct {
	UserID id.UserID `json:"user_id"`
}

func (f *FoundUser) missing() string { return missingIf(f.UserID == "", "user_id") }

// Availability says that a name is free; the server answers with an error when it is not.
type Availability struct {
	Available *bool `json:"available"`
}

func (a *Availability) missing() string { return missingIf(a.Available == nil, "available") }
