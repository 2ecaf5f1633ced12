package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// report prints what was done and what is left to do, never a token.
func (p *initPlan) report(out io.Writer, outcome provisioned) {
	for _, file := range p.files.files {
		line := "Wrote " + file.path
		if file.backup != "" {
			line += " (before: " + file.backup + ")"
		}
		fmt.Fprintln(out, line)
	}
	if outcome.done != "" {
		fmt.Fprintln(out, outcome.done)
	}
	fmt.Fprintln(out, "\nWhat is left to do:")
	var steps []string
	if outcome.missing != "" {
		steps = append(steps, outcome.missing)
	}
	steps = append(steps, p.installSteps()...)
	steps = append(steps, "Start the bot, and see whether everything works:\n"+
		"  caretaker run -c "+shellWord(p.opts.path("config.yaml"))+"\n"+
		"  caretaker check -c "+shellWord(p.opts.path("config.yaml")))
	for i, step := range steps {
		fmt.Fprintf(out, "%d. %s\n", i+1, strings.ReplaceAll(step, "\n", "\n   "))
	}
}

// dendriteTokens is an endpoint that only Dendrite has.
const dendriteTokens = "/_dendrite/admin/registrationTokens"

// software is what the homeserver runs: as configured, else as it says, else empty.
func (p *initPlan) software(ctx context.Context) string {
	if p.opts.software != "auto" {
		return p.opts.software
	}
	var federation struct {
		Server struct{ Name string } `json:"server"`
	}
	base, client := p.opts.homeserverURL, p.client()
	if err := getJSON(ctx, client, base+"/_matrix/federation/v1/version", "", &federation); err == nil {
		return strings.ToLower(federation.Server.Name)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+dendriteTokens, nil)
	if err != nil {
		return ""
	}
	resp, err := client.Do(req)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusUnauthorized:
		return "dendrite"
	case strings.HasPrefix(resp.Header.Get("Server"), "Synapse/"):
		return "synapse"
	}
	return ""
}

// installSteps make the homeserver know the registration.
func (p *initPlan) installSteps() []string {
	switch p.kind {
	case "dendrite":
		return p.dendriteSteps()
	case "synapse":
		return p.synapseSteps()
	}
	steps := p.synapseSteps()
	steps[1] += "\nDendrite has it in dendrite.yaml:\n  app_service_api:\n    config_files:\n      - /etc/dendrite/caretaker-registration.yaml"
	return steps
}

func (p *initPlan) synapseSteps() []string {
	const installed = "/etc/matrix-synapse/caretaker-registration.yaml"
	return []string{
		"Install a copy of the registration that Synapse's user can read (matrix-synapse where it came as a Debian package):\n" +
			"  sudo install -o matrix-synapse -g matrix-synapse -m 600 " + shellWord(p.opts.path("registration.yaml")) + " " + installed,
		"Name it in homeserver.yaml:\n  app_service_config_files:\n    - " + installed,
		"Restart every Synapse process, workers included: each reads the file at its start only.",
	}
}

func (p *initPlan) dendriteSteps() []string {
	const installed = "/etc/dendrite/caretaker-registration.yaml"
	return []string{
		"Install a copy of the registration that Dendrite's user can read (often dendrite):\n" +
			"  sudo install -o dendrite -g dendrite -m 600 " + shellWord(p.opts.path("registration.yaml")) + " " + installed,
		"Name it in dendrite.yaml:\n  app_service_api:\n    config_files:\n      - " + installed,
		"Restart Dendrite: it reads the file at its start only.",
	}
}

// adminSteps make the bot a server admin where nothing was given to do it with.
func (p *initPlan) adminSteps() string {
	first := "Make the bot a server admin. Do it now, before the registration is installed, with the homeserver's registration_shared_secret in the file SECRET:\n" +
		"  caretaker init --force --registration-shared-secret-file SECRET " + p.opts.repeated()
	if p.kind == "dendrite" {
		return first
	}
	return first + "\nor at any time, with the access token of a server admin in the file TOKEN:\n" +
		"  caretaker init --force --admin-token-file TOKEN " + p.opts.repeated()
}

// promotionSteps make the bot a server admin where it is too late for the shared secret.
func (p *initPlan) promotionSteps() string {
	if p.kind == "dendrite" {
		return "Make the bot a server admin in Dendrite's database, once it has started:\n" +
			"  UPDATE userapi_accounts SET account_type=3 WHERE localpart='" + p.opts.localpart + "'"
	}
	return "Make the bot a server admin, with the access token of one in the file TOKEN:\n" +
		"  caretaker init --force --admin-token-file TOKEN " + p.opts.repeated()
}

// repeated is the options of this call that a second one needs.
func (o *initOptions) repeated() string {
	words := []string{"--dir", shellWord(o.dir), "--homeserver-url", shellWord(o.homeserverURL)}
	for _, owner := range o.owners {
		words = append(words, "--owner", shellWord(owner))
	}
	if o.url != "http://"+o.listen || o.listen != "127.0.0.1:29340" {
		words = append(words, "--listen", shellWord(o.listen), "--url", shellWord(o.url))
	}
	if o.localpart != "caretaker" {
		words = append(words, "--localpart", shellWord(o.localpart))
	}
	if o.dataDir != "" {
		words = append(words, "--data-dir", shellWord(o.dataDir))
	}
	return strings.Join(words, " ")
}

// shellWord quotes what a shell would not take as one word.
func shellWord(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_", r)
	}) || text == "" {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return text
}
