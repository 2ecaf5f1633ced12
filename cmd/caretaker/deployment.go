package main

import (
	"crypto/tls"
	"errors"
	"net/http"
	"os"

	mxas "maunium.net/go/mautrix/appservice"
	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/admin/synapse"
	"caretaker/appservice"
	"caretaker/commands"
	"caretaker/config"
)

// deployment is one homeserver as the configuration describes it.
type deployment struct {
	cfg       *config.Config
	reg       *mxas.Registration // nil where the file is absent or unreadable
	regErr    error
	token     *adminToken
	transport http.RoundTripper
}

func newDeployment(cfg *config.Config, verifyTLS bool) *deployment {
	d := &deployment{cfg: cfg, transport: http.DefaultTransport}
	if !verifyTLS {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // asked for by terminal.verify_tls
		d.transport = t
	}
	if cfg.Appservice.Registration != "" {
		d.reg, d.regErr = appservice.LoadRegistration(cfg.RegistrationFile())
	}
	d.token = newAdminToken(cfg, d.reg, d.transport)
	return d
}

// bot is the bot's user id, "" without a daemon's configuration.
func (d *deployment) bot() id.UserID {
	if !d.hasDaemon() {
		return ""
	}
	return d.cfg.BotID()
}

// hasDaemon reports whether the configuration is one that a daemon runs with.
func (d *deployment) hasDaemon() bool { return len(d.cfg.Permissions) > 0 }

// api is the homeserver's administration; with a recorder, changes go there.
func (d *deployment) api(dry *admin.Recorder) *synapse.API {
	transport := d.transport
	if dry != nil {
		transport = dry
	}
	return synapse.New(synapse.Options{
		BaseURL:                  d.cfg.AdminURL(),
		ClientURL:                d.cfg.Homeserver.URL,
		AdminPath:                d.cfg.Terminal.AdminPath,
		ClientPath:               d.cfg.Terminal.MatrixPath,
		ServerName:               d.cfg.Homeserver.ServerName,
		Token:                    d.token.get,
		RegistrationSharedSecret: d.cfg.Homeserver.RegistrationSharedSecret.Reveal,
		HTTP:                     &http.Client{Transport: transport},
		Timeout:                  d.cfg.Admin.Timeout,
	})
}

// roles translates the permissions; validation has refused unknown words.
func (d *deployment) roles() map[string]commands.Role {
	roles := make(map[string]commands.Role, len(d.cfg.Permissions))
	for name, word := range d.cfg.Permissions {
		if role, err := commands.ParseRole(string(word)); err == nil {
			roles[name] = role
		}
	}
	return roles
}

func isNotExist(err error) bool { return errors.Is(err, os.ErrNotExist) }
