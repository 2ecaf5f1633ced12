package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/admin/synapse"
	"caretaker/config"
)

// initTimeout bounds a request of "init", so that a homeserver that hangs keeps nobody waiting for long.
const initTimeout = 15 * time.Second

// provisioned is what came of the attempt to give the bot its admin right.
type provisioned struct {
	done    string // what is done, for people; empty if the bot has no admin right yet
	missing string // what is left to do about it, for people
	refused error  // the homeserver did not accept the given secret or token
}

// status is the exit status: the files are written in any case.
func (p provisioned) status(std stdio) int {
	if p.refused == nil {
		return exitDone
	}
	return std.fail(exitPartial, fmt.Errorf("the files are written, but the bot is not a server admin: %w", p.refused), "")
}

// provision gives the bot its admin right with what was given for it.
func (p *initPlan) provision(ctx context.Context) provisioned {
	p.kind = p.software(ctx)
	bot := p.opts.botID()
	switch {
	case p.hasWorkingToken(ctx):
		return provisioned{done: fmt.Sprintf("%s is a server admin already; its token is in %s.", bot, p.config.AdminTokenFile())}
	case p.opts.sharedSecret != "":
		return p.registerAdmin(ctx)
	case !p.adminToken.IsZero():
		return p.promote(ctx)
	}
	return provisioned{missing: p.adminSteps()}
}

// hasWorkingToken tells whether an earlier run has done everything.
func (p *initPlan) hasWorkingToken(ctx context.Context) bool {
	token, err := config.ReadSecret(p.config.AdminTokenFile())
	if err != nil {
		return false
	}
	owner, err := p.tokenOwner(ctx, token)
	if err != nil || owner != p.opts.botID() {
		return false
	}
	if p.kind == "dendrite" {
		return getJSON(ctx, p.client(), p.opts.homeserverURL+dendriteTokens, token.Reveal(), new(any)) == nil
	}
	_, err = p.api(token).User(ctx, owner)
	return err == nil
}

// registerAdmin makes the bot's account by the shared secret, which works before the registration is installed only.
func (p *initPlan) registerAdmin(ctx context.Context) provisioned {
	bot := p.opts.botID()
	answer, err := p.api(config.Secret{}).Register(ctx, admin.NewUser{
		Localpart: bot.Localpart(), Password: admin.Secret(rand.Text() + rand.Text()), Admin: true, Login: true,
	})
	if err != nil {
		return p.notRegistered(err)
	}
	token := answer.Value.AccessToken.Reveal()
	if got := answer.Value.UserID; got != bot {
		return provisioned{refused: fmt.Errorf("the homeserver made %s instead of %s; correct --owner or --server-name and run init again with --force", got, bot)}
	}
	if err := config.Write(p.config.AdminTokenFile(), []byte(token+"\n")); err != nil {
		return provisioned{refused: fmt.Errorf("its token cannot be kept: %w", err)}
	}
	return provisioned{done: fmt.Sprintf("%s was made and is a server admin; its token is in %s.", bot, p.config.AdminTokenFile())}
}

// notRegistered explains why the account could not be made.
func (p *initPlan) notRegistered(err error) provisioned {
	bot := p.opts.botID()
	switch code := errcodeOf(err); {
	case code == "M_USER_IN_USE":
		return provisioned{missing: fmt.Sprintf("%s exists already, so the shared secret cannot make it a server admin.\n%s", bot, p.promotionSteps())}
	case code == "M_EXCLUSIVE":
		return provisioned{missing: fmt.Sprintf("The registration is installed already, so the shared secret cannot make %s.\n%s", bot, p.promotionSteps())}
	case admin.CodeOf(err) == admin.CodeUnsupported:
		return provisioned{missing: "This homeserver makes no accounts by a shared secret: its registration_shared_secret is not set, or Matrix Authentication Service is in place.\n" + p.promotionSteps()}
	case admin.OutcomeUnknown(err):
		return provisioned{missing: fmt.Sprintf("Whether %s was made is unknown: %s.\n%s", bot, err, p.promotionSteps())}
	case admin.CodeOf(err) == admin.CodeUnavailable:
		return provisioned{missing: fmt.Sprintf("The bot is not a server admin yet: %s. When it answers, and before you install the registration, run the same command again with --force.", err)}
	case admin.CodeOf(err) == admin.CodeDenied:
		err = errors.New("the secret is not the homeserver's registration_shared_secret")
	}
	return provisioned{refused: err, missing: p.adminSteps()}
}

func errcodeOf(err error) string {
	var response *synapse.ResponseError
	if errors.As(err, &response) {
		return response.ErrCode
	}
	return ""
}

// promote makes the bot a server admin with the token of another one. The account is made where there is none.
func (p *initPlan) promote(ctx context.Context) provisioned {
	bot := p.opts.botID()
	owner, err := p.tokenOwner(ctx, p.adminToken)
	if err == nil && owner.Homeserver() != p.opts.serverName {
		return provisioned{refused: fmt.Errorf("the token belongs to %s, a user of another server than %s; correct --owner or --server-name and run init again with --force", owner, p.opts.serverName)}
	}
	signs, err := p.signsOfUse(ctx)
	if len(signs) > 0 && !p.opts.force && !p.agreed {
		return provisioned{refused: taken{p.opts, signs}}
	}
	if err == nil {
		err = p.makeAdmin(ctx)
	}
	if errcodeOf(err) == "M_EXCLUSIVE" && p.registerAsService(ctx) == nil {
		err = p.makeAdmin(ctx)
	}
	switch {
	case err == nil && len(signs) > 0:
		return provisioned{done: fmt.Sprintf("%s, which was in use already (%s), is a server admin now, and so is everybody who is logged in to it. If it is not the bot's, take that back:\n  caretaker user modify %s --no-admin",
			bot, strings.Join(signs, ", "), shellWord(p.opts.localpart))}
	case err == nil:
		return provisioned{done: fmt.Sprintf("%s is a server admin now. The daemon logs in as it at its first start.", bot)}
	case errcodeOf(err) == "M_EXCLUSIVE":
		return provisioned{missing: fmt.Sprintf("The installed registration keeps %s from being made by others. Install this one, and when the bot has started once:\n%s", bot, p.promotionSteps())}
	case admin.CodeOf(err) == admin.CodeUnsupported:
		return provisioned{missing: fmt.Sprintf("This homeserver cannot make %s a server admin over HTTP.\n%s", bot, p.promotionSteps())}
	case admin.CodeOf(err) == admin.CodeUnavailable:
		return provisioned{missing: fmt.Sprintf("The bot is not a server admin yet: %s. When it answers, run the same command again with --force.", err)}
	}
	return provisioned{refused: err, missing: p.adminSteps()}
}

func (p *initPlan) makeAdmin(ctx context.Context) error {
	yes := true
	_, err := p.api(p.adminToken).ModifyUser(ctx, p.opts.botID(), admin.ModifyUser{Admin: &yes})
	return err
}

// registerAsService makes the bot's account as the daemon would. Once the registration is installed nobody else can.
//
// POST /_matrix/client/v3/register
func (p *initPlan) registerAsService(ctx context.Context) error {
	return requestJSON(ctx, p.client(), http.MethodPost, p.opts.homeserverURL+"/_matrix/client/v3/register", p.registration.AppToken, map[string]any{
		"type": "m.login.application_service", "username": p.opts.localpart, "inhibit_login": true,
	}, new(any))
}

// api is the admin API with a token, which may be none.
func (p *initPlan) api(token config.Secret) *synapse.API {
	return synapse.New(synapse.Options{
		BaseURL: p.opts.homeserverURL, ServerName: p.opts.serverName, HTTP: p.client(), Timeout: initTimeout,
		Token: func(context.Context) (string, error) { return token.Reveal(), nil },
		RegistrationSharedSecret: func() string {
			return p.config.Homeserver.RegistrationSharedSecret.Reveal()
		},
	})
}

func (p *initPlan) client() *http.Client { return httpClient(initTimeout, p.verifyTLS) }

// tokenOwner asks whose token it is.
func (p *initPlan) tokenOwner(ctx context.Context, token config.Secret) (id.UserID, error) {
	return whoami(ctx, p.client(), p.opts.homeserverURL, token.Reveal())
}
