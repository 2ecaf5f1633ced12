package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caretaker/appservice"
	"caretaker/config"
)

func runConfigIn(t *testing.T, path, typed string, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	std := stdio{In: strings.NewReader(typed), Out: &out, Err: &err, Terminal: typed != ""}
	status := runConfig(t.Context(), path, args, std)
	return result{status, out.String(), err.String()}
}

func loadTerminal(t *testing.T, path string) *config.Config {
	t.Helper()
	cfg, err := config.Load(path, config.ForTerminal)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestConfigStores(t *testing.T) {
	t.Parallel()
	server := newFakeServer(t)
	path := filepath.Join(t.TempDir(), "new", "config.yaml")
	got := runConfigIn(t, path, "", "--batch", "-u", "root", "-t", "admin-canary", "-b", server.URL, "-w", "12", "-o", "json", "--ssl-verify=false")
	if got.status != exitDone || got.out != "" {
		t.Fatalf("%+v", got)
	}
	if strings.Contains(got.err, "canary") {
		t.Error("the token was printed")
	}
	cfg := loadTerminal(t, path)
	want := config.Default().Terminal
	want.User, want.Output, want.Timeout, want.VerifyTLS = "root", "json", 12*time.Second, false
	if cfg.Terminal != want {
		t.Errorf("got  %+v\nwant %+v", cfg.Terminal, want)
	}
	if cfg.Homeserver.ServerName != "example.org" || cfg.Admin.Token.Reveal() != "admin-canary" || cfg.Homeserver.URL != server.URL {
		t.Errorf("homeserver %+v, token %q", cfg.Homeserver, cfg.Admin.Token.Reveal())
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info, err)
	}
}

func TestConfigAsksAndKeeps(t *testing.T) {
	t.Parallel()
	path := file(t, "config.yaml", "# mine\nhomeserver: {url: 'http://127.0.0.1:9', server_name: old.org}\nadmin: {token: stored-canary}\nbridges: [x]\n")
	// user, token (kept), address, admin path, matrix path, output twice, timeout, name, certificates, discovery
	got := runConfigIn(t, path, "root\n\n\n\n\nxml\nyaml\n45\nnew.org\nfalse\n\n")
	if got.status != exitDone {
		t.Fatalf("%+v", got)
	}
	wantIn(t, got.err, "Access token of the admin [set]:", "Address of the homeserver [http://127.0.0.1:9]:", `"xml" is not known here`)
	if strings.Contains(got.err, "canary") {
		t.Error("the token was printed")
	}
	cfg := loadTerminal(t, path)
	if cfg.Homeserver.ServerName != "new.org" || cfg.Terminal.Timeout != 45*time.Second || cfg.Terminal.Output != "yaml" || cfg.Terminal.VerifyTLS {
		t.Errorf("%+v %+v", cfg.Homeserver, cfg.Terminal)
	}
	if cfg.Admin.Token.Reveal() != "stored-canary" || len(cfg.Bridges) != 1 || !strings.Contains(content(t, path), "# mine") {
		t.Errorf("something was lost:\n%s", content(t, path))
	}
}

func TestConfigUsage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		want []string
	}{
		"nothing":      {nil, []string{"--token: is missing", `--base-url: "" is not the address`}},
		"bad values":   {[]string{"-t", "x", "-b", "http://127.0.0.1:9", "-w", "soon", "-o", "xml", "-d", "luck"}, []string{"--timeout: ", "--output: ", "--server-discovery: "}},
		"unix sockets": {[]string{"-t", "x", "-b", "/run/s.sock", "--protocol", "unix"}, []string{"--protocol unix is not supported"}},
	} {
		path := filepath.Join(t.TempDir(), "config.yaml")
		got := runConfigIn(t, path, "", test.args...)
		if got.status != exitUsage {
			t.Errorf("%s: %+v", name, got)
		}
		wantIn(t, got.err, test.want...)
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s: something was written", name)
		}
	}
}

func TestRegistration(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if got := runIn(t, "", "--dir", dir, "--homeserver-url", "http://127.0.0.1:9", "--owner", "@ada:example.org"); got.status != exitDone {
		t.Fatalf("%+v", got)
	}
	run := func(args ...string) result {
		var out, err bytes.Buffer
		status := runRegistration(t.Context(), dir+"/config.yaml", args, stdio{Out: &out, Err: &err})
		return result{status, out.String(), err.String()}
	}
	before := content(t, dir+"/registration.yaml")
	if got := run(); got.status != exitDone || got.out != before || got.err != "" {
		t.Errorf("print: %+v", got)
	}
	got := run("--rotate")
	if got.status != exitDone || got.out != content(t, dir+"/registration.yaml") || content(t, dir+"/registration.yaml.bak") != before {
		t.Errorf("rotate: %+v", got)
	}
	wantIn(t, got.err, "the old ones are in "+dir+"/registration.yaml.bak.", "restart every homeserver process")
	second := got.out
	if got := run("--rotate"); got.status != exitDone || content(t, dir+"/registration.yaml.bak") != before || content(t, dir+"/registration.yaml.bak.1") != second {
		t.Errorf("rotated again, the tokens that the homeserver may have are lost: %+v", got)
	} else {
		wantIn(t, got.err, "the old ones are in "+dir+"/registration.yaml.bak.1.")
	}
	reg, err := appservice.LoadRegistration(dir + "/registration.yaml")
	if err != nil || strings.Contains(before, reg.AppToken) || strings.Contains(before, reg.ServerToken) {
		t.Errorf("the tokens are not new (%v)", err)
	}
	if err := os.Remove(dir + "/registration.yaml"); err != nil {
		t.Fatal(err)
	}
	if got := run(); got.status != exitFailed || !strings.Contains(got.err, "does not exist") {
		t.Errorf("no file: %+v", got)
	}
}
