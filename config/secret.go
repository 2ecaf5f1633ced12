package config

import (
	"fmt"
	"io"
)

// mask is what is shown in place of a secret.
const mask = "***"

// Secret is a value that prints itself as ***, whatever prints it: fmt, JSON,
// YAML, a log. Only [Secret.Reveal] gives it out. The zero value is no secret.
type Secret struct {
	// A pointer, so that even fmt, which cannot call methods of unexported fields, shows an address only.
	value *string
}

// NewSecret makes a secret of the text. Empty text makes no secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{value: &text}
}

// Reveal gives out the secret itself, empty if there is none. Use it only
// where the secret is sent or compared.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.value == nil }

// String gives ***, or nothing where there is no secret.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return mask
}

// Format keeps every verb of fmt from looking inside.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText masks the secret in JSON and in logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML masks the secret in YAML.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }
