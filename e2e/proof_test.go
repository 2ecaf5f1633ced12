//go:build proof

package e2e

import "time"

const (
	crashRounds    = 20
	crashCommands  = 80
	homeserverAway = time.Minute
)
