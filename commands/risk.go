package commands

import "fmt"

// Risk says how much harm a command can do.
type Risk int

// The risks, from least to most.
const (
	Read         Risk = iota // looks only
	Reversible               // changes something that can be changed back
	Destructive              // asks before it runs
	Catastrophic             // asks, and wants the true count typed
)

// String gives the word that people, the audit and the documentation use.
func (r Risk) String() string {
	return [...]string{"read", "reversible", "destructive", "catastrophic"}[r]
}

// Role is what a person may do. The zero value may do nothing.
type Role int

// The roles, from least to most.
const (
	NoRole   Role = iota
	Viewer        // reads
	Operator      // reversible changes
	Admin         // destructive changes
	Owner         // roles, configuration, raw writes
)

var roleNames = [...]string{"none", "viewer", "operator", "admin", "owner"}

// String gives the word used in the configuration.
func (r Role) String() string { return roleNames[r] }

// ParseRole reads the word used in the configuration.
func ParseRole(s string) (Role, error) {
	for i, name := range roleNames {
		if s == name && i > 0 {
			return Role(i), nil
		}
	}
	return NoRole, fmt.Errorf("%q is no role (want viewer, operator, admin or owner)", s)
}

// roleFor is the role that a risk needs where the command says nothing else.
func roleFor(r Risk) Role { return Role(r) + Viewer }
