package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"caretaker/config"
)

// terminalOptions are what "config" stores, with synadm's names.
type terminalOptions struct {
	user, token, baseURL, protocol, adminPath, matrixPath string
	timeout, output, discovery, homeserver                string
	verify                                                bool
	batch                                                 bool

	given func(option string) bool
}

func (o *terminalOptions) flags(configFile *string) *flags {
	f := newFlags("config", "Store how to reach a server for use in a terminal. What is not given is asked for.")
	f.StringVarP(&o.user, "user", "u", "", "`NAME` of the admin")
	f.StringVarP(&o.token, "token", "t", "", "access `TOKEN` of the admin")
	f.StringVarP(&o.baseURL, "base-url", "b", "", "`ADDRESS` of the homeserver")
	f.StringVar(&o.protocol, "protocol", "http", "`KIND` of connection: http")
	f.StringVarP(&o.adminPath, "admin-path", "p", "", "`PATH` of the admin API")
	f.StringVarP(&o.matrixPath, "matrix-path", "m", "", "`PATH` of the client-server API")
	f.StringVarP(&o.timeout, "timeout", "w", "", "`SECONDS` that a request may take, or a duration")
	f.StringVarP(&o.output, "output", "o", "", "`FORMAT` of answers: yaml, json, minified, ndjson, human, pprint, table or csv")
	f.StringVarP(&o.discovery, "server-discovery", "d", "", "`WAY` to find the homeserver's name: well-known or dns")
	f.StringVarP(&o.homeserver, "homeserver", "n", "", "`NAME` of the homeserver, or auto-retrieval")
	f.BoolVarP(&o.verify, "ssl-verify", "i", true, "check certificates; --ssl-verify=false does not")
	for _, name := range []string{"batch", "yes", "no-confirm", "non-interactive", "scripting"} {
		f.BoolVar(&o.batch, name, o.batch, "ask nothing")
	}
	f.StringVarP(configFile, "config-file", "c", *configFile, "`FILE` to write (default: ~/.config/caretaker/config.yaml)")
	o.given = f.Changed
	return f
}

// runConfig stores how to reach a server. Everything else in the file stays.
func runConfig(ctx context.Context, configFile string, args []string, std stdio) int {
	var opts terminalOptions
	if status, done := opts.flags(&configFile).parse(args, std); done {
		return status
	}
	path := cmp.Or(configFile, config.UserFile())
	doc, err := config.OpenDocument(path)
	if err != nil {
		return std.fail(exitFailed, unwritten{err}, "")
	}
	values := opts.values(doc)
	if err := values.complete(std, opts.batch); err != nil {
		return std.fail(exitUsage, err, "caretaker config --base-url http://127.0.0.1:8008 --token TOKEN")
	}
	values.discover(ctx)
	if err := values.store(doc); err != nil {
		return std.fail(exitFailed, unwritten{err}, "")
	}
	if _, err := config.Load(path, config.ForTerminal); err != nil {
		return std.fail(exitFailed, err, "")
	}
	std.note("Wrote %s; only you can read it.", path)
	if values[settingName].value == "" {
		std.note("The homeserver's name could not be found out; names without a colon will not work before you write homeserver.server_name.")
	}
	return exitDone
}

// setting is one value of the file.
type setting struct {
	option   string
	question string
	key      string
	value    string // given, else stored, else the default
	check    func(string) error
}

// settings are asked for in this order.
type settings []*setting

// The places of settings that others depend on.
const (
	settingUser = iota
	settingToken
	settingURL
	settingAdminPath
	settingMatrixPath
	settingOutput
	settingTimeout
	settingName
	settingVerify
	settingDiscovery
)

// values proposes for each setting the option, then what is stored, then the default.
func (o *terminalOptions) values(doc *config.Document) settings {
	defaults := config.Default().Terminal
	all := settings{
		settingUser:       {"--user", "Name of the admin", "terminal.user", o.user, nil},
		settingToken:      {"--token", "Access token of the admin", "admin.token", o.token, needed},
		settingURL:        {"--base-url", "Address of the homeserver", "homeserver.url", o.baseURL, checkBaseURL},
		settingAdminPath:  {"--admin-path", "Path of the admin API", "terminal.admin_path", o.adminPath, checkPath},
		settingMatrixPath: {"--matrix-path", "Path of the client-server API", "terminal.matrix_path", o.matrixPath, checkPath},
		settingOutput:     {"--output", "Format of answers", "terminal.output", o.output, checkOutput},
		settingTimeout:    {"--timeout", "Seconds that a request may take", "terminal.timeout", o.timeout, checkTimeout},
		settingName:       {"--homeserver", "Name of the homeserver, or " + autoRetrieval, "homeserver.server_name", o.homeserver, nil},
		settingVerify:     {"--ssl-verify", "Check certificates (true or false)", "terminal.verify_tls", "", checkBool},
		settingDiscovery:  {"--server-discovery", "How to find the homeserver's name (well-known or dns)", "terminal.server_discovery", o.discovery, checkDiscovery},
	}
	if o.given("ssl-verify") {
		all[settingVerify].value = strconv.FormatBool(o.verify)
	}
	fallback := map[int]string{
		settingAdminPath: defaults.AdminPath, settingMatrixPath: defaults.MatrixPath, settingOutput: defaults.Output,
		settingTimeout: defaults.Timeout.String(), settingName: autoRetrieval, settingVerify: "true", settingDiscovery: defaults.ServerDiscovery,
	}
	for i, s := range all {
		s.value = cmp.Or(s.value, doc.Get(s.key), fallback[i])
	}
	if file := doc.Get("admin.token_file"); file != "" && all[settingToken].value == "" {
		all[settingToken].check = nil // the token stays where it is
	}
	if o.protocol != "http" {
		all[settingURL].check = func(string) error {
			return fmt.Errorf("--protocol %s is not supported; give the address of an HTTP listener of the homeserver", o.protocol)
		}
	}
	return all
}

// complete asks for everything on a terminal. Elsewhere, or with --batch, what is known has to be enough.
func (s settings) complete(std stdio, batch bool) error {
	if std.Terminal && !batch {
		return s.ask(newAsker(std))
	}
	var faults []error
	for _, each := range s {
		if each.check == nil {
			continue
		}
		if err := each.check(each.value); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", each.option, err))
		}
	}
	return errors.Join(faults...)
}

func (s settings) ask(a *asker) (err error) {
	for i, each := range s {
		check := each.check
		if check == nil {
			check = func(string) error { return nil }
		}
		if i == settingToken {
			err = each.askToken(a, check)
		} else {
			proposal := each.value
			if i == settingURL {
				proposal = cmp.Or(proposal, "http://localhost:8008")
			}
			each.value, err = a.askUntil(each.question, proposal, check)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// askToken shows neither what is typed nor what is stored.
func (s *setting) askToken(a *asker, check func(string) error) error {
	state := "not set"
	if s.value != "" || check("") == nil {
		state = "set"
	}
	for {
		typed, err := a.askHidden(fmt.Sprintf("%s [%s]", s.question, state))
		if err != nil {
			return err
		}
		if s.value = cmp.Or(typed, s.value); check(s.value) == nil {
			return nil
		}
		a.std.note("a token is needed")
	}
}

// discover replaces auto-retrieval by the name, if the server can be reached now.
func (s settings) discover(ctx context.Context) {
	if name := s[settingName]; name.value == autoRetrieval {
		client := httpClient(5*time.Second, s[settingVerify].value == "true")
		name.value = discoverName(ctx, client, s[settingURL].value, s[settingToken].value, s[settingDiscovery].value)
	}
}

// store writes the settings into the file, each with the type that it has there.
func (s settings) store(doc *config.Document) error {
	for i, each := range s {
		var value any = each.value
		switch i {
		case settingVerify:
			value = each.value == "true"
		case settingTimeout:
			timeout, err := parseTimeout(each.value)
			if err != nil {
				return err
			}
			value = timeout.String()
		case settingToken:
			if each.value == "" {
				continue
			}
			doc.Delete("admin.token_file")
		}
		if err := doc.Set(each.key, value); err != nil {
			return err
		}
	}
	return doc.Save()
}

func needed(text string) error {
	if text == "" {
		return errors.New("is missing; give the access token of a server admin")
	}
	return nil
}

func checkPath(text string) error {
	if !strings.HasPrefix(text, "/") {
		return fmt.Errorf("%q is no path; it starts with a slash", text)
	}
	return nil
}

func checkOutput(text string) error {
	return checkWord(text, "yaml", "json", "minified", "ndjson", "human", "pprint", "table", "csv")
}

func checkDiscovery(text string) error { return checkWord(text, "well-known", "dns") }

func checkBool(text string) error { return checkWord(text, "true", "false") }

func checkWord(text string, words ...string) error {
	if !slices.Contains(words, text) {
		return fmt.Errorf("%q is not known here; want one of %s", text, strings.Join(words, ", "))
	}
	return nil
}

func checkTimeout(text string) error {
	_, err := parseTimeout(text)
	return err
}

// parseTimeout reads seconds, as synadm has them, or a duration.
func parseTimeout(text string) (time.Duration, error) {
	timeout, err := time.ParseDuration(text)
	if seconds, secondsErr := strconv.Atoi(text); secondsErr == nil {
		timeout, err = time.Duration(seconds)*time.Second, nil
	}
	if err != nil || timeout <= 0 {
		return 0, fmt.Errorf("%q is no time; write seconds, or a duration such as 30s", text)
	}
	return timeout, nil
}
