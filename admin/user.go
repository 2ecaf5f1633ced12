package admin

import (
	"time"

	"maunium.net/go/mautrix/id"
)

// User is an account of this server, as a row of a list or with all details. What only the details have is marked.
// Timestamps are as the server sends them, 0 when never or unknown.
type User struct {
	UserID      id.UserID `json:"name"`
	Displayname string    `json:"displayname"`
	AvatarURL   string    `json:"avatar_url"`
	UserType    string    `json:"user_type"` // "bot", "support", a configured type, or empty

	Admin        bool `json:"admin"`
	Deactivated  bool `json:"deactivated"`
	Erased       bool `json:"erased"`
	Locked       bool `json:"locked"`
	Suspended    bool `json:"suspended"` // details only
	ShadowBanned bool `json:"shadow_banned"`
	IsGuest      bool `json:"is_guest"`

	// CreationTS is in milliseconds in lists and in seconds in the details; use CreatedAt.
	CreationTS int64 `json:"creation_ts"`
	LastSeenTS int64 `json:"last_seen_ts"` // milliseconds

	AppserviceID   string       `json:"appservice_id"` // details only
	ConsentVersion string       `json:"consent_version"`
	ConsentTS      int64        `json:"consent_ts"`   // details only, milliseconds
	Threepids      []Threepid   `json:"threepids"`    // details only
	ExternalIDs    []ExternalID `json:"external_ids"` // details only
}

// latestSeconds is the largest timestamp that is taken for seconds: the year 5138, or 1973 in milliseconds.
const latestSeconds = 100_000_000_000

// CreatedAt returns when the account was made, or the zero time.
func (u User) CreatedAt() time.Time {
	if u.CreationTS > 0 && u.CreationTS < latestSeconds {
		return time.Unix(u.CreationTS, 0).UTC()
	}
	return Millis(u.CreationTS)
}

// LastSeen returns when the account was last used, or the zero time.
func (u User) LastSeen() time.Time { return Millis(u.LastSeenTS) }

func (u *User) missing() string { return missingIf(u.UserID == "", "name") }

// Threepid is an email address or phone number of a user.
type Threepid struct {
	Medium      string `json:"medium"` // "email" or "msisdn"
	Address     string `json:"address"`
	AddedAt     int64  `json:"added_at,omitzero"`     // milliseconds
	ValidatedAt int64  `json:"validated_at,omitzero"` // milliseconds
}

// ExternalID is an account at a single sign-on provider.
type ExternalID struct {
	Provider   string `json:"auth_provider"`
	ExternalID string `json:"external_id"`
}

// UserQuery selects and sorts a page of users. Its zero value lists everybody in the server's order, except
// deactivated and locked accounts, with the server's own page size.
type UserQuery struct {
	From   int    // offset
	Limit  int    // rows per page, 0 for the server's default (100)
	Name   string // part of localpart or display name, in any case
	UserID string // part of the user id; ignored by the server when Name is given

	Guests      *bool // nil: the server's default
	Admins      *bool // nil: both
	Deactivated bool  // also deactivated accounts
	Locked      bool  // also locked accounts

	ExcludeTypes []string // user types to leave out; the empty string stands for accounts without a type
	OrderBy      string   // a column as the server names it, such as "creation_ts"
	Reverse      bool
}

// UserPage is a page of users.
type UserPage struct {
	Users     []User `json:"users"`
	Total     int    `json:"total"` // on all pages
	NextToken Cursor `json:"next_token"`
}

func (p *UserPage) missing() string {
	for i := range p.Users {
		if key := p.Users[i].missing(); key != "" {
			return key
		}
	}
	return missingIf(p.Users == nil, "users")
}

// Whois tells from where an account was used.
type Whois struct {
	UserID  id.UserID              `json:"user_id"`
	Devices map[string]WhoisDevice `json:"devices"`
}

// WhoisDevice is one device of [Whois]; Synapse knows a single one with an empty name.
type WhoisDevice struct {
	Sessions []WhoisSession `json:"sessions"`
}

// WhoisSession is one session of a [WhoisDevice].
type WhoisSession struct {
	Connections []Connection `json:"connections"`
}

// Connection is an address from which an account was used.
type Connection struct {
	IP        string `json:"ip"`
	LastSeen  int64  `json:"last_seen"` // milliseconds
	UserAgent string `json:"user_agent"`
}

// Connections returns the addresses of all devices and sessions, in no particular order.
func (w Whois) Connections() []Connection {
	var all []Connection
	for _, device := range w.Devices {
		for _, session := range device.Sessions {
			all = append(all, session.Connections...)
		}
	}
	return all
}

func (w *Whois) missing() string {
	if w.UserID == "" {
		return "user_id"
	}
	return missingIf(w.Devices == nil, "devices")
}

// ModifyUser is a change to an account, or a new account. Nil fields stay as they are.
type ModifyUser struct {
	Displayname   *string
	AvatarURL     *string // mxc URI, empty to remove it
	Password      *Secret
	LogoutDevices *bool       // with Password; nil: the server logs all devices out
	Threepids     *[]Threepid // replaces the whole list
	Admin         *bool
	Deactivated   *bool
	Locked        *bool
	UserType      Change[string] // cleared: an ordinary account
}

// Deactivated is the answer to a deactivation.
type Deactivated struct {
	IDServerUnbindResult string `json:"id_server_unbind_result"` // "success" or "no-support"
}

// NewUser is an account to register with the shared secret.
type NewUser struct {
	Localpart   string
	Password    Secret
	Displayname string
	UserType    string
	Admin       bool
	// Login also makes a session, whose token is in the answer.
	Login bool
}

// Registered is the answer to a registration. The token is there only when a login was asked for.
type Registered struct {
	UserID      id.UserID   `json:"user_id"`
	HomeServer  string      `json:"home_server"`
	DeviceID    id.DeviceID `json:"device_id"`
	AccessToken Secret      `json:"access_token"`
}

func (r *Registered) missing() string { return missingIf(r.UserID == "", "user_id") }

// missingIf returns key if it is absent, else nothing.
func missingIf(absent bool, key string) string {
	if absent {
		return key
	}
	return ""
}
