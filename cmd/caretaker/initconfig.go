package main

import (
	"cmp"
	"fmt"
	"strings"

	"caretaker/config"
)

// configText is the configuration file that "init" writes: what was told, and what people want to change first.
func (o *initOptions) configText(kept secrets, verifyTLS bool) []byte {
	var b strings.Builder
	line := func(format string, arguments ...any) { fmt.Fprintf(&b, format+"\n", arguments...) }
	secret := func(key string) {
		for _, form := range []string{key, key + "_file"} {
			if value := kept[form]; value != "" {
				line("  %s: %s", form[strings.Index(form, ".")+1:], quoted(value))
			}
		}
	}
	defaults := config.Default()
	line("# caretaker's configuration, written by \"caretaker init\". Keys that are missing here have the defaults of")
	line("# config.example.yaml, which explains them all. \"caretaker check\" tells whether everything works.")
	line("homeserver:")
	line("  url: %s", quoted(o.homeserverURL))
	line("  server_name: %s", quoted(o.serverName))
	line("  software: %s", quoted(o.software))
	secret("homeserver.registration_shared_secret")
	if kept["admin.token"]+kept["admin.token_file"] != "" {
		line("admin:")
		secret("admin.token")
	}
	line("appservice:")
	line("  listen: %s", quoted(o.listen))
	line("  url: %s  # how the homeserver reaches the bot; the registration has it, too", quoted(o.url))
	line("  registration: registration.yaml")
	line("bot:")
	line("  localpart: %s", quoted(o.localpart))
	line("  prefix: %s", quoted(defaults.Bot.Prefix))
	line("  timezone: %s", quoted(defaults.Bot.Timezone))
	line("  management_rooms: []  # empty: the bot makes one at its first start and invites the owners")
	line("permissions:  # viewer, operator, admin or owner, for local user ids or the server name")
	for _, owner := range o.owners {
		line("  %s: owner", quoted(owner))
	}
	if o.dataDir != "" {
		line("data_dir: %s", quoted(o.dataDir))
	}
	if listen := o.api; cmp.Or(listen, kept["api.token"], kept["api.token_file"]) != "" {
		line("api:")
		line("  listen: %s", quoted(listen))
		secret("api.token")
	}
	if !verifyTLS {
		line("terminal:")
		line("  verify_tls: false")
	}
	return []byte(b.String())
}
