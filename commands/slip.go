package commands

import (
	"slices"
	"strings"
)

// People who have not understood how passwords are set type them all the same: behind
// a command that does not exist, behind one that takes none, with an option that sounds
// right. Such a line is taken for one that holds a password: it is redacted, and nothing
// of it is repeated.

var (
	// secretNouns are words of commands that people would give a password to.
	secretNouns = []string{"password", "passwd", "passwort", "passphrase", "secret", "login"}
	// secretNames are parts of the names of options whose value would be a secret.
	secretNames = []string{"password", "passwd", "passwort", "passphrase", "secret", "token", "pass", "pw", "pwd"}
)

// meansSecret reports whether words that name no command sound like one that sets or
// takes a password, or name one with a word too many before it, a doubled prefix say.
func (r *Registry) meansSecret(words []string) bool {
	for i, word := range words[:min(5, len(words))] {
		if soundsLike(word, secretNouns) {
			return true
		}
		if found, _ := r.Find(words[i:]); i < 3 && found.hasSecret() {
			return true
		}
	}
	return false
}

// hasSecretOption reports whether a word is meant as an option for a secret that the
// command does not have: "user lock bob --pasword x", "usr pasword bob -p x".
func (p *parser) hasSecretOption() bool {
	return slices.ContainsFunc(p.words, func(word Word) bool {
		return isOption(word) && p.find(optionName(word.Text)) == nil && p.registry.namesSecret(optionName(word.Text))
	})
}

// namesSecret reports whether the name of an option, with its dashes, is or sounds like
// that of a secret.
func (r *Registry) namesSecret(name string) bool {
	for _, secret := range r.secretOptions() {
		if name == secret || len(secret) > 2 && distance(name, secret) <= 2 {
			return true
		}
	}
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' })
	return len(name) > 2 && slices.ContainsFunc(parts, func(part string) bool { return soundsLike(part, secretNames) })
}

// secretOptions are the spellings of all options that take a secret.
func (r *Registry) secretOptions() []string {
	var names []string
	for _, c := range r.byName {
		for _, f := range c.fields {
			if f.kind == kindSecret && !f.positional {
				names = append(names, f.names()...)
			}
		}
	}
	return names
}

// soundsLike allows a word of five or six letters one slip, a longer one two, a shorter
// one none.
func soundsLike(typed string, words []string) bool {
	typed = strings.ToLower(typed)
	return slices.ContainsFunc(words, func(word string) bool {
		slips := 2
		if len(word) < 7 {
			slips = len(word) / 5
		}
		return distance(typed, word) <= slips
	})
}
