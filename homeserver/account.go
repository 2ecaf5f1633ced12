package homeserver

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the protocol says so
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Account is a user of the server with one session.
type Account struct {
	UserID      string `json:"user_id"`
	AccessToken string `json:"access_token"`
	DeviceID    string `json:"device_id"`
}

// RegisterUser makes an account by the shared secret (Synapse's POST /_synapse/admin/v1/register) and logs it in.
func (s *Server) RegisterUser(ctx context.Context, localpart, password string, admin bool) (Account, error) {
	const path = "/_synapse/admin/v1/register"
	var nonce struct {
		Nonce string `json:"nonce"`
	}
	if err := s.call(ctx, http.MethodGet, path, nil, &nonce); err != nil {
		return Account{}, fmt.Errorf("register %s: %w", localpart, err)
	}
	var account Account
	err := s.call(ctx, http.MethodPost, path, map[string]any{
		"nonce": nonce.Nonce, "username": localpart, "password": password, "admin": admin,
		"mac": registrationMAC(s.SharedSecret, nonce.Nonce, localpart, password, admin),
	}, &account)
	if err != nil {
		return Account{}, fmt.Errorf("register %s: %w", localpart, err)
	}
	return account, nil
}

// Login makes another session of an account with its password.
func (s *Server) Login(ctx context.Context, localpart, password string) (Account, error) {
	var account Account
	err := s.call(ctx, http.MethodPost, "/_matrix/client/v3/login", map[string]any{
		"type":       "m.login.password",
		"identifier": map[string]string{"type": "m.id.user", "user": localpart},
		"password":   password,
	}, &account)
	if err != nil {
		return Account{}, fmt.Errorf("log in as %s: %w", localpart, err)
	}
	return account, nil
}

func registrationMAC(secret, nonce, localpart, password string, admin bool) string {
	kind := "notadmin"
	if admin {
		kind = "admin"
	}
	mac := hmac.New(sha1.New, []byte(secret))
	_, _ = io.WriteString(mac, strings.Join([]string{nonce, localpart, password, kind}, "\x00")) // never fails, see hash.Hash
	return hex.EncodeToString(mac.Sum(nil))
}

func (s *Server) call(ctx context.Context, method, path string, in, out any) error {
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, &body)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, answer)
	}
	return json.Unmarshal(answer, out)
}
