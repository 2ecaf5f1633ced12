package commands_test

import (
	"strings"
	"testing"

	"maunium.net/go/mautrix/id"

	"caretaker/commands"
)

const roomV12 = "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"

func TestUsers(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 255-len("@:example.org"))
	for text, want := range map[string]id.UserID{
		"bob":                                  "@bob:example.org",
		"@bob":                                 "@bob:example.org",
		"@bob:example.org":                     "@bob:example.org",
		"bob:elsewhere.net":                    "@bob:elsewhere.net",
		"@bob:[2001:db8::1]:8448":              "@bob:[2001:db8::1]:8448",
		"@bob:synapse_1:8448":                  "@bob:synapse_1:8448",
		"＠bob:example.org":                     "@bob:example.org",
		"\u2068@bob:example.org\u2069":         "@bob:example.org",
		"@Bob_/+=.-1:example.org":              "@Bob_/+=.-1:example.org",
		"@b@old.net:example.org":               "@b@old.net:example.org",
		"https://matrix.to/#/@bob:example.org": "@bob:example.org",
		"https://matrix.to/#/%40bob:b.org?x=y": "@bob:b.org",
		"matrix:u/bob:example.org":             "@bob:example.org",
		"matrix:u/bob:example.org?action=chat": "@bob:example.org",
		"author":                               "@bob:example.org",
		"Author":                               "@bob:example.org",
		"@author":                              "@author:example.org",
		"@here:example.org":                    "@here:example.org",
		long:                                   id.UserID("@" + long + ":example.org"),
		"@\u00fcber:example.org":               "@über:example.org",
		"https://matrix.to/#/%40a%2Fb%3Aelsewhere.net": "@a/b:elsewhere.net",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			if got := args[lockArgs](t, "user lock "+text, roomEnv()).User.UserID; got != want {
				t.Errorf("%q: got %s, want %s", text, got, want)
			}
		})
	}
	const neither = " is neither a localpart nor a user id (want bob or @bob:example.org)"
	for text, want := range map[string]string{
		"@":                                    neither,
		"@bob:":                                neither,
		":example.org":                         neither,
		"bob@example.org":                      neither,
		"#spam":                                neither,
		"!abc":                                 neither,
		"#spam:example.org":                    neither,
		"!abc:example.org":                     neither,
		"@bob:exa/mple":                        neither,
		"@bob:example.org:port":                neither,
		`"bob ross"`:                           neither,
		"bob\u202e":                            neither,
		"https://matrix.to/#/#spam:b.org":      neither,
		"https://matrix.to/#/@bob%20x:b.org":   neither,
		"https://matrix.to/#/@bob":             neither,
		"https://matrix.to/#/@a/b:b.org":       neither,
		"https://matrix.to/#/@bob%zz:b.org":    neither,
		"https://example.org/@bob":             neither,
		"matrix:r/spam:example.org":            neither,
		strings.Repeat("x", 250):               " is longer than the 255 bytes that a user id may have",
		"matrix:u/" + strings.Repeat("x", 260): neither,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			if got := refusal(t, "user lock "+text, roomEnv()).Message; !strings.HasPrefix(got, "USER: ") || !strings.Contains(got, want) && len([]rune(got)) < 160 {
				t.Errorf("%q: got %q, want %q", text, got, want)
			}
		})
	}
}

func TestAuthor(t *testing.T) {
	t.Parallel()
	noReply, bot := roomEnv(), roomEnv()
	noReply.Author, bot.Author = "", bot.Bot
	for want, env := range map[string]commands.Env{
		`USER: "author" works only in a room, as the author of the message replied to`: terminalEnv(),
		`USER: "author" needs a reply: it is the author of the message replied to`:     noReply,
		`USER: "author" would be the bot itself; reply to somebody's message`:          bot,
	} {
		if got := refusal(t, "user lock author", env).Message; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRooms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]commands.RoomRef{
		"!abc:example.org":         {RoomID: "!abc:example.org"},
		roomV12:                    {RoomID: roomV12},
		"#spam:example.org":        {Alias: "#spam:example.org"},
		"#spam":                    {Alias: "#spam:example.org"},
		"#spam:elsewhere.net:8448": {Alias: "#spam:elsewhere.net:8448"},
		"#über-uns":                {Alias: "#über-uns:example.org"},
		"here":                     {RoomID: "!management:example.org"},
		"HERE":                     {RoomID: "!management:example.org"},
		"https://matrix.to/#/!abc:b.org?via=b.org":  {RoomID: "!abc:b.org"},
		"https://matrix.to/#/" + roomV12 + "?via=b": {RoomID: roomV12},
		"https://matrix.to/#/!abc:b.org/$event":     {RoomID: "!abc:b.org"},
		"https://matrix.to/#/#spam:b.org":           {Alias: "#spam:b.org"},
		"https://matrix.to/#/%23spam:b.org":         {Alias: "#spam:b.org"},
		"matrix:r/spam:b.org":                       {Alias: "#spam:b.org"},
		"matrix:roomid/abc:b.org/e/event?via=b.org": {RoomID: "!abc:b.org"},
		"\u2068!abc:example.org\u2069":              {RoomID: "!abc:example.org"},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got := args[deleteArgs](t, "room delete "+text, roomEnv()).Rooms
			if len(got) != 1 || got[0] != want {
				t.Errorf("%q: got %+v, want %+v", text, got, want)
			}
		})
	}
	for _, text := range []string{
		"spam", "!", "#", "#:example.org", "#spam:", "#spam:exa/mple", "!a\u00a0b", `"!a b"`, "@bob:example.org", "$event",
		"https://matrix.to/#/@bob:b.org", "https://matrix.to/#/!a%20b", "https://matrix.to/", "!" + strings.Repeat("x", 255),
		"#" + strings.Repeat("x", 250),
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_ = refusal(t, "room delete "+text, roomEnv())
		})
	}
	_ = refusal(t, "room delete here", terminalEnv())
}

func TestEvents(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]id.EventID{
		"$abc":             "$abc",
		"$abc:example.org": "$abc:example.org",
		"https://matrix.to/#/!r:b.org/$abc?via=b": "$abc",
		"matrix:roomid/r:b.org/e/abc":             "$abc",
		"https://matrix.to/#/!r:b.org/$a/b+c":     "$a/b+c",
		"https://matrix.to/#/!r:b.org/%24a%2Fb":   "$a/b",
	} {
		if got := args[purgeArgs](t, "media purge --event "+text, roomEnv()).Event; got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"abc", "$", "https://matrix.to/#/!r:b.org", "$a\u202eb", "$" + strings.Repeat("x", 255)} {
		_ = refusal(t, "media purge --event "+text, roomEnv())
	}
}

func TestMedia(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"mxc://elsewhere.net/abc": "mxc://elsewhere.net/abc",
		"elsewhere.net:8448/abc":  "mxc://elsewhere.net:8448/abc",
		"abc_-DEF":                "mxc://example.org/abc_-DEF",
		"mxc://[::1]/abc":         "mxc://[::1]/abc",
	} {
		if got := args[purgeArgs](t, "media purge -i "+text, roomEnv()).Media.String(); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{
		"mxc://abc", "mxc://a/b/c", "mxc:///abc", "a/", "mxc://a/b?x=1", "mxc://a/b#c", "https://a.org/b", `"a b"`, `""`, "a\u202e", "a?b/c",
	} {
		_ = refusal(t, "media purge -i "+text, roomEnv())
	}
}
