package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"maunium.net/go/mautrix/id"

	"caretaker/config"
)

// initOptions are what "init" was told.
type initOptions struct {
	dir           string
	homeserverURL string
	serverName    string
	software      string
	listen        string
	url           string
	localpart     string
	owners        []string
	adminToken    string // file
	sharedSecret  string // file
	api           string
	dataDir       string
	synadm        string // file
	storeToken    bool
	force         bool
}

func (o *initOptions) flags() *flags {
	defaults := config.Default()
	f := newFlags("init", "Write config.yaml and registration.yaml, and make the bot a server admin where that is possible.")
	f.StringVar(&o.dir, "dir", ".", "`FOLDER` to write into")
	f.StringVar(&o.homeserverURL, "homeserver-url", "", "`ADDRESS` of the client-server API (needed)")
	f.StringArrayVar(&o.owners, "owner", nil, "user id of an owner, `@USER:SERVER` (needed; repeat it for several)")
	f.StringVar(&o.serverName, "server-name", "", "`NAME` after the colon of user ids (default: that of the owner)")
	f.StringVar(&o.software, "software", defaults.Homeserver.Software, "`KIND`: auto, synapse or dendrite")
	f.StringVar(&o.listen, "listen", defaults.Appservice.Listen, "`HOST:PORT` where the bot listens for the homeserver")
	f.StringVar(&o.url, "url", "", "`ADDRESS` by which the homeserver reaches the bot (default: http:// and --listen)")
	f.StringVar(&o.localpart, "localpart", defaults.Bot.Localpart, "the bot's `NAME`")
	f.StringVar(&o.sharedSecret, "registration-shared-secret-file", "", "`FILE` with the homeserver's registration_shared_secret; makes the bot a server admin")
	f.StringVar(&o.adminToken, "admin-token-file", "", "`FILE` with a server admin's access token, used once; makes the bot a server admin")
	f.BoolVar(&o.storeToken, "store-token", false, "keep the admin's token in the configuration")
	f.StringVar(&o.api, "api", "", "switch the HTTP API on, at `HOST:PORT`")
	f.optional("api", "127.0.0.1:29341")
	f.StringVar(&o.dataDir, "data-dir", "", "`FOLDER` of database and admin token (default: that of the configuration)")
	f.StringVar(&o.synadm, "from-synadm", "", "take URL, token and server name from synadm's configuration `FILE`")
	f.optional("from-synadm", synadmFile())
	f.BoolVar(&o.force, "force", false, "overwrite, keeping the tokens, and the old files with .bak appended; take an account for the bot's that is in use")
	return f
}

// runInit writes configuration and registration and prints what is left to do.
func runInit(ctx context.Context, args []string, std stdio) int {
	var opts initOptions
	if status, done := opts.flags().parse(args, std); done {
		return status
	}
	known, err := opts.fromSynadm()
	if err != nil {
		return std.fail(exitFailed, err, "caretaker init --from-synadm=FILE")
	}
	if err := opts.complete(std, known.User); err != nil {
		return std.fail(exitUsage, err, opts.example(known.User))
	}
	plan, err := planInit(opts, known)
	if err == nil {
		err = plan.spareOthers(ctx, std)
	}
	if err != nil {
		return std.fail(statusOf(err), unwritten{err}, plan.hint(err))
	}
	if err := plan.files.write(); err != nil {
		return std.fail(exitFailed, unwritten{err}, "")
	}
	outcome := plan.provision(ctx)
	plan.report(std.Out, outcome)
	return outcome.status(std)
}

// unwritten tells after an error that there is nothing to clean up.
type unwritten struct{ error }

func (u unwritten) Error() string { return u.error.Error() + "\nNothing was written." }

func statusOf(err error) int {
	if errors.As(err, new(invalidOptions)) {
		return exitUsage
	}
	return exitFailed
}

// complete asks for what is needed and makes the names whole.
func (o *initOptions) complete(std stdio, admin string) error {
	if std.Terminal && (o.homeserverURL == "" || len(o.owners) == 0) {
		if err := o.question(newAsker(std), admin); err != nil {
			return err
		}
	}
	switch {
	case o.homeserverURL == "":
		return errors.New("--homeserver-url is missing; give the address of the homeserver's client-server API")
	case len(o.owners) == 0:
		return errors.New("--owner is missing; give the user id of whoever may do everything")
	}
	if err := checkBaseURL(o.homeserverURL); err != nil {
		return err
	}
	o.homeserverURL = strings.TrimRight(o.homeserverURL, "/")
	if o.url == "" {
		o.url = "http://" + o.listen
	}
	return o.nameServer()
}

func (o *initOptions) question(a *asker, admin string) (err error) {
	if o.homeserverURL == "" {
		o.homeserverURL, err = a.askUntil("Address of the homeserver", "http://127.0.0.1:8008", checkBaseURL)
	}
	if err != nil || len(o.owners) > 0 {
		return err
	}
	owner, err := a.askUntil("Your user id, as the first owner", o.userID(admin), func(answer string) error {
		return o.checkOwner(o.userID(answer))
	})
	o.owners = []string{owner}
	return err
}

// nameServer completes the owners' ids and finds the server's name in them.
func (o *initOptions) nameServer() error {
	for i, owner := range o.owners {
		o.owners[i] = o.userID(owner)
		if err := o.checkOwner(o.owners[i]); err != nil {
			return err
		}
		server := id.UserID(o.owners[i]).Homeserver()
		if o.serverName == "" {
			o.serverName = server
		}
		if server != o.serverName {
			return fmt.Errorf("the owner %s is not a user of %s; owners have to be local users", o.owners[i], o.serverName)
		}
	}
	return nil
}

// userID makes a user id of a localpart where the server's name is known.
func (o *initOptions) userID(name string) string {
	if name == "" || o.serverName == "" || strings.Contains(name, ":") {
		return name
	}
	return "@" + strings.TrimPrefix(name, "@") + ":" + o.serverName
}

// example is a call that has everything.
func (o *initOptions) example(admin string) string {
	address, owner := o.homeserverURL, "@you:example.org"
	if checkBaseURL(address) != nil {
		address = "http://127.0.0.1:8008"
	}
	if user := o.userID(admin); checkOwner(user) == nil {
		owner = user
	}
	if len(o.owners) > 0 && checkOwner(o.owners[0]) == nil {
		owner = o.owners[0]
	}
	if id.UserID(owner).Localpart() == config.Default().Bot.Localpart { // which the bot has in this call
		owner = "@you:" + id.UserID(owner).Homeserver()
	}
	return fmt.Sprintf("caretaker init --homeserver-url %s --owner %s", address, owner)
}

// path is a file of the folder that is written into.
func (o *initOptions) path(name string) string { return filepath.Join(o.dir, name) }

func (o *initOptions) botID() id.UserID { return id.NewUserID(o.localpart, o.serverName) }

func checkBaseURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%q is not the address of a homeserver; it looks like http://127.0.0.1:8008", text)
	}
	return nil
}

// checkOwner refuses the bot, too: nobody would be left to command it.
func (o *initOptions) checkOwner(text string) error {
	if err := checkOwner(text); err != nil || id.UserID(text).Localpart() != o.localpart {
		return err
	}
	return fmt.Errorf("%s would be both the bot and its owner; give your own user id as --owner, and the bot a name of its own as --localpart", text)
}

func checkOwner(text string) error {
	localpart, server, err := id.UserID(text).Parse()
	if err != nil || localpart == "" || server == "" {
		return fmt.Errorf("%q is not a user id; it looks like @you:example.org", text)
	}
	return nil
}
