package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// synadmConfig is what is of use in synadm's configuration.
type synadmConfig struct {
	BaseURL    string `yaml:"base_url"`
	Token      string `yaml:"token"`
	User       string `yaml:"user"`
	Homeserver string `yaml:"homeserver"`
	SSLVerify  *bool  `yaml:"ssl_verify"`
	Protocol   string `yaml:"protocol"`
}

// autoRetrieval is what synadm has in place of a server name that it has to find out.
const autoRetrieval = "auto-retrieval"

// synadmFile is where synadm keeps its configuration.
func synadmFile() string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = "~"
	}
	return filepath.Join(home, ".config", "synadm.yaml")
}

// fromSynadm fills in what synadm knows and was not given as an option. Without --from-synadm it knows nothing.
func (o *initOptions) fromSynadm() (synadmConfig, error) {
	var known synadmConfig
	if o.synadm == "" {
		return known, nil
	}
	text, err := os.ReadFile(o.synadm)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return known, fmt.Errorf("synadm's configuration %s does not exist", o.synadm)
	case err != nil:
		return known, fmt.Errorf("synadm's configuration %s cannot be read", o.synadm)
	}
	if err := yaml.Unmarshal(text, &known); err != nil {
		return known, fmt.Errorf("synadm's configuration %s is not YAML", o.synadm)
	}
	if known.Protocol == "unix" {
		return known, fmt.Errorf("synadm reaches the homeserver by the unix socket %s, caretaker needs an address; give it with --homeserver-url", known.BaseURL)
	}
	if o.homeserverURL == "" {
		o.homeserverURL = known.BaseURL
	}
	if o.serverName == "" && known.Homeserver != autoRetrieval {
		o.serverName = known.Homeserver
	}
	return known, nil
}
