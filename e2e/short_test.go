//go:build !proof

package e2e

import "time"

// Short forms of long checks, for every change. "make proof" runs the long ones.
const (
	crashRounds    = 1
	crashCommands  = 24
	homeserverAway = time.Second
)
