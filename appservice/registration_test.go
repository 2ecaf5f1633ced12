package appservice

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	mxas "maunium.net/go/mautrix/appservice"
	"maunium.net/go/mautrix/id"
)

func TestNewRegistration(t *testing.T) {
	t.Parallel()
	reg := NewRegistration("@care.taker:example.org", "http://127.0.0.1:29340")
	if problems := Validate(reg, "@care.taker:example.org"); len(problems) != 0 {
		t.Errorf("a fresh registration has problems: %v", problems)
	}
	text, err := RegistrationYAML(reg)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := yaml.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	user := got["namespaces"].(map[string]any)["users"].([]any)[0].(map[string]any)
	if got["id"] != "care.taker" || got["url"] != "http://127.0.0.1:29340" || got["sender_localpart"] != "_care.taker_sender" ||
		got["rate_limited"] != false || len(got["as_token"].(string)) != 64 || len(got["hs_token"].(string)) != 64 ||
		user["regex"] != `^@care\.taker:example\.org$` || user["exclusive"] != true {
		t.Errorf("got\n%s", text)
	}
	if other := NewRegistration("@care.taker:example.org", ""); other.AppToken == reg.AppToken || reg.AppToken == reg.ServerToken {
		t.Error("tokens are not random")
	}
}

func TestSaveRegistration(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "registration.yaml")
	reg := NewRegistration(testBot, "http://127.0.0.1:29340")
	if backup, err := SaveRegistration(path, reg); err != nil || backup != "" {
		t.Fatalf("%q, %v", backup, err)
	}
	if problems := CheckFile(path); len(problems) != 0 {
		t.Errorf("written readable for others: %v", problems)
	}
	if _, err := os.Stat(path + ".bak"); !os.IsNotExist(err) {
		t.Errorf("a backup of nothing: %v", err)
	}

	rotated := Rotated(reg)
	if rotated.AppToken == reg.AppToken || rotated.ServerToken == reg.ServerToken || rotated.ID != reg.ID || len(Validate(rotated, testBot)) != 0 {
		t.Errorf("rotated to %+v", rotated)
	}
	if err := os.Chmod(path, 0o644); err != nil { // as an administrator may have done
		t.Fatal(err)
	}
	if backup, err := SaveRegistration(path, rotated); err != nil || backup != path+".bak" {
		t.Fatalf("%q, %v", backup, err)
	}
	wantTokens(t, path, rotated)
	wantTokens(t, path+".bak", reg)
	if backup, err := SaveRegistration(path, Rotated(rotated)); err != nil || backup != path+".bak.1" {
		t.Fatalf("%q, %v", backup, err)
	}
	wantTokens(t, path+".bak", reg) // these are installed, for all we know
	wantTokens(t, path+".bak.1", rotated)
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 3 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// wantTokens checks what a file says, and that it is nobody else's business.
func wantTokens(t *testing.T, path string, want *mxas.Registration) {
	t.Helper()
	got, err := LoadRegistration(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.AppToken != want.AppToken || got.ServerToken != want.ServerToken {
		t.Errorf("%s has other tokens than expected", path)
	}
	if problems := CheckFile(path); len(problems) != 0 {
		t.Errorf("%v", problems)
	}
}

func TestSaveRegistrationLeavesTheOldOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "registration.yaml")
	if err := os.Mkdir(path, 0o700); err != nil { // cannot be replaced by a file
		t.Fatal(err)
	}
	if _, err := SaveRegistration(path, NewRegistration(testBot, "")); err == nil {
		t.Error("saved over a folder")
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestLoadRegistrationErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.yaml")
	list := filepath.Join(dir, "list.yaml")
	for path, text := range map[string]string{broken: "id: [x", list: "[a, b]"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "missing.yaml"): `make one with "caretaker init"`,
		broken:                             "not valid YAML",
		list:                               "is no registration",
		dir:                                "cannot be read; give a file",
	} {
		_, err := LoadRegistration(path)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
		for _, word := range []string{"open ", "no such file", "yaml:", "appservice.Registration"} {
			if err != nil && strings.Contains(err.Error(), word) {
				t.Errorf("people are told %q: %s", word, err)
			}
		}
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	users := func(expressions ...string) mxas.Namespaces {
		var list mxas.NamespaceList
		for _, regex := range expressions {
			list = append(list, mxas.Namespace{Regex: regex, Exclusive: true})
		}
		return mxas.Namespaces{UserIDs: list}
	}
	tests := []struct {
		name   string
		change func(*mxas.Registration)
		want   []string // parts of the problems, in order
	}{
		{"good", func(*mxas.Registration) {}, nil},
		{"wider, but ours", func(r *mxas.Registration) { r.Namespaces = users(`@caretaker.*:example\.org`) }, nil},
		{"several", func(r *mxas.Registration) {
			r.Namespaces = users(`^@other:example\.org$`, `^@caretaker:example\.org$`)
		}, nil},
		{"url not set", func(r *mxas.Registration) { r.URL = "" }, nil},
		{"another bot's file", func(r *mxas.Registration) { r.ID = "meowlnir" }, []string{`id: "meowlnir" is not "caretaker"; is this the file of another bot?`}},
		{"another bot's namespace", func(r *mxas.Registration) { r.Namespaces = users(`^@meowlnir:example\.org$`) },
			[]string{`namespaces.users: the bot @caretaker:example.org is not in it; write regex: '^@caretaker:example\.org$'`}},
		{"another server", func(r *mxas.Registration) { r.Namespaces = users(`^@caretaker:example\.com$`) }, []string{"namespaces.users: the bot"}},
		{"no namespace", func(r *mxas.Registration) { r.Namespaces = users() }, []string{"namespaces.users: the bot"}},
		{"too wide", func(r *mxas.Registration) { r.Namespaces = users(`.*`) }, []string{"namespaces.users[0].regex: \".*\" is too wide"}},
		{"the whole server", func(r *mxas.Registration) { r.Namespaces = users(`^@caretaker:example\.org$`, `@.*:example\.org`) },
			[]string{"namespaces.users[1].regex: \"@.*:example\\\\.org\" is too wide"}},
		{"no expression", func(r *mxas.Registration) { r.Namespaces = users(`^@(caretaker`) },
			[]string{"namespaces.users[0].regex: \"^@(caretaker\" is not a regular expression", "namespaces.users: the bot"}},
		{"rooms and aliases", func(r *mxas.Registration) {
			r.Namespaces.RoomIDs, r.Namespaces.RoomAliases = users(".*").UserIDs, users("#x.*").UserIDs
		}, []string{"namespaces.rooms", "namespaces.aliases"}},
		{"the bot is the sender", func(r *mxas.Registration) { r.SenderLocalpart = "caretaker" },
			[]string{"sender_localpart: is the bot itself, which must be a user of the namespace; write _caretaker_sender"}},
		{"no sender", func(r *mxas.Registration) { r.SenderLocalpart = "" }, []string{"sender_localpart: is missing"}},
		{"no tokens", func(r *mxas.Registration) { r.AppToken, r.ServerToken = "", "" },
			[]string{`as_token: is missing; make a new one with "caretaker init --force"`, "hs_token: is missing"}},
		{"one token for both", func(r *mxas.Registration) { r.AppToken = r.ServerToken }, []string{"hs_token: is the same as as_token"}},
		{"url is no address", func(r *mxas.Registration) { r.URL = "127.0.0.1:29340" }, []string{"url: "}},
		{"url with a path", func(r *mxas.Registration) { r.URL = "http://127.0.0.1:29340/_matrix/app" }, []string{"url: "}},
		{"all at once", func(r *mxas.Registration) { *r = mxas.Registration{} },
			[]string{"id: ", "as_token: ", "hs_token: ", "sender_localpart: ", "namespaces.users: "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			reg := NewRegistration(testBot, "http://127.0.0.1:29340/")
			tt.change(reg)
			problems := Validate(reg, testBot)
			if len(problems) != len(tt.want) {
				t.Fatalf("got %v, want %v", problems, tt.want)
			}
			for i, problem := range problems {
				if !strings.Contains(problem.String(), tt.want[i]) || problem.Remedy == "" || !problem.Fatal {
					t.Errorf("got %q, want %q", problem, tt.want[i])
				}
			}
		})
	}
}

func TestCheckFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "registration.yaml")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for mode, open := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o604: true, 0o644: true} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		problems := CheckFile(path)
		if (len(problems) == 1) != open {
			t.Errorf("mode %o: got %v", mode, problems)
		}
		if open && (problems[0].Fatal || !strings.HasSuffix(problems[0].String(), "; chmod 600 "+path)) {
			t.Errorf("mode %o: got %q", mode, problems[0])
		}
	}
	if problems := CheckFile(path + ".missing"); len(problems) != 1 || !problems[0].Fatal {
		t.Errorf("missing file: got %v", problems)
	}
}

func TestWants(t *testing.T) {
	t.Parallel()
	empty, bot, ada := "", testBot.String(), "@ada:example.org"
	tests := []struct {
		evtType string
		key     *string
		want    bool
	}{
		{"m.room.message", nil, true}, {"m.room.message", &empty, false}, {"m.room.encrypted", nil, true}, {"m.reaction", nil, true},
		{"m.room.member", &bot, true}, {"m.room.member", &ada, false}, {"m.room.member", nil, false},
		{"m.room.join_rules", &empty, true}, {"m.room.history_visibility", &empty, true}, {"m.room.encryption", &empty, true},
		{"m.room.encryption", &ada, false}, {"m.room.redaction", nil, false}, {"m.room.name", &empty, false}, {"", nil, false},
	}
	wants := Wants(testBot)
	for _, tt := range tests {
		if got := wants(tt.evtType, id.RoomID("!a:b"), tt.key); got != tt.want {
			t.Errorf("%s: got %v", tt.evtType, got)
		}
	}
}
