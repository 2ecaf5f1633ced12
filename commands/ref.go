package commands

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"maunium.net/go/mautrix/id"
)

// UserRef is a user as people name them: localpart, user id, pill or permalink,
// "author". It arrives as the full id.
type UserRef struct{ id.UserID }

// RoomRef is a room as people name it: id, alias, pill or permalink, "here". Run
// sees the id; Alias is what was typed, if it was one.
type RoomRef struct {
	id.RoomID
	Alias id.RoomAlias
}

// String is what the reference stands for: the id, before resolving the alias.
func (r RoomRef) String() string {
	if r.RoomID == "" {
		return r.Alias.String()
	}
	return r.RoomID.String()
}

// MediaRef is mxc://server/id, server/id, or an id of this server.
type MediaRef struct{ Server, ID string }

// String is the mxc URI.
func (m MediaRef) String() string { return "mxc://" + m.Server + "/" + m.ID }

// Secret is a password or the like. It is refused in rooms and masked everywhere.
type Secret string

// String masks the secret.
func (Secret) String() string { return "***" }

// MarshalText masks the secret.
func (Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

// Text is free text; as the last argument it needs quotes like any other word.
type Text string

// RegToken is a registration token. Log and audit have its first four characters.
type RegToken string

// Masked is how log and audit show the token.
func (t RegToken) Masked() string {
	runes := []rune(string(t))
	if len(runes) <= 4 {
		return string(t)
	}
	return string(runes[:4]) + "…"
}

// Pair is an option with two words, such as "-t email bob@example.org".
type Pair [2]string

// LocalFile names a file. It exists on a terminal only.
type LocalFile string

const maxID = 255 // specification, appendices 3.2: ids have at most 255 bytes

// serverName is the grammar of the specification, appendices 3.1, and the underscore that some hosts have.
var serverName = regexp.MustCompile(`^(\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z._-]{1,255})(:[0-9]{1,5})?$`)

func parseUser(text string, env *Env) (UserRef, error) {
	if strings.EqualFold(text, "author") {
		return authorRef(env)
	}
	if named, _ := permalink(text); strings.HasPrefix(named, "@") {
		text = named
	}
	local, server, full := strings.Cut(strings.TrimPrefix(text, "@"), ":")
	if !full {
		server = env.ServerName
	}
	user := id.UserID("@" + local + ":" + server)
	switch {
	case local == "" || strings.ContainsFunc(local, unprintable) || otherSigil(text) || !full && strings.ContainsAny(local, "@#!$") || full && !serverName.MatchString(server):
		return UserRef{}, errors.New("is neither a localpart nor a user id (want bob or @bob:" + env.ServerName + ")")
	case len(user) > maxID:
		return UserRef{}, fmt.Errorf("is longer than the %d bytes that a user id may have", maxID)
	}
	return UserRef{user}, nil
}

// otherSigil reports whether a word begins like the id of something that is no user.
func otherSigil(text string) bool { return strings.ContainsAny(text[:min(1, len(text))], "#!$") }

func authorRef(env *Env) (UserRef, error) {
	switch {
	case env.Door == DoorTerminal:
		return UserRef{}, errors.New("works only in a room, as the author of the message replied to")
	case env.Author == "":
		return UserRef{}, errors.New("needs a reply: it is the author of the message replied to")
	case env.Author == env.Bot:
		return UserRef{}, errors.New("would be the bot itself; reply to somebody's message")
	}
	return UserRef{env.Author}, nil
}

func parseRoom(text string, env *Env) (RoomRef, error) {
	if strings.EqualFold(text, "here") {
		if env.Room == "" {
			return RoomRef{}, errors.New("works only in a room")
		}
		return RoomRef{RoomID: env.Room}, nil
	}
	if named, _ := permalink(text); named != "" {
		text = named
	}
	local, server, full := strings.Cut(text, ":")
	if strings.HasPrefix(text, "#") && !full {
		text, server = text+":"+env.ServerName, env.ServerName
	}
	switch {
	case len(text) > maxID:
		return RoomRef{}, fmt.Errorf("is longer than the %d bytes that a room's id or alias may have", maxID)
	case len(local) < 2 || strings.ContainsFunc(text, unprintable):
	case text[0] == '!': // rooms of version 12 have no server in their id
		return RoomRef{RoomID: id.RoomID(text)}, nil
	case text[0] == '#' && (!full || serverName.MatchString(server)):
		return RoomRef{Alias: id.RoomAlias(text)}, nil
	}
	return RoomRef{}, errors.New("is neither a room id nor an alias (want !… or #…)")
}

func parseEvent(text string) (id.EventID, error) {
	if _, event := permalink(text); event != "" {
		text = event
	}
	if len(text) < 2 || len(text) > maxID || text[0] != '$' || strings.ContainsFunc(text, unprintable) {
		return "", errors.New("is not an event id (want $…)")
	}
	return id.EventID(text), nil
}

func parseMedia(text string, env *Env) (MediaRef, error) {
	rest, isURI := strings.CutPrefix(text, "mxc://")
	server, media, found := strings.Cut(rest, "/")
	if !found {
		server, media = env.ServerName, rest
	}
	if media == "" || found && !serverName.MatchString(server) || !found && isURI || strings.ContainsAny(media, "/?#:") || strings.ContainsFunc(text, unprintable) {
		return MediaRef{}, errors.New("is not a media id (want mxc://server/id, server/id or an id of this server)")
	}
	return MediaRef{server, media}, nil
}

// permalink reads what a matrix.to link or matrix: URI names: a user, a room, or an
// event in a room. It gives empty strings for anything else.
func permalink(text string) (named, event string) {
	if rest, found := strings.CutPrefix(text, "https://matrix.to/#/"); found {
		return matrixTo(rest)
	}
	if !strings.HasPrefix(text, "matrix:") {
		return "", ""
	}
	uri, err := id.ParseMatrixURI(text)
	if err != nil {
		return "", ""
	}
	return uri.PrimaryIdentifier(), uri.SecondaryIdentifier()
}

// matrixTo reads what follows the # of a matrix.to link. The parts are split before
// they are decoded, since event ids of old rooms hold slashes.
func matrixTo(fragment string) (named, event string) {
	fragment, _, _ = strings.Cut(fragment, "?")
	first, second, _ := strings.Cut(fragment, "/")
	named, err := url.PathUnescape(first)
	event, err2 := url.PathUnescape(second)
	complete := strings.HasPrefix(named, "!") || strings.Contains(named, ":")
	if err != nil || err2 != nil || !complete || event != "" && !strings.HasPrefix(event, "$") {
		return "", ""
	}
	return named, event
}

func unprintable(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
