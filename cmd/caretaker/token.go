package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"maunium.net/go/mautrix"
	mxas "maunium.net/go/mautrix/appservice"

	"caretaker/admin"
	"caretaker/admin/synapse"
	"caretaker/config"
)

// adminToken finds the token for the admin API: the configured one, else the one
// kept in admin.token, else the bot logs in once with its as_token and keeps that.
type adminToken struct {
	cfg       *config.Config
	reg       *mxas.Registration
	transport http.RoundTripper

	mu    sync.Mutex // guards token, and that only one logs in
	token string
}

func newAdminToken(cfg *config.Config, reg *mxas.Registration, transport http.RoundTripper) *adminToken {
	return &adminToken{cfg: cfg, reg: reg, transport: transport, token: cfg.Admin.Token.Reveal()}
}

// get gives the token. It may be called concurrently.
func (t *adminToken) get(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token != "" {
		return t.token, nil
	}
	kept, err := os.ReadFile(t.cfg.AdminTokenFile())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", &admin.Error{Code: admin.CodeDenied, Hint: "check", Cause: err,
			Message: fmt.Sprintf("the file %s with the admin token cannot be read by this user", t.cfg.AdminTokenFile())}
	}
	if t.token = strings.TrimSpace(string(kept)); t.token != "" {
		return t.token, nil
	}
	t.token, err = t.login(ctx)
	return t.token, err
}

// login logs the bot in with its as_token. Every login makes a device, so the token is kept.
//
// POST /_matrix/client/v3/login
func (t *adminToken) login(ctx context.Context) (string, error) {
	if t.delegated(ctx) {
		return "", errDelegated()
	}
	if t.reg == nil || len(t.cfg.Permissions) == 0 {
		return "", &admin.Error{Code: admin.CodeDenied, Hint: "help", Message: "there is no admin token: set admin.token in the configuration, or run config --token"}
	}
	client, err := mautrix.NewClient(t.cfg.Homeserver.URL, t.cfg.BotID(), t.reg.AppToken)
	if err != nil {
		return "", fmt.Errorf("homeserver.url: %w", err)
	}
	client.Client = &http.Client{Transport: t.transport, Timeout: 30 * time.Second}
	resp, err := client.Login(mautrix.WithMaxRetries(ctx, 0), &mautrix.ReqLogin{
		Type:                     mautrix.AuthTypeAppservice,
		Identifier:               mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: t.cfg.BotID().String()},
		InitialDeviceDisplayName: "caretaker admin API",
	})
	if err != nil {
		return "", loginError(err)
	}
	if err := config.Write(t.cfg.AdminTokenFile(), []byte(resp.AccessToken+"\n")); err != nil {
		return "", &admin.Error{Code: admin.CodeFailed, Hint: "check", Cause: err,
			Message: fmt.Sprintf("the admin token cannot be kept in %s", filepath.Dir(t.cfg.AdminTokenFile()))}
	}
	return resp.AccessToken, nil
}

// delegated reports whether another service gives out the tokens. When nobody can tell, logging in will.
func (t *adminToken) delegated(ctx context.Context) bool {
	api := synapse.New(synapse.Options{BaseURL: t.cfg.Homeserver.URL, ClientPath: t.cfg.Terminal.MatrixPath, HTTP: &http.Client{Transport: t.transport}})
	is, err := api.Delegated(ctx)
	return err == nil && is
}

// errDelegated says how to get a token where the bot cannot log in for one. Synapse takes an account for an admin there
// only when its token was made for that.
func errDelegated() error {
	return &admin.Error{Code: admin.CodeDenied, Hint: "check",
		Message: "admin.token is empty; Matrix Authentication Service makes one: " +
			"mas-cli manage issue-compatibility-token ADMIN --yes-i-want-to-grant-synapse-admin-privileges"}
}

func loginError(err error) error {
	e := &admin.Error{Code: admin.CodeUnavailable, Hint: "check", Cause: err, Message: "the homeserver cannot be reached to log the bot in"}
	refused := mautrix.RespError{}
	switch {
	case errors.Is(err, mautrix.MUnknownToken):
		e.Code, e.Message = admin.CodeDenied, "the homeserver does not know the registration: install it and restart every homeserver process"
	case errors.As(err, &refused) && refused.StatusCode < http.StatusInternalServerError && refused.StatusCode != http.StatusTooManyRequests:
		e.Code, e.Message = admin.CodeDenied, fmt.Sprintf("the homeserver refuses the bot's login (%s): set admin.token in the configuration", refused.ErrCode)
	}
	return e
}
