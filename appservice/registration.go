package appservice

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"gopkg.in/yaml.v3"

	mxas "maunium.net/go/mautrix/appservice"
	"maunium.net/go/mautrix/id"
)

// RegistrationID is the id under which homeservers know the application service: the bot's localpart, since one
// homeserver refuses two registrations with the same id.
func RegistrationID(bot id.UserID) string { return bot.Localpart() }

// registrationMode keeps the tokens from everybody but the owner of the file.
const registrationMode = 0o600

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
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf(`registration file %s does not exist; make one with "caretaker init": %w`, path, err)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("registration file %s is not readable for this user; change its owner: %w", path, err)
	case err != nil:
		return nil, fmt.Errorf("read the registration: %w", err)
	}
	reg := new(mxas.Registration)
	if err := yaml.Unmarshal(data, reg); err != nil {
		return nil, fmt.Errorf("registration file %s is not valid YAML: %w", path, err)
	}
	return reg, nil
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
// kept beside it, with ".bak" appended to the name.
func SaveRegistration(path string, reg *mxas.Registration) error {
	data, err := RegistrationYAML(reg)
	if err != nil {
		return err
	}
	if err := keepBackup(path); err != nil {
		return fmt.Errorf("keep a copy of the old registration: %w", err)
	}
	if err := replaceFile(path, data); err != nil {
		return fmt.Errorf("write the registration: %w", err)
	}
	return nil
}

func keepBackup(path string) error {
	old, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return replaceFile(path+".bak", old)
}

// replaceFile puts data under the name only when it is safely on the disk.
func replaceFile(path string, data []byte) (err error) {
	dir := filepath.Dir(path)
	file, err := os.CreateTemp(dir, ".registration-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name()) // the error that is reported came first
		}
	}()
	_, err = file.Write(data)
	err = errors.Join(err, file.Chmod(registrationMode), file.Sync(), file.Close())
	if err != nil {
		return err
	}
	if err = os.Rename(file.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
