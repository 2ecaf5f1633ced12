package admin

// LoginToken is an access token with which an admin acts as somebody else.
type LoginToken struct {
	AccessToken Secret `json:"access_token"`
}

func (l *LoginToken) missing() string { return missingIf(l.AccessToken == "", "access_token") }

// KeyReset says until when a user may replace the cross-signing keys without logging in again.
type KeyReset struct {
	BeforeTS int64 `json:"updatable_without_uia_before_ms"` // milliseconds
}

func (k *KeyReset) missing() string {
	return missingIf(k.BeforeTS == 0, "updatable_without_uia_before_ms")
}

// LoggedIn is a new session of an account.
type LoggedIn struct {
	UserID      string `json:"user_id"`
	DeviceID    string `json:"device_id"`
	AccessToken Secret `json:"access_token"`
}

func (l *LoggedIn) missing() string { return missingIf(l.AccessToken == "", "access_token") }
