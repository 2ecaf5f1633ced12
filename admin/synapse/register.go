package synapse

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" // the endpoint demands it
	"encoding/hex"
	"errors"
	"strings"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

type registerBody struct {
	Nonce        string `json:"nonce"`
	Username     string `json:"username"`
	Displayname  string `json:"displayname,omitempty"`
	Password     string `json:"password"`
	Admin        bool   `json:"admin"`
	UserType     string `json:"user_type,omitempty"`
	MAC          string `json:"mac"`
	InhibitLogin bool   `json:"inhibit_login"`
}

// Register makes an account with the shared secret of the homeserver's configuration (v1/register). It needs no admin
// token. Without the secret it fails before anything is sent.
func (a *API) Register(ctx context.Context, user admin.NewUser) (admin.Answer[admin.Registered], error) {
	secret := ""
	if a.sharedSecret != nil {
		secret = a.sharedSecret()
	}
	if secret == "" {
		return admin.Answer[admin.Registered]{}, sentence(
			"cannot register", user.Localpart, ": homeserver.registration_shared_secret is not configured")
	}
	subject := theUser(id.NewUserID(user.Localpart, a.serverName))
	nonce, err := a.registrationNonce(ctx, subject)
	if err != nil {
		return admin.Answer[admin.Registered]{}, err
	}
	body := registerBody{
		Nonce: nonce, Username: user.Localpart, Displayname: user.Displayname, Password: user.Password.Reveal(),
		Admin: user.Admin, UserType: user.UserType, InhibitLogin: !user.Login,
	}
	body.MAC = registrationMAC(secret, body)
	answer, err := call[admin.Registered](ctx, a, request{
		op: "POST v1/register", body: body, open: true,
		verb: "register", subject: subject,
	})
	if refused, ok := errors.AsType[*admin.Error](err); ok && refused.Code == admin.CodeDenied {
		// No token was sent: what is wrong can only be the secret.
		refused.Message = "cannot register " + user.Localpart + ": homeserver.registration_shared_secret is not the homeserver's"
	}
	return answer, err
}

// nonce is the server's answer to GET v1/register; it lives for a minute and works once.
type nonce struct {
	Nonce string `json:"nonce"`
}

func (a *API) registrationNonce(ctx context.Context, subject string) (string, error) {
	answer, err := call[nonce](ctx, a, request{
		op: "GET v1/register", open: true,
		verb: "register", subject: subject,
	})
	return answer.Value.Nonce, err
}

// registrationMAC proves that we know the secret: a keyed hash over the fields that matter, joined by NUL.
func registrationMAC(secret string, body registerBody) string {
	fields := []string{body.Nonce, body.Username, body.Password, either(body.Admin, "admin", "notadmin")}
	if body.UserType != "" {
		fields = append(fields, body.UserType)
	}
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(strings.Join(fields, "\x00")))
	return hex.EncodeToString(mac.Sum(nil))
}
