package appservice

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	mxas "maunium.net/go/mautrix/appservice"
	"maunium.net/go/mautrix/id"

	"caretaker/config"
)

// RegistrationID is the id under which homeservers know the application service: the bot's localpart, since one
// homeserver refuses two registrations with the same id.
func RegistrationID(bot id.UserID) string { return bot.Localpart() }

// NewRegistration makes a registration with fresh tokens for a bot that the homeserver reaches at url.
//
// The bot is a user of the namespace and not the sender, to whom Synapse refuses /sync.
func NewRegistration(bot id.UserID, url string) *mxas.Registration {
	reg := mxas.CreateRegistration()
	reg.ID = RegistrationID(bot)
	reg.URL = url
	reg.SenderLocalpart = SenderLocalpart(bot)
	reg.RateLimited = new(bool)
	reg.Namespaces.UserIDs = mxas.NamespaceList{{
		Regex:     "^" + regexp.QuoteMeta(bot.String()) + "$",
		Exclusive: true,
	}}
	return reg
}

// SenderLocalpart names the user that a registration must have and that is never used.
func SenderLocalpart(bot id.UserID) string { return "_" + bot.Localpart() + "_sender" }

// Rotated is a copy of reg with new tokens. It has to be installed on the homeserver before it works.
func Rotated(reg *mxas.Registration) *mxas.Registration {
	fresh := mxas.CreateRegistration()
	rotated := *reg
	rotated.AppToken, rotated.ServerToken = fresh.AppToken, fresh.ServerToken
	return &rotated
}

// LoadRegistration reads a registration file. What is in it is judged by [Validate].
func LoadRegistration(path string) (*mxas.Registration, error) {
	data, err := config.ReadFile("registration file", path, `make one with "caretaker init"`)
	if err != nil {
		return nil, err
	}
	reg := new(mxas.Registration)
	if err := yaml.Unmarshal(data, reg); err != nil {
		return nil, notRegistration(path, err)
	}
	return reg, nil
}

// notRegistration says what is wrong with the text of a file, in which line where that is known.
func notRegistration(path string, err error) error {
	text := "is not valid YAML (" + strings.TrimPrefix(err.Error(), "yaml: ") + "); correct it"
	if errors.As(err, new(*yaml.TypeError)) { // it speaks of Go's types
		text = "is no registration; name caretaker's own in appservice.registration"
	}
	return &config.FileError{Name: "registration file " + path, Text: text, Cause: err}
}

// RegistrationYAML is the text of a registration file, tokens included.
func RegistrationYAML(reg *mxas.Registration) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("# Installed on the homeserver as it is. The two tokens give full control of the bot: keep this file secret.\n")
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(reg); err != nil {
		return nil, fmt.Errorf("write the registration as YAML: %w", err)
	}
	return out.Bytes(), encoder.Close()
}

// SaveRegistration writes the file as a whole or not at all, readable by its owner only. What the file held before is
// kept beside it under the name that is returned, see [config.Keep]; empty where there was nothing.
func SaveRegistration(path string, reg *mxas.Registration) (backup string, err error) {
	data, err := RegistrationYAML(reg)
	if err != nil {
		return "", err
	}
	if backup, err = config.Keep(path); err != nil {
		return "", err
	}
	return backup, config.Write(path, data)
}
