package appservice

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"

	mxas "maunium.net/go/mautrix/appservice"
	"maunium.net/go/mautrix/id"
)

// Problem is one thing that is wrong with a registration file.
type Problem struct {
	Key    string // key of the file, or empty where it is the file itself
	Fact   string // what is wrong
	Remedy string // what to do about it; a command where there is one
	// Fatal tells that the bot cannot work with it. The others are weaknesses.
	Fatal bool
}

// String is one line for people.
func (p Problem) String() string {
	if p.Key == "" {
		return p.Fact + "; " + p.Remedy
	}
	return p.Key + ": " + p.Fact + "; " + p.Remedy
}

// Validate lists everything that is wrong with a registration for this bot; nil means nothing.
func Validate(reg *mxas.Registration, bot id.UserID) []Problem {
	var found []Problem
	add := func(key, remedy, fact string, args ...any) {
		found = append(found, Problem{Key: key, Fact: fmt.Sprintf(fact, args...), Remedy: remedy, Fatal: true})
	}
	const again = `make a new one with "caretaker init --force"`
	if want := RegistrationID(bot); reg.ID != want {
		add("id", "is this the file of another bot? set appservice.registration to caretaker's own", "%q is not %q", reg.ID, want)
	}
	if reg.URL != "" && !isBaseURL(reg.URL) {
		add("url", "write http://HOST:PORT without a path at the end", "%q is not the address of a listener", reg.URL)
	}
	if reg.AppToken == "" {
		add("as_token", again, "is missing")
	}
	if reg.ServerToken == "" {
		add("hs_token", again, "is missing")
	}
	if reg.AppToken != "" && reg.AppToken == reg.ServerToken {
		add("hs_token", again, "is the same as as_token")
	}
	switch reg.SenderLocalpart {
	case "":
		add("sender_localpart", "write "+SenderLocalpart(bot), "is missing")
	case bot.Localpart():
		add("sender_localpart", "write "+SenderLocalpart(bot), "is the bot itself, which must be a user of the namespace")
	}
	return append(found, validateNamespaces(reg, bot)...)
}

// validateNamespaces tries the expressions on the bot and on names that are not caretaker's.
func validateNamespaces(reg *mxas.Registration, bot id.UserID) []Problem {
	var found []Problem
	add := func(key, remedy, fact string, args ...any) {
		found = append(found, Problem{Key: key, Fact: fmt.Sprintf(fact, args...), Remedy: remedy, Fatal: true})
	}
	own := "write regex: '^" + regexp.QuoteMeta(bot.String()) + "$'"
	covered := false
	for i, ns := range reg.Namespaces.UserIDs {
		key := fmt.Sprintf("namespaces.users[%d].regex", i)
		expr, err := regexp.Compile(ns.Regex)
		switch {
		case err != nil:
			add(key, own, "%q is not a regular expression", ns.Regex)
			continue
		case expr.MatchString(strangerTo(bot)):
			add(key, own, "%q is too wide: it takes all users of the server", ns.Regex)
		}
		covered = covered || expr.MatchString(bot.String())
	}
	if !covered {
		add("namespaces.users", own, "the bot %s is not in it", bot)
	}
	if len(reg.Namespaces.RoomIDs) > 0 {
		add("namespaces.rooms", "remove it", "rooms are claimed, whose events would all be sent to the bot")
	}
	if len(reg.Namespaces.RoomAliases) > 0 {
		add("namespaces.aliases", "remove it", "aliases are claimed, which the bot does not make")
	}
	return found
}

// strangerTo is a user of the bot's server that no bot is responsible for.
func strangerTo(bot id.UserID) string { return "@zq7-nobody-yx:" + bot.Homeserver() }

// CheckFile looks at the file itself: nobody but its owner may read the tokens.
func CheckFile(path string) []Problem {
	info, err := os.Stat(path)
	if err != nil {
		return []Problem{{Fact: fmt.Sprintf("%s cannot be examined", path), Remedy: "check appservice.registration", Fatal: true}}
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return []Problem{{
		Fact:   fmt.Sprintf("%s is readable by others (mode %04o)", path, info.Mode().Perm()),
		Remedy: "chmod 600 " + path,
	}}
}

func isBaseURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
}
