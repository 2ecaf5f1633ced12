package admin

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
)

// mask stands for a secret.
const mask = "***"

// secretKeys are the keys of bodies, queries and answers whose values are masked.
var secretKeys = []string{
	"password", "new_password", "password_hash", "mac", "access_token", "refresh_token", "login_token", "pushkey",
}

// secretValue is what access tokens look like, wherever they stand.
var secretValue = regexp.MustCompile(`^(syt|mat|mct|mpt|mcr|mar)_[A-Za-z0-9+/_-]{8}`)

// MaskJSON returns JSON with its passwords, their hashes and tokens masked, and whether there were any. What is not JSON
// comes back as it is.
func MaskJSON(raw []byte) (masked []byte, found bool) {
	value, ok := decode(raw)
	if !ok {
		return raw, false
	}
	var m masker
	value = m.mask(value)
	if !m.found {
		return raw, false
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return []byte(`"` + mask + `"`), true
	}
	return encoded, true
}

// decode reads one JSON value and keeps large numbers as they are.
func decode(raw []byte) (value any, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return value, decoder.Decode(&value) == nil && !decoder.More()
}

// masker masks secrets and remembers whether it met any.
type masker struct{ found bool }

// mask returns the value without secrets. It changes objects and lists in place.
func (m *masker) mask(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			if slices.Contains(secretKeys, key) && inner != nil && inner != "" {
				m.found = true
				value[key] = mask
				continue
			}
			value[key] = m.mask(inner)
		}
	case []any:
		for i := range value {
			value[i] = m.mask(value[i])
		}
	case string:
		if secretValue.MatchString(value) {
			m.found = true
			return mask
		}
	}
	return value
}
