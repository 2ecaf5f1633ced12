package commands

import (
	"encoding/json"
	"errors"
	"strings"

	"caretaker/admin"
)

// JSON is the body of a request. Log and audit have it without its secrets, and one
// that has any is refused in rooms.
type JSON string

// Masked is how log and audit show the body.
func (j JSON) Masked() string {
	masked, _ := admin.MaskJSON([]byte(j))
	return string(masked)
}

// holdsSecret reports whether there is a password or token in the body.
func (j JSON) holdsSecret() bool {
	_, found := admin.MaskJSON([]byte(j))
	return found
}

func parseJSON(text string) (JSON, error) {
	if !json.Valid([]byte(text)) {
		return "", errors.New("is not JSON")
	}
	return JSON(text), nil
}

// badJSON is the error for a body that is none. It does not repeat the body, which
// may hold a secret, and is marked when that looks likely.
func (p *parser) badJSON(name, text string, err error) error {
	usage := usagef(p.call.Command, "%s: the value %v", name, err)
	lower := strings.ToLower(text)
	usage.Secret = strings.Contains(lower, "password") || strings.Contains(lower, "token") || strings.Contains(lower, "secret")
	return usage
}

// refuseBody refuses passwords and tokens in the body of a request in rooms.
func (p *parser) refuseBody() error {
	if p.call.Env.Door == DoorTerminal {
		return nil
	}
	for _, f := range p.call.Command.fields {
		if f.kind != kindJSON {
			continue
		}
		for _, v := range f.values(p.call.Args) {
			if v.Interface().(JSON).holdsSecret() {
				usage := usagef(p.call.Command, "a password or token must not be typed in a room; send this request from a terminal")
				usage.Secret = true
				return usage
			}
		}
	}
	return nil
}
