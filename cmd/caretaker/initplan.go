package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
	mxas "maunium.net/go/mautrix/appservice"

	"caretaker/appservice"
	"caretaker/config"
)

// initPlan is what "init" is about to do. Making it changes nothing.
type initPlan struct {
	opts         initOptions
	config       *config.Config // as it will be loaded
	registration *mxas.Registration
	files        fileSet
	adminToken   config.Secret // of an admin, used once
	agreed       bool          // that an account which is in use is the bot's
	kind         string        // what the homeserver runs, known once it was asked; may be empty
	verifyTLS    bool
}

// errExists is the error of a file that would be overwritten.
var errExists = errors.New("exists already")

func planInit(opts initOptions, known synadmConfig) (*initPlan, error) {
	p := &initPlan{opts: opts, verifyTLS: known.SSLVerify == nil || *known.SSLVerify, adminToken: config.NewSecret(known.Token)}
	if err := p.absolute(); err != nil {
		return p, err
	}
	if err := p.mayWrite("config.yaml", "registration.yaml"); err != nil {
		return p, err
	}
	if opts.adminToken != "" {
		token, err := config.ReadSecret(opts.adminToken)
		if err != nil {
			return p, fmt.Errorf("--admin-token-file: %w", err)
		}
		p.adminToken = token
	}
	if err := p.register(); err != nil {
		return p, err
	}
	return p, p.configure()
}

// absolute makes the paths independent of where caretaker is started.
func (p *initPlan) absolute() (err error) {
	for _, path := range []*string{&p.opts.dir, &p.opts.dataDir, &p.opts.sharedSecret} {
		if *path == "" {
			continue
		}
		if *path, err = filepath.Abs(*path); err != nil {
			return fmt.Errorf("find the folder: %w", err)
		}
	}
	return nil
}

// mayWrite refuses a folder that is none or is closed, and to overwrite without --force.
func (p *initPlan) mayWrite(names ...string) error {
	for _, name := range names {
		_, err := os.Lstat(p.opts.path(name))
		switch {
		case errors.Is(err, fs.ErrPermission):
			return &config.FileError{Name: "folder " + p.opts.dir, Text: "cannot be entered by this user; change its owner or mode, or name another one with --dir", Cause: err}
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return &config.FileError{Name: p.opts.dir, Text: "is no folder to write into; name another one with --dir", Cause: err}
		case err == nil && !p.opts.force:
			return fmt.Errorf("%s %w; --force overwrites it, but keeps its tokens, and the rest with .bak appended", p.opts.path(name), errExists)
		}
	}
	return nil
}

// register takes over the tokens of a registration that is there, and makes new ones otherwise.
func (p *initPlan) register() error {
	p.registration = appservice.NewRegistration(p.opts.botID(), p.opts.url)
	path := p.opts.path("registration.yaml")
	old, err := appservice.LoadRegistration(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("%w, or move it away first: its tokens would be lost", err)
	case old.AppToken != "" && old.ServerToken != "":
		p.registration.AppToken, p.registration.ServerToken = old.AppToken, old.ServerToken
	}
	text, err := appservice.RegistrationYAML(p.registration)
	if err != nil {
		return err
	}
	p.files.add(path, text)
	return nil
}

// configure writes the configuration's text and reads it back, so that what init writes is what run accepts.
func (p *initPlan) configure() error {
	path := p.opts.path("config.yaml")
	kept, err := keptSecrets(path)
	if err != nil {
		return err
	}
	if p.opts.storeToken && !p.adminToken.IsZero() {
		kept.Set("admin.token", p.adminToken.Reveal())
	}
	if p.opts.sharedSecret != "" {
		kept.Set("homeserver.registration_shared_secret_file", p.opts.sharedSecret)
	}
	if p.opts.api != "" && kept["api.token"] == "" && kept["api.token_file"] == "" {
		p.files.add(p.opts.path("api.token"), []byte(rand.Text()+rand.Text()+"\n"))
		kept.Set("api.token_file", "api.token")
	}
	text := p.opts.configText(kept, p.verifyTLS)
	// The token's file of the API is not there yet.
	check := p.opts.configText(kept.without("api.token_file", "api.token", "placeholder"), p.verifyTLS)
	if p.config, err = config.Parse(path, check, config.ForDaemon); err != nil {
		return inOptions(err)
	}
	p.files.add(path, text)
	return nil
}

// optionOf names the option that a key of the configuration was made from.
var optionOf = map[string]string{
	"homeserver.url": "--homeserver-url", "homeserver.server_name": "--server-name", "homeserver.software": "--software",
	"homeserver.registration_shared_secret_file": "--registration-shared-secret-file",
	"appservice.listen":                          "--listen", "appservice.url": "--url", "bot.localpart": "--localpart", "api.listen": "--api",
}

// invalidOptions is the error of options that make a configuration which run would not accept.
type invalidOptions struct{ *config.Invalid }

// inOptions words the problems of a configuration that does not exist yet as problems of the options.
func inOptions(err error) error {
	var invalid *config.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	return invalidOptions{invalid}
}

// Error has one line per problem.
func (e invalidOptions) Error() string {
	lines := make([]string, len(e.Problems))
	for i, problem := range e.Problems {
		option := cmp.Or(optionOf[problem.Key], problem.Key)
		if strings.HasPrefix(problem.Key, "permissions") {
			option = "--owner"
		}
		lines[i] = option + ": " + problem.Text
	}
	return strings.Join(lines, "\n")
}

// hint is the call that gets around an error of the plan.
func (p *initPlan) hint(err error) string {
	if somebodys, ok := errors.AsType[taken](err); ok {
		return somebodys.hint()
	}
	if errors.Is(err, errExists) {
		return "caretaker init --force " + p.opts.repeated()
	}
	return "caretaker init --help"
}

// secrets are values of a configuration by key.
type secrets map[string]string

// Set replaces a secret, in whichever of its two forms it was.
func (s secrets) Set(key, value string) {
	for _, other := range secretKeys {
		if other == key || other+"_file" == key {
			delete(s, other)
			delete(s, other+"_file")
		}
	}
	s[key] = value
}

func (s secrets) without(key, instead, value string) secrets {
	copied := secrets{}
	for k, v := range s {
		copied[k] = v
	}
	if _, ok := copied[key]; ok {
		delete(copied, key)
		copied[instead] = value
	}
	return copied
}

// secretKeys are the secrets that "init --force" takes over.
var secretKeys = []string{"homeserver.registration_shared_secret", "admin.token", "api.token"}

// keptSecrets are those of the configuration that is overwritten.
func keptSecrets(path string) (secrets, error) {
	doc, err := config.OpenDocument(path)
	if err != nil {
		return nil, fmt.Errorf("%w, or move it away first: its secrets would be lost", err)
	}
	kept := secrets{}
	for _, key := range secretKeys {
		for _, form := range []string{key, key + "_file"} {
			if value := doc.Get(form); value != "" {
				kept[form] = value
			}
		}
	}
	return kept, nil
}

// quoted makes a YAML scalar of any text.
func quoted(text string) string {
	out, err := yaml.Marshal(text)
	if err != nil {
		return fmt.Sprintf("%q", text)
	}
	return string(out[:len(out)-1])
}
